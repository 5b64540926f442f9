import { observe } from "#/domain/evidence.ts";
import type { Argument, Effect } from "#/domain/proposal.ts";
import type { Project, RecordRef } from "#/domain/record.ts";
import { EffectMissing, type Receipt } from "#/domain/run.ts";
import type { Preview } from "./define-action.ts";
import { withNote } from "./target-args.ts";

/** What a drafted message will say, as effects on the record it hangs on. */
export const draftEffects = (
  record: RecordRef,
  { subject, body, note }: { subject: string; body: string; note: readonly Argument[] },
): Effect[] => [
  { record, field: "draft.subject", before: null, after: subject },
  { record, field: "draft.body", before: null, after: withNote(body, note) },
];

/** The value of one approved effect. Throws when the payload has none: it was not built here. */
export function approvedText(approved: Preview, field: string): string {
  const value = approved.effects.find((effect) => effect.field === field)?.after;
  if (typeof value !== "string") throw new TypeError(`the payload approves no ${field}`);
  return value;
}

/** Compares a receipt with the approved words, as far as the system lets us read them. */
export function matching(
  receipt: Receipt | null,
  expected: Readonly<Record<string, string>>,
): Receipt {
  if (receipt === null) throw new EffectMissing("The system answered, and the draft is not there.");
  for (const [field, value] of Object.entries(expected))
    if (field in receipt.observed && receipt.observed[field] !== value)
      throw new EffectMissing(`The draft is there, and its ${field} is not what was approved.`);
  return receipt;
}

/** The project facts that a preview passes on to policy. */
export const projectPart = (project: Project | null) => ({
  projectId: project?.source.id ?? null,
  projectLeadEmail: project?.leadEmail ?? null,
  projectEvidence:
    project === null ? [] : [observe(project.source, "leadEmail", project.leadEmail)],
});
