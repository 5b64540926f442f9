import { createHmac, timingSafeEqual } from "node:crypto";

/** One delivery as it came over the wire. Headers are raw pairs, so a repeated one is seen. */
export type Delivery = {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type SignatureVerdict = "genuine" | "forged" | "stale";

/** How one kind of sender signs. Must compare in constant time, over the raw bytes. */
export type VerifySignature = (delivery: Delivery) => SignatureVerdict;

const windowSeconds = 300;

/**
 * `x-sandbox-timestamp`: seconds; `x-sandbox-signature`: `v1=` and hex HMAC-SHA256 of
 * `timestamp.body`. Each exactly once. Stale when genuine but over 300 s away, either side.
 */
export const verifySandboxSignature: VerifySignature = ({ headers, body, secret, now }) => {
  const timestamp = onlyValue(headers, "x-sandbox-timestamp");
  const signature = onlyValue(headers, "x-sandbox-signature");
  if (timestamp === null || signature === null) return "forged";
  if (!/^\d{1,12}$/.test(timestamp) || !/^v1=[0-9a-f]{64}$/.test(signature)) return "forged";
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature.slice(3), "hex"))) return "forged";
  return Math.abs(now - Number(timestamp) * 1000) <= windowSeconds * 1000 ? "genuine" : "stale";
};

/** null when the header is missing or was sent more than once. */
function onlyValue(headers: Delivery["headers"], name: string): string | null {
  const found = headers.filter(([key]) => key.toLowerCase() === name);
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}
