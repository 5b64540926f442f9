import { createHash } from "node:crypto";
import { currency } from "../firm/firm.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Answer, Call } from "./serve-face.ts";

/* What the three systems have in common in how they write things down. */

const defaultPage = 20;
const largestPage = 500;

/** 441 minutes → 7.35. */
export const hours = (minutes: number): number => Math.round((minutes / 60) * 100) / 100;

/** 1140000 cents → `{ value: "11400.00", currency: "EUR" }`. */
export function amount(cents: number): { value: string; currency: string } {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const value = `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  return { value, currency };
}

/** The record with its version and a tag that differs whenever anything in it does. */
export function tagged<T extends object>(record: T, version: number) {
  const digest = createHash("sha256").update(JSON.stringify(record)).digest("hex").slice(0, 10);
  return { ...record, version, etag: `${version}-${digest}` };
}

/** One page of a list that is in the order of its ids. A cursor survives what is added or changed meanwhile. */
export function page<T extends { id: string }>(
  records: readonly T[],
  { query }: Call,
  present: (record: T) => unknown,
): Answer {
  const limit = Number(query.get("limit") ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    throw new NotAllowed(422, "bad_limit", `A page has 1 to ${largestPage} records.`);
  const after = afterCursor(query.get("cursor"));
  const from = after === null ? 0 : placeAfter(records, after);
  const shown = records.slice(from, from + limit);
  const last = records.length > from + limit ? shown.at(-1) : undefined;
  const next_cursor = last ? Buffer.from(`after ${last.id}`).toString("base64url") : null;
  return { status: 200, json: { items: shown.map(present), next_cursor } };
}

/** Where the ids begin that come after this one. */
function placeAfter(records: readonly { id: string }[], after: string): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.id ?? "") > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

function afterCursor(cursor: string | null): string | null {
  if (cursor === null) return null;
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  if (!text.startsWith("after ")) throw new NotAllowed(422, "bad_cursor", "Not one of ours.");
  return text.slice("after ".length);
}

export const ok = (record: { etag: string }, status: 200 | 201 = 200): Answer => ({
  status,
  json: record,
  headers: { etag: `"${record.etag}"` },
});

/** The texts under these names and nothing else, or NotAllowed 422. */
export function textsIn<Name extends string>(
  { body }: Pick<Call, "body">,
  names: readonly Name[],
): Record<Name, string> {
  const unknown = Object.keys(body).find((name) => !names.some((known) => known === name));
  if (unknown) throw new NotAllowed(422, "unknown_field", "A field is not known here.");
  return Object.fromEntries(
    names.map((name) => {
      const value = body[name];
      if (typeof value !== "string" || value.trim() === "" || value.length > 20_000)
        throw new NotAllowed(422, "bad_field", `${name} must be a text.`);
      return [name, value];
    }),
  ) as Record<Name, string>;
}
