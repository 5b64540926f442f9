import { createHash } from "node:crypto";
import canonicalizeJson from "canonicalize";
import { CountersignError } from "./errors.ts";
import type { Sha256 } from "./ids.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * RFC 8785 canonical JSON. Refuses what would not survive the trip: undefined inside arrays, NaN,
 * unsafe integers, lone surrogates. Keys whose value is undefined are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  refuse(value);
  const text = canonicalizeJson(value);
  if (text === undefined) throw new CountersignError("NOT_CANONICAL", { why: "nothing to write" });
  return text;
}

/** sha256 in hex over the canonical JSON: equal meaning, equal hash. */
export const contentHash = (value: unknown): Sha256 =>
  createHash("sha256").update(canonicalJson(value), "utf8").digest("hex");

function refuse(value: unknown): void {
  const why = problemOf(value);
  if (why) throw new CountersignError("NOT_CANONICAL", { why });
  if (Array.isArray(value))
    for (const item of value) refuse(item ?? (item === null ? null : Symbol("hole")));
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) {
      refuse(key);
      if (item !== undefined) refuse(item);
    }
}

function problemOf(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? null : "a string with a lone surrogate";
    case "number":
      if (!Number.isFinite(value)) return "a number that is not finite";
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? "an unsafe integer" : null;
    case "boolean":
      return null;
    case "object":
      return value === null || Array.isArray(value) || isPlain(value)
        ? null
        : "an object with a class";
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      return `a ${typeof value}`;
    default:
      return "an unknown value";
  }
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
