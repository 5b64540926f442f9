import type { FindingKind } from "#/domain/finding.ts";
import { createWorkClock } from "#/monitor/clocks/work-clock.ts";
import { scheduleOf } from "#/monitor/clocks/work-schedule.ts";
import { createDayCount } from "#/monitor/detect/day-count.ts";
import type { ScenarioTruth } from "#/sandbox/simulator/truth-types.ts";
import { calendarOf, type EvalFirm } from "./eval-firm.ts";

/** What a change of circumstances is really: who would have to say so, from when on, until when. */
export type Problem = {
  readonly id: string;
  readonly scenario: string;
  readonly kinds: readonly FindingKind[];
  /** Where set, an alert must name one of these causes. */
  readonly codes: readonly string[];
  /** Where not empty, an alert must cite one of these: the records that waited. */
  readonly records: readonly string[];
  readonly projectIds: ReadonlySet<string>;
  readonly clientId: string | null;
  readonly personId: string | null;
  /** The Monday of the week in which it began: the firm works, plans and books by the week. */
  readonly onset: string;
  readonly visibleFrom: string | null;
  /** When the last that it did was over, not after the anchor. */
  readonly end: string;
  /** When it first did the damage that counts; null: not by the anchor. */
  readonly breach: string | null;
  /** When the first limit of any kind passed by its doing, if only that of one approval. */
  readonly firstLimit: string | null;
  /** It held an invoice or an approval, moved a milestone, cost margin, or hid one of these. */
  readonly harmed: boolean;
};

type Family = "invoice" | "approval" | "slip" | "margin" | "tending" | "reporting" | "account";
type Row = readonly [family: Family, kinds: readonly FindingKind[]];

const billing: Row = ["invoice", ["invoice-delay", "unbilled-ready-value"]];
const approving: Row = ["approval", ["approval-ageing", "approver-bottleneck", "invoice-delay"]];
const slipping: Row = ["slip", ["project-slipping"]];
const eroding: Row = ["margin", ["margin-eroding"]];
const overrunning: Row = [
  "margin",
  ["budget-threshold", "project-slipping", "margin-eroding", "project-at-risk"],
];

/** Which kinds would be the right word for it. What policy guards against (who may decide, what changed since) has none. */
export const fittingKinds: Readonly<Record<string, Row>> = {
  "purchase-order-absent": billing,
  "purchase-order-used-up": billing,
  "rates-out-of-date": billing,
  "billing-data-wrong": billing,
  "client-holds-invoice": billing,
  "run-moved": billing,
  "transfer-fails": ["invoice", ["integration-failure", ...billing[1]]],
  "twin-project": ["invoice", ["duplicate-project", ...billing[1]]],
  "change-unsigned": ["invoice", ["unapproved-work", "approval-ageing", ...billing[1]]],
  "acceptance-waits": ["invoice", ["milestone-unaccepted", ...billing[1]]],
  "acceptance-slower": ["invoice", ["milestone-unaccepted", "unapproved-work", ...billing[1]]],
  "time-habit": ["invoice", ["missing-timesheets", "invoice-delay"]],
  "approver-inactive": approving,
  "request-incomplete": approving,
  "extra-levels": approving,
  "group-queue": approving,
  "notice-lost": approving,
  "approver-disagrees": approving,
  "upstream-unsigned": approving,
  "request-outlived": approving,
  "timer-only": approving,
  "sudden-absence": approving,
  overload: approving,
  "key-person-rolls-off": ["slip", ["staffing-gap", "project-slipping"]],
  "client-input-late": slipping,
  "technical-block": slipping,
  "late-signature": ["slip", ["project-slipping", "unapproved-work"]],
  "handoff-stalls": ["slip", ["opportunity-without-project", "project-slipping"]],
  "plan-untended": ["tending", ["project-slipping"]],
  "rosy-reporting": ["reporting", overrunning[1]],
  "estimate-missed": overrunning,
  "sold-too-low": overrunning,
  "work-redone": ["margin", [...overrunning[1], "milestone-unaccepted"]],
  "scope-absorbed": ["margin", ["unapproved-work", "margin-eroding", "budget-threshold"]],
  "senior-mix": eroding,
  "work-written-down": eroding,
  "unbillable-work": eroding,
  "subcontractor-dearer": eroding,
  "relationship-cools": ["account", ["renewal-risk"]],
  "sponsor-leaves": ["account", ["sponsor-change", "renewal-risk"]],
};

/** Kinds that speak of many causes must name the right one. */
export const namesCauses: ReadonlySet<FindingKind> = new Set<FindingKind>([
  "invoice-delay",
  "approval-ageing",
  "approver-bottleneck",
  "unbilled-ready-value",
]);

const untoldApproval = "APR";

/** Every harmful change of circumstances that a kind of finding speaks of. */
export function problemsOf(firm: EvalFirm): Problem[] {
  return firm.truth.scenarios.flatMap((scenario) => {
    const row = fittingKinds[scenario.scenario];
    return scenario.benign || !row ? [] : [problemOf(firm, scenario, row)];
  });
}

function problemOf(firm: EvalFirm, scenario: ScenarioTruth, [family, kinds]: Row): Problem {
  const { truth, now } = firm;
  const calendar = calendarOf(firm.firm);
  const clock = createWorkClock(scheduleOf(calendar));
  const count = createDayCount(calendar);
  const after = (start: string, days: number): string =>
    clock.after(start, days * clock.dayMinutes) ?? start;
  const held = truth.invoices.filter(
    ({ late, causes }) => late && causes.some(({ intervals }) => named(intervals, scenario.id)),
  );
  const approvals = truth.approvals.filter(({ late, spans }) => late && named(spans, scenario.id));
  const projectIds = new Set(scenario.projectIds);
  const projects = truth.projects.filter(({ projectId }) => projectIds.has(projectId));
  const began = Temporal.PlainDate.from(scenario.onsetOn);
  const onset = `${began.subtract({ days: began.dayOfWeek - 1 }).toString()}T00:00:00Z`;
  const ends = [`${scenario.resolvesOn}T20:00:00Z`];
  const breaches: string[] = [];
  const limits: string[] = [];
  let harmed = false;
  if (held.length > 0 && (family === "invoice" || family === "approval")) {
    harmed = true;
    ends.push(...held.map(({ issuedAt }) => issuedAt));
    for (const { clockStart, causes } of held)
      breaches.push(
        ...ownBreach(
          after(clockStart, 5),
          causes.flatMap(({ intervals }) => intervals),
          scenario.id,
        ),
      );
  }
  if (approvals.length > 0 && family === "approval") {
    harmed = true;
    ends.push(...approvals.map(({ decidedAt }) => decidedAt));
    for (const { requestedAt, spans } of approvals)
      limits.push(...ownBreach(after(requestedAt, 2), spans, scenario.id));
  }
  const over = (projectId: string): string => {
    const done = now.get("project", projectId)?.fields.completedOn;
    return done ? `${done}T20:00:00Z` : now.asOf;
  };
  if (family === "slip")
    for (const { projectId, slips } of projects)
      for (const slip of slips.filter(({ interventionId }) => interventionId === scenario.id)) {
        harmed = harmed || slip.from <= now.asOf.slice(0, 10);
        ends.push(over(projectId));
        for (const { fields } of now.by("milestone", "projectId", projectId)) {
          const delivered = fields.deliveredOn ?? now.asOf.slice(0, 10);
          if (fields.baselineOn >= slip.from && count.between(fields.baselineOn, delivered) > 2)
            breaches.push(after(`${fields.baselineOn}T00:00:00Z`, 1));
        }
      }
  if (family === "margin" || family === "reporting")
    for (const { projectId, states } of projects) {
      const since = states.filter(({ on }) => on >= scenario.onsetOn);
      harmed =
        harmed ||
        (family === "reporting"
          ? since.some(({ on, level }) => level !== "green" && on <= scenario.resolvesOn)
          : truth
              .without(scenario.id)
              .projects.some((one) => one.projectId === projectId && one.marginPoints >= 1) ||
            since.some(({ level }) => level !== "green"));
      ends.push(over(projectId));
      const first = since.find(({ burn, level }) => burn >= 1 || level === "red");
      if (first) breaches.push(`${first.on}T16:00:00Z`);
    }
  if (family === "tending")
    harmed = projects.some(
      ({ states }) =>
        states.filter(({ on }) => on >= scenario.onsetOn && on <= scenario.resolvesOn).length >= 2,
    );
  if (family === "account") harmed = scenario.visibleFrom !== null;
  const earliest = (list: readonly string[]): string | null =>
    list.map(normal).toSorted()[0] ?? null;
  const own = (list: readonly string[]): string | null => {
    const first = earliest(list.filter((at) => normal(at) >= normal(onset)));
    return first !== null && first <= normal(now.asOf) ? first : null;
  };
  const end = ends.map(normal).toSorted().at(-1) ?? onset;
  return {
    id: scenario.id,
    scenario: scenario.scenario,
    kinds,
    codes: scenario.codes.length > 0 ? [...scenario.codes, untoldApproval] : [],
    records:
      family === "invoice" || family === "approval"
        ? scenario.evidence.map(({ recordId }) => recordId)
        : [],
    projectIds,
    clientId: scenario.entityType === "client" ? scenario.entityId : null,
    personId: scenario.entityType === "person" ? scenario.entityId : null,
    onset: normal(onset),
    visibleFrom: scenario.visibleFrom === null ? null : normal(scenario.visibleFrom),
    end: end < normal(now.asOf) ? end : normal(now.asOf),
    // A slow review does damage when it makes an invoice late; where it makes none late, its limit counts.
    breach: own(breaches) ?? own(limits),
    firstLimit: own([...breaches, ...limits]),
    harmed,
  };
}

/** A limit that had passed before this change began to hold anything is not its doing. */
const ownBreach = (
  limit: string,
  holds: readonly { readonly from: string; readonly interventionId: string | null }[],
  id: string,
): string[] =>
  holds.some(({ from, interventionId }) => interventionId === id && normal(from) < normal(limit))
    ? [limit]
    : [];

const named = (list: readonly { readonly interventionId: string | null }[], id: string): boolean =>
  list.some(({ interventionId }) => interventionId === id);

/** Instants with and without fractions compare as text once they look alike. */
export const normal = (instant: string): string => new Date(instant).toISOString();
