import type { AcceptedMilestone } from "./acceptance.ts";
import { type Day, dayOf, endOfDay, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { type ChangeRequest, changeWeeks, workDone } from "./change-orders.ts";
import type { Delivery } from "./delivery.ts";
import type { Expense } from "./expenses.ts";
import type { Intervention } from "./interventions.ts";
import {
  type ChangeLine,
  type Demand,
  type InvoiceLine,
  longest,
  span,
  type Wait,
} from "./invoice.ts";
import { twinId } from "./record-ids.ts";
import type { ProjectPlan } from "./staffing-plan.ts";
import type { Sheet } from "./timesheets.ts";

/** All that a project has to show for itself. */
export type Deliverables = {
  readonly plan: ProjectPlan;
  readonly delivery: Delivery;
  readonly sheets: readonly Sheet[];
  readonly milestones: readonly AcceptedMilestone[];
  readonly changes: readonly ChangeRequest[];
  readonly expenses: readonly Expense[];
};

/** One invoice to each period with work in it, or with a fee. */
export function periodDemands(cast: Cast, done: Deliverables): Demand[] {
  const { periodEnds } = cast.setting;
  const { plan, delivery } = done;
  const lastWeek = delivery.weeks.at(-1)?.monday ?? delivery.start;
  return periodEnds.flatMap((end, index) => {
    const start = (periodEnds[index - 1] ?? end - 28) + 1;
    if (end < delivery.start + 6 || start > lastWeek) return [];
    const demand =
      plan.billing === "retainer"
        ? retainerDemand(cast, done, { start, end })
        : timeDemand(cast, done, { start, end });
    return demand ?? [];
  });
}

type Period = { readonly start: Day; readonly end: Day };
const line = (text: string, netCents: number, rest: Partial<InvoiceLine> = {}): InvoiceLine => ({
  text,
  netCents,
  writtenDownCents: 0,
  grade: null,
  minutes: null,
  hourlyRateCents: null,
  milestoneId: null,
  changeOrderId: null,
  ...rest,
});

function retainerDemand(
  { setting: { calendar } }: Cast,
  { plan, delivery }: Deliverables,
  { start, end }: Period,
): Demand | null {
  const weeks = delivery.weeks.filter(({ monday }) => monday >= start && monday <= end).length;
  if (weeks === 0) return null;
  const netCents = Math.round((plan.valueCents * weeks) / plan.weeks / 100) * 100;
  const clock = endOfDay(end);
  return {
    id: `${plan.id}-${calendar.date(end).slice(2, 7).replace("-", "")}`,
    clock,
    periodStart: start,
    periodEnd: end,
    lines: [line("Monthly fee", netCents)],
    changes: [],
    upstream: [],
    earnedCents: netCents,
    readyUpstream: clock,
  };
}

function timeDemand(cast: Cast, done: Deliverables, { start, end }: Period): Demand | null {
  const { calendar } = cast.setting;
  const { plan, sheets, changes, expenses } = done;
  const draws = cast.setting.draws.of("period", `${plan.id}/${end}`);
  const inPeriod = sheets.filter(({ week }) => week >= start && week <= end);
  if (inPeriod.length === 0) return null;
  const clock = endOfDay(end);
  const worked = changes.filter(
    (change) =>
      change.number !== null &&
      workDone(change) &&
      billedFrom(change) >= start &&
      billedFrom(change) <= end,
  );
  const waitsFor: Wait[] = [
    ...worked.flatMap((change) =>
      span("change", { type: "change-order", id: change.id }, [
        change.raisedAt,
        change.decidedAt,
        change.source,
      ]),
    ),
    ...inPeriod.flatMap((sheet) => [
      ...span("time", { type: "timesheet-week", id: sheet.id }, [
        endOfDay(sheet.due),
        sheet.submittedAt,
        sheet.source,
      ]),
      ...span("time approval", { type: "timesheet-week", id: sheet.id }, [
        calendar.add(sheet.submittedAt, 1),
        sheet.approval.decidedAt,
        longest(sheet.approval),
      ]),
    ]),
    ...twin(cast, done, clock),
  ];
  const byGrade = Map.groupBy(
    inPeriod.filter(({ billableMinutes }) => billableMinutes > 0),
    ({ person }) => person.grade,
  );
  const written = cast.circumstances.on("work-written-down", plan.id, end + 1);
  const writeDown = written
    ? written.strength
    : draws.chance("written down", 0.5)
      ? 0.03 + 0.1 * draws.uniform("write-down")
      : 0;
  const lines = [...byGrade].map(([grade, group]) => {
    const minutes = group.reduce((sum, { billableMinutes }) => sum + billableMinutes, 0);
    const card = rateOf(cast, plan, grade);
    const gross = Math.round((minutes / 60) * card);
    const writtenDownCents = Math.round(gross * writeDown);
    return line(`${grade} hours`, gross - writtenDownCents, {
      grade,
      minutes,
      hourlyRateCents: card,
      writtenDownCents,
    });
  });
  const rebilled = expenses.filter(
    ({ rebillable, approval }) =>
      rebillable &&
      approval.decision === "approved" &&
      dayOf(approval.decidedAt) >= start &&
      dayOf(approval.decidedAt) <= end,
  );
  if (rebilled.length > 0)
    lines.push(
      line(
        "Expenses",
        rebilled.reduce((sum, { amountCents }) => sum + amountCents, 0),
      ),
    );
  const riding = worked.map(changeLine);
  const earned =
    lines.reduce((sum, { netCents, writtenDownCents }) => sum + netCents + writtenDownCents, 0) +
    agreedCents(riding);
  const lost = inPeriod.reduce((sum, sheet) => {
    const chargeable = sheet.loggedMinutes - sheet.offPlanMinutes - sheet.billableMinutes;
    return sum + (chargeable / 60) * rateOf(cast, plan, sheet.person.grade);
  }, 0);
  const favours = changes.filter(
    (change) =>
      !change.agreed &&
      workDone(change) &&
      billedFrom(change) >= start &&
      billedFrom(change) <= end,
  );
  if (lines.length === 0 && agreedCents(riding) === 0) return null;
  return {
    id: `${plan.id}-${calendar.date(end).slice(2, 7).replace("-", "")}`,
    clock,
    periodStart: start,
    periodEnd: end,
    lines,
    changes: riding,
    upstream: waitsFor,
    earnedCents: Math.round(
      earned + lost + favours.reduce((sum, { amountCents }) => sum + amountCents, 0),
    ),
    readyUpstream: Math.max(
      clock,
      ...inPeriod.map(({ approval }) => approval.decidedAt),
      ...waitsFor.map(({ to }) => to),
    ),
  };
}

const changeLine = (change: ChangeRequest): ChangeLine => ({
  line: line(`Change ${change.number}`, change.amountCents, { changeOrderId: change.id }),
  from: change.raisedAt,
  declinedAt: change.agreed ? null : change.decidedAt,
});
const agreedCents = (changes: readonly ChangeLine[]): number =>
  changes.reduce((sum, change) => sum + (change.declinedAt === null ? change.line.netCents : 0), 0);

/** Billed once it is worked and there is an order to bill. */
const billedFrom = (change: ChangeRequest): Day =>
  Math.max(change.workFrom + changeWeeks * 7 - 3, dayOf(change.raisedAt));

/** The hourly rate that the contract names for a grade, in cents. */
export function rateOf({ setting: { pack } }: Cast, plan: ProjectPlan, grade: string): number {
  const cost = pack.hourlyCostCents[grade as keyof typeof pack.hourlyCostCents];
  return Math.round((Math.round(cost / 0.62 / 100) * 100 * plan.priceFactor) / 50) * 50;
}

/** One invoice to each accepted milestone; agreed changes ride along. */
export function milestoneDemands(
  { setting: { calendar } }: Cast,
  { plan, milestones, changes }: Deliverables,
): Demand[] {
  let previous = Number.NEGATIVE_INFINITY;
  return milestones.map((milestone, index) => {
    const last = index === milestones.length - 1;
    const clock = endOfDay(milestone.due);
    const until = last ? Number.POSITIVE_INFINITY : milestone.delivered;
    const here = changes.filter(
      (change) => workDone(change) && billedFrom(change) > previous && billedFrom(change) <= until,
    );
    // An order that comes after the last bill is never billed at all.
    const attached = here.filter(
      ({ number, raisedAt }) =>
        number !== null && raisedAt <= Math.max(clock, milestone.deliveredAt),
    );
    const favours = here.filter((change) => !change.agreed || !attached.includes(change));
    previous = milestone.delivered;
    const record = { type: "milestone", id: milestone.id };
    const upstream: Wait[] = [
      ...attached.flatMap((change) =>
        span("change", { type: "change-order", id: change.id }, [
          change.raisedAt,
          change.decidedAt,
          change.source,
        ]),
      ),
      ...span("delivery", record, [clock, milestone.deliveredAt, null]),
      ...span("acceptance", record, [
        milestone.deliveredAt,
        milestone.acceptedAt,
        milestone.source,
      ]),
    ];
    const riding = attached.map(changeLine);
    const lines = [line(milestone.name, milestone.amountCents, { milestoneId: milestone.id })];
    const earned =
      milestone.amountCents +
      agreedCents(riding) +
      favours.reduce((sum, { amountCents }) => sum + amountCents, 0);
    return {
      id: `${plan.id}-${String(index + 1).padStart(4, "0")}`,
      clock,
      periodStart: null,
      periodEnd: null,
      lines,
      changes: riding,
      upstream,
      earnedCents: earned,
      readyUpstream: Math.max(
        milestone.acceptedAt,
        ...upstream.map(({ to }) => to),
        calendar.firstDay,
      ),
    };
  });
}

/** Time on a second project of the same opportunity must be moved before anything is billed. */
function twin(cast: Cast, { plan }: Deliverables, clock: Moment): Wait[] {
  const change = cast.circumstances.ever("twin-project", plan.id);
  if (!change || clock < endOfDay(change.from)) return [];
  return span("twin", { type: "project", id: twinId(plan.id) }, [
    clock - 5 * 1440,
    twinMergedAt(cast, change),
    change.id,
  ]).filter(({ to }) => to > clock);
}

/** The second project is found when the first bill after it is due, and sorted out from there. */
export function twinMergedAt(
  { setting: { calendar, periodEnds } }: Cast,
  change: Intervention,
): Moment {
  const end = periodEnds.find((day) => day > change.from) ?? change.until;
  return calendar.add(endOfDay(end), change.strength);
}
