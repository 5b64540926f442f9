import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** A value to be kept apart from the chain, and what the chain holds of it. */
export type Sealed = {
  readonly salt: string;
  readonly value: string;
  readonly commitment: string;
};

/** sha256(salt || canonical JSON of the value). Without its 32 random bytes of salt nobody can guess the value. */
export function seal(value: unknown): Sealed {
  const salt = randomBytes(32).toString("hex");
  const text = canonicalJson(value);
  return { salt, value: text, commitment: commitmentOf(salt, text) };
}

export const commitmentOf = (salt: string, value: string): string =>
  createHash("sha256").update(Buffer.from(salt, "hex")).update(value, "utf8").digest("hex");
