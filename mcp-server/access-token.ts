import { z } from "zod";

/** The public half of a signing key as an identity provider publishes it (RFC 7517). */
export const SigningKey = z.object({
  kty: z.string(),
  kid: z.string().optional(),
  use: z.string().optional(),
  alg: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
});
export type SigningKey = z.infer<typeof SigningKey>;

export const AccessTokenClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  nbf: z.number().optional(),
  scope: z.string().optional(),
  /** Some providers name the scopes so. */
  scp: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  azp: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

const TokenHeader = z.object({
  alg: z.enum(["ES256", "RS256"]),
  kid: z.string().optional(),
  typ: z.string().optional(),
  // A critical extension that we do not know must be refused; we know none.
  crit: z.undefined().optional(),
});

/** The token is at fault, in our words. A key set that cannot be reached is another error. */
export class InvalidToken extends Error {
  override name = "InvalidToken";
}

export type TokenRules = {
  readonly issuer: string;
  readonly audience: string;
  /** Candidate keys for a key id; may fetch. Throws when the key set cannot be read. */
  readonly keys: (kid: string | undefined) => Promise<readonly SigningKey[]>;
  /** Seconds since the epoch. */
  readonly now: () => number;
};

const maxTokenLength = 8_192;
const clockSkewSeconds = 60;
const minimumRsaBits = 2_048;

/**
 * The claims of a signed JWT access token. Only ES256 and RS256, whatever the token says of
 * itself; signature first, then issuer, audience, expiry and subject. Throws InvalidToken.
 */
export async function verifyAccessToken(
  token: string,
  rules: TokenRules,
): Promise<AccessTokenClaims> {
  const [head, body, signature, ...rest] = token.split(".");
  if (token.length > maxTokenLength || !head || !body || !signature || rest.length > 0)
    throw new InvalidToken("not a signed token");
  const header = TokenHeader.safeParse(decodeJson(head));
  if (!header.success || !["jwt", "at+jwt", undefined].includes(typeOf(header.data.typ)))
    throw new InvalidToken("a header we do not accept");

  const { alg, kid } = header.data;
  const fitting = (await rules.keys(kid)).filter((key) => fits(key, alg, kid));
  const key = fitting[0];
  // Without a key id the choice must be plain, or one key could stand in for another.
  if (!key || fitting.length > 1) throw new InvalidToken("no key fits");
  const signed = new TextEncoder().encode(`${head}.${body}`);
  if (!(await isSigned({ key, alg, signed, signature: decode(signature) })))
    throw new InvalidToken("the signature does not match");

  const claims = AccessTokenClaims.safeParse(decodeJson(body));
  if (!claims.success) throw new InvalidToken("claims are missing");
  const { iss, aud, exp, nbf } = claims.data;
  if (iss !== rules.issuer) throw new InvalidToken("another issuer");
  if (![aud].flat().includes(rules.audience)) throw new InvalidToken("another audience");
  const now = rules.now();
  if (exp <= now) throw new InvalidToken("expired");
  if (nbf !== undefined && nbf > now + clockSkewSeconds) throw new InvalidToken("not valid yet");
  return claims.data;
}

const typeOf = (typ: string | undefined) => typ?.toLowerCase().replace(/^application\//, "");

const fits = (key: SigningKey, alg: "ES256" | "RS256", kid: string | undefined): boolean =>
  (kid === undefined || key.kid === kid) &&
  (key.use === undefined || key.use === "sig") &&
  (key.alg === undefined || key.alg === alg) &&
  (alg === "ES256" ? key.kty === "EC" && key.crv === "P-256" : key.kty === "RSA");

async function isSigned(check: {
  key: SigningKey;
  alg: "ES256" | "RS256";
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}): Promise<boolean> {
  const { key, signed, signature } = check;
  const { kty, crv, x, y, n, e } = key;
  const { subtle } = globalThis.crypto;
  if (check.alg === "ES256") {
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const jwk = { kty, crv: crv ?? "", x: x ?? "", y: y ?? "" };
    const imported = await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    return subtle.verify(algorithm, imported, signature, signed);
  }
  if (decode(n ?? "").length * 8 < minimumRsaBits) return false;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const jwk = { kty, n: n ?? "", e: e ?? "" };
  const imported = await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  return subtle.verify(algorithm, imported, signature, signed);
}

/** Strict base64url: Buffer alone would skip what it does not know. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new InvalidToken("not base64url");
  return new Uint8Array(Buffer.from(text, "base64url"));
}

function decodeJson(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(text)));
  } catch {
    throw new InvalidToken("not JSON");
  }
}
