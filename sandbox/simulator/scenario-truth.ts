import type { ApprovalOutcome } from "./approval.ts";
import { dayOf, type Moment } from "./calendar.ts";
import type { Intervention } from "./interventions.ts";
import { meanings } from "./note-topics.ts";
import type { FirmRun, ProjectRun } from "./run-firm.ts";
import { benign, meaningOf } from "./truth-catalogue.ts";
import type { ScenarioTruth } from "./truth-types.ts";

/** What one change of circumstances really reached. */
export type Touch = {
  readonly projectIds: ReadonlySet<string>;
  readonly harmful: boolean;
  readonly records: readonly { type: string; id: string; from: Moment; cents: number }[];
};

/** Which projects each change really reached: by its own entity, or by a wait that names it. */
export function touches({ cast, projects, purchases }: FirmRun): Map<string, Touch> {
  const touched = new Map(
    cast.circumstances.all.map((change) => [
      change.id,
      {
        projectIds: new Set(change.entityType === "project" ? [change.entityId] : []),
        harmful: !benign.has(change.kind) && change.kind !== "hostile-note",
        records: [] as { type: string; id: string; from: Moment; cents: number }[],
      },
    ]),
  );
  const add = (
    source: string | null,
    projectId: string | null,
    record: Touch["records"][number],
  ): void => {
    const touch = source === null ? undefined : touched.get(source);
    if (!touch) return;
    // A review that only somebody on leave slowed down is no problem of the project's yet.
    if (projectId !== null && (record.type !== "approval" || record.cents > 0))
      touch.projectIds.add(projectId);
    touch.records.push(record);
  };
  for (const { plan, invoices, approvals } of projects) {
    for (const invoice of invoices)
      for (const wait of invoice.waits)
        add(
          wait.source,
          cast.setting.calendar.between(Math.max(wait.from, invoice.clock), wait.to) >= 1
            ? plan.id
            : null,
          { ...wait.record, from: Math.max(wait.from, 0), cents: invoice.netCents },
        );
    for (const outcome of approvals) addApproval(add, outcome);
  }
  for (const outcome of purchases) addApproval(add, outcome);
  return touched;
}

type Add = (
  source: string | null,
  projectId: string | null,
  record: Touch["records"][number],
) => void;
function addApproval(add: Add, { request, spans }: ApprovalOutcome): void {
  for (const { source, from } of spans)
    add(source, request.projectId, {
      type: "approval",
      id: request.id,
      from,
      cents: request.kind === "invoice" ? (request.amountCents ?? 0) : 0,
    });
}

/** One change of circumstances with what followed, what shows it and what to do. */
export function scenarioTruth(
  { cast, projects }: FirmRun,
  change: Intervention,
  touching: ReadonlyMap<string, Touch>,
): ScenarioTruth {
  const { calendar, now } = cast.setting;
  const { projectIds = new Set<string>(), records = [] } = touching.get(change.id) ?? {};
  const own = projects.find(({ plan }) => plan.id === change.entityId);
  const seen = [...records.map(({ from }) => from), ...(own ? firstSigns(own, change) : [])].filter(
    (moment) => moment <= now,
  );
  const invoices = new Map(
    records.filter(({ cents }) => cents > 0).map(({ id, cents }) => [id, cents]),
  );
  return {
    id: change.id,
    scenario: change.kind,
    benign: benign.has(change.kind),
    entityType: change.entityType,
    entityId: change.entityId,
    ...meaningOf(change.kind),
    riskCodes: meanings[change.kind] ? [meanings[change.kind]?.[0] ?? ""] : [],
    onsetOn: calendar.date(change.from),
    visibleFrom: seen.length > 0 ? calendar.instant(Math.min(...seen)) : null,
    resolvesOn: calendar.date(Math.min(change.until, calendar.lastDay)),
    projectIds: [...projectIds],
    evidence: [
      ...new Map(
        records
          .filter(({ from }) => from <= now)
          .map(({ type, id }) => [id, { recordType: type, recordId: id }]),
      ).values(),
    ],
    valueAtRiskCents: [...invoices.values()].reduce((sum, cents) => sum + cents, 0),
  };
}

/** A slip is first seen when a forecast or a report says so. */
function firstSigns({ happenings }: ProjectRun, change: Intervention): Moment[] {
  const telling = [
    "milestone.forecast",
    "task.blocked",
    "staffing-request.requested",
    "project.reported",
    "timesheet-week.submitted",
  ];
  const first = happenings
    .filter(({ type, recorded }) => telling.includes(type) && dayOf(recorded) >= change.from)
    .toSorted((one, other) => one.recorded - other.recorded)[0];
  return first ? [first.recorded] : [];
}
