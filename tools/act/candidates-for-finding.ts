import { ActionId } from "#/domain/action.ts";
import type { Finding } from "#/domain/finding.ts";
import { formatRef, RecordRef } from "#/domain/record.ts";
import { type ActionCandidate, catalogue } from "./catalogue.ts";

export type FindingCandidate = ActionCandidate & {
  /** It is a part of the same answer and is filed beside the best one, not only in its place. */
  readonly beside: boolean;
};

/** What a finding's facts say of: records of a kind, each once, those that meet the fact first. */
function cited(
  finding: Finding,
  type: string,
  [field, value]: readonly [string, string],
): RecordRef[] {
  const fitting = finding.evidence.filter(
    (each) => each.record.type === type && each.field === field && each.value === value,
  );
  const records = fitting.flatMap(({ record }) => RecordRef.safeParse(record).data ?? []);
  return [...new Map(records.map((record) => [formatRef(record), record])).values()];
}

const subjectIf = ({ subject }: Finding, type: string): RecordRef[] =>
  subject.type === type ? [subject] : [];
const project = ({ projectId }: Finding): RecordRef[] =>
  projectId === null ? [] : [{ system: "psa", type: "project", id: projectId }];

/** On which records an action would answer a finding: from its subject and its facts, by code. */
const targetsOf: Readonly<Partial<Record<ActionId, (finding: Finding) => RecordRef[]>>> = {
  R01: (finding) => cited(finding, "timesheet-week", ["state", "missing"]),
  R03: (finding) => cited(finding, "approval", ["state", "pending"]),
  R05: (finding) => cited(finding, "approval", ["state", "pending"]),
  R14: (finding) => subjectIf(finding, "milestone"),
  R16: (finding) => cited(finding, "change-order", ["state", "client_review"]),
  R19: project,
  R20: project,
  R23: (finding) => subjectIf(finding, "assignment"),
  R26: (finding) => subjectIf(finding, "client"),
  R27: project,
  R29: (finding) => subjectIf(finding, "opportunity"),
  R36: (finding) => subjectIf(finding, "opportunity"),
  R37: (finding) => subjectIf(finding, "opportunity"),
};

/** Won deals need all of it: the project, the people ready for it, and a word to the client. */
const fanOut: readonly ActionId[] = ["R37", "R36"];

/**
 * The actions that answer a finding, best first, each on records that its own facts name. To do nothing and
 * to look again on a set day is always among them, last, where there is a record to set the day by.
 */
export function candidatesForFinding(finding: Finding): FindingCandidate[] {
  const won = finding.kind === "opportunity-without-project";
  const ids: ActionId[] = finding.remedies.flatMap((id) => ActionId.safeParse(id).data ?? []);
  const all = [...new Set([...ids, ...(won ? fanOut : [])])].flatMap((action) =>
    (targetsOf[action]?.(finding) ?? []).map((target) =>
      candidate(action, target, { finding, beside: won && fanOut.includes(action) }),
    ),
  );
  const [watched] = [
    ...project(finding),
    ...subjectIf(finding, "client"),
    ...subjectIf(finding, "opportunity"),
  ];
  return watched ? [...all, candidate("R38", watched, { finding, beside: false })] : all;
}

const candidate = (
  action: ActionId,
  target: RecordRef,
  { finding, beside }: { finding: Finding; beside: boolean },
): FindingCandidate => ({
  action,
  title: catalogue[action].declaration.title,
  target,
  causes: finding.causes.filter(({ open }) => open).map(({ code }) => code),
  beside,
});
