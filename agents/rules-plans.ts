import { formatRef, type RecordRef } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import type { NoteId } from "./notes.ts";
import type { Plan, Seen, View } from "./rules-model.ts";
import type { CitesFor } from "./rules-wording.ts";

export const answer = (
  sentences: readonly SentenceDraft[],
  notes: readonly NoteId[] = [],
): Plan => ({ kind: "final", object: { sentences, notes, proposals: [] } });

/** Proposals by id; code words their lines. */
export const showProposals = (
  proposals: readonly string[],
  sentences: readonly SentenceDraft[] = [],
): Plan => ({ kind: "final", object: { sentences, notes: [], proposals } });

export const ask = (name: string, args: Readonly<Record<string, unknown>> = {}): Plan => ({
  kind: "tools",
  calls: [{ name, args }],
});

export const citesOf =
  ({ evidence }: Seen): CitesFor =>
  (ref: RecordRef) =>
    evidence.filter((fact) => formatRef(fact.record) === formatRef(ref)).map((fact) => fact.id);

/** Pages of fifty: more than this is no answer for a conversation. */
const mostPages = 6;

export type Gathered<T> = {
  readonly items: readonly T[];
  readonly cites: CitesFor;
  readonly complete: boolean;
};

/** All pages of one list; or the call that brings the next one; or null when a page failed. */
export function gather<T>(
  view: View,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
): { plan: Plan } | { all: Gathered<T> } | null {
  const pages = view.seen.filter((call) => call.tool === tool);
  const last = pages.at(-1);
  if (!last) return { plan: ask(tool, { ...args, limit: 50 }) };
  if (pages.some(({ ok }) => !ok)) return null;
  if (last.next !== null && pages.length < mostPages)
    return { plan: ask(tool, { ...args, limit: 50, cursor: last.next }) };
  const items = pages.flatMap((page) => page.answer as T[]);
  const cites: CitesFor = (ref) => pages.flatMap((page) => citesOf(page)(ref));
  return { all: { items, cites, complete: last.next === null } };
}
