import { formatRef, type RecordRef } from "#/domain/record.ts";
import type { SentenceDraft } from "./grounding.ts";
import type { NoteId } from "./notes.ts";
import type { Plan, Seen } from "./rules-model.ts";
import type { CitesFor } from "./rules-wording.ts";

export const answer = (
  sentences: readonly SentenceDraft[],
  notes: readonly NoteId[] = [],
): Plan => ({
  kind: "final",
  object: { sentences, notes },
});

export const ask = (name: string, args: Readonly<Record<string, unknown>> = {}): Plan => ({
  kind: "tools",
  calls: [{ name, args }],
});

export const citesOf =
  ({ evidence }: Seen): CitesFor =>
  (ref: RecordRef) =>
    evidence.filter((fact) => formatRef(fact.record) === formatRef(ref)).map((fact) => fact.id);
