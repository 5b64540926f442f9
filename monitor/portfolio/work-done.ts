import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, type Listed, listed, priced } from "./basis.ts";

type Week = TwinRecord<"timesheet-week">;

/** Handed in: what somebody says was worked. A rejected week has to be handed in again. */
export const isHandedIn = ({ fields }: Week): boolean =>
  fields.state === "submitted" || fields.state === "approved";

/** One person's week on the project at cost, split by whether the client has agreed to the work. */
export type CostedWeek = {
  readonly week: Week;
  /** Minor units per hour; null: the person is not known. */
  readonly hourlyCost: number | null;
  /** Inside the plan, outside it under a signed change order, outside it without one. */
  readonly minutes: {
    readonly planned: number;
    readonly agreed: number;
    readonly unsigned: number;
  };
};

/** All time and expenses of one project, and the signed room for work outside the plan. */
export type WorkDone = {
  readonly weeks: Listed<"timesheet-week">;
  readonly expenses: Listed<"expense">;
  readonly orders: Listed<"change-order">;
  /** Handed in, oldest first. */
  readonly costed: readonly CostedWeek[];
  /** Last day for handing in is over, and nothing came. */
  readonly overdue: readonly Week[];
  readonly loggedMinutes: number;
};

/**
 * Minutes outside the plan are covered, oldest first, by the minutes of signed change orders; what is
 * left was worked without anybody's signature.
 */
export function workDone(view: FirmView, projectId: string, today: string): WorkDone {
  const weeks = listed(view, "timesheet-week", ["projectId", projectId]);
  const orders = listed(view, "change-order", ["projectId", projectId]);
  let signed = orders.records.reduce(
    (sum, { fields }) => sum + (isSigned(fields.state) ? fields.minutes : 0),
    0,
  );
  let loggedMinutes = 0;
  const costed = weeks.records
    .filter(isHandedIn)
    .toSorted((a, b) => order(a.fields.week, b.fields.week) || order(a.id, b.id))
    .map((week): CostedWeek => {
      const { loggedMinutes: logged, offPlanMinutes: outside, personId } = week.fields;
      const agreed = Math.min(signed, outside);
      signed -= agreed;
      loggedMinutes += logged;
      return {
        week,
        hourlyCost: view.get("person", personId)?.fields.hourlyCostCents ?? null,
        minutes: { planned: logged - outside, agreed, unsigned: outside - agreed },
      };
    });
  return {
    weeks,
    expenses: listed(view, "expense", ["projectId", projectId]),
    orders,
    costed,
    overdue: weeks.records.filter(
      ({ fields }) =>
        fields.state === "missing" && fields.dueOn < today && fields.expectedMinutes > 0,
    ),
    loggedMinutes,
  };
}

export const isSigned = (state: string): boolean => state === "approved" || state === "executed";

/** Fields that say how much was worked, week by week. */
export const hoursBasis = ({ weeks, costed }: WorkDone): Observed[] => [
  weeks.count,
  ...costed.flatMap(({ week }) => fieldsOf(week, "state", "loggedMinutes", "offPlanMinutes")),
];

/** Fields that say what it cost: time, rates, expenses the client does not pay, signed changes. */
export function costBasis(view: FirmView, work: WorkDone): Observed[] {
  const people = new Set(work.costed.map(({ week }) => week.fields.personId));
  return [
    ...hoursBasis(work),
    ...[...people].flatMap((id) => {
      const person = view.get("person", id);
      return person ? fieldsOf(person, "hourlyCostCents") : [];
    }),
    work.expenses.count,
    ...work.expenses.records.flatMap((expense) =>
      fieldsOf(expense, "state", "rebillable", "amountCents"),
    ),
    ...ordersBasis(work),
  ];
}

export const ordersBasis = ({ orders }: Pick<WorkDone, "orders">): Observed[] => [
  orders.count,
  ...orders.records.flatMap((each) =>
    fieldsOf(each, "state", "minutes", "amountCents", "raisedOn"),
  ),
];

/** Billable time at the price agreed for the person on this project, in minor units; null: no price. */
export function billableValue(view: FirmView, { week }: CostedWeek): number | null {
  const { projectId, personId, billableMinutes } = week.fields;
  const seat = view
    .by("assignment", "projectId", projectId)
    .find(({ fields }) => fields.personId === personId);
  const rate = seat?.fields.hourlyRateCents ?? view.get("person", personId)?.fields.hourlyRateCents;
  return rate === undefined ? null : priced(billableMinutes, rate);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
