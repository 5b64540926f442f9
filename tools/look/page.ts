import { z } from "zod";
import { contentHash } from "#/domain/canonical-json.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import { formatRef, type Source } from "#/domain/record.ts";
import type { LookAnswer } from "./define-look-tool.ts";
import { type Citing, cite, cleaned } from "./shown-record.ts";

export type Listing<T> = {
  readonly tool: string;
  /** Name of the list in the answer: `projects`. */
  readonly noun: string;
  readonly records: readonly T[];
  /** What the caller asked for, so that a cursor fits no other question. */
  readonly filter: Readonly<Record<string, string | null>>;
  readonly citing: Citing<T>;
  /** One line of text, without the reference. */
  readonly line: (record: T) => string;
};

type Asked = {
  readonly principal: Principal;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

const Cursor = z.tuple([z.string(), z.string()]);
const order = new Intl.Collator("en", { numeric: true });

/** One page, ordered by id, with evidence for its fields. A cursor is bound to question and asker. */
export function page<T extends { readonly source: Source }>(
  { tool, noun, records, filter, citing, line }: Listing<T>,
  { principal, limit, cursor }: Asked,
): LookAnswer {
  const { tenant, person } = principal;
  const bound = contentHash({ tool, tenant, person, filter }).slice(0, 16);
  const after = cursor === undefined ? null : afterOf(cursor, bound);
  const sorted = records.toSorted((a, b) => order.compare(a.source.id, b.source.id));
  const rest =
    after === null ? sorted : sorted.filter((r) => order.compare(r.source.id, after) > 0);
  const shown = rest.slice(0, limit).map(cleaned);
  const last = shown.at(-1);
  const nextCursor =
    last && rest.length > shown.length
      ? Buffer.from(JSON.stringify([last.source.id, bound])).toString("base64url")
      : null;
  const lines = shown.map(
    (record) =>
      `- ${formatRef(record.source)} ${line(record)} (as of ${record.source.retrievedAt})`,
  );
  return {
    facts: {
      [noun]: shown,
      total: records.length,
      nextCursor,
      labels: Object.fromEntries((citing.freeText ?? []).map((field) => [field, "TEXT"])),
      evidence: shown.flatMap((record) => cite(record, citing)),
    },
    text: [
      records.length === 0
        ? "The list is empty: the system has none."
        : `${shown.length} of ${records.length}.`,
      ...lines,
      ...(nextCursor === null ? [] : [`More: call ${tool} again with cursor ${nextCursor}`]),
    ].join("\n"),
  };
}

function afterOf(cursor: string, bound: string): string {
  const [after, to] = decoded(cursor);
  if (to === bound) return after;
  throw new CountersignError("INVALID_ARGUMENTS", {
    problems: "the cursor belongs to another list; ask for the first page without one",
  });
}

function decoded(cursor: string): [string, string] {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    return ["", ""];
  }
}
