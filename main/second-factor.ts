import { Secret, TOTP } from "otpauth";

type Holder = { readonly secondFactor: string | null; readonly secondFactorStep: number };

const period = 30;
const codes = (secret: string): TOTP =>
  new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period, algorithm: "SHA1" });

/**
 * Checks a one-time code (RFC 6238). Returns its time step, to be used up with the vote, or null:
 * wrong, too old, already used, or nobody enrolled this person.
 */
export function checkSecondFactor(holder: Holder, code: string, at: number): number | null {
  if (!holder.secondFactor || !/^\d{6}$/.test(code.trim())) return null;
  const totp = codes(holder.secondFactor);
  const delta = totp.validate({ token: code.trim(), timestamp: at, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(at / 1000 / period) + delta;
  return step > holder.secondFactorStep ? step : null;
}

/** What the person's own authenticator shows. Only the sandbox asks. */
export const currentCode = (secret: string, at: number): string =>
  codes(secret).generate({ timestamp: at });

/** A secret per person of the sandbox, the same at every start. Never for a real firm. */
export function sandboxSecret(email: string): string {
  const bytes = new TextEncoder().encode(email.padEnd(20, "."));
  return new Secret({ buffer: bytes.buffer }).base32;
}
