import type { MarginEffect, UtilisationEffect } from "#/domain/what-if.ts";
import type { Observed } from "../kpi/intake.ts";
import { decimal, over, rational, rounded, times, toNumber } from "../kpi/rational.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { dayOf } from "./draft-conditions.ts";
import { addDays, daysBetween } from "./payment-habit.ts";

type Effect<T> = { readonly effect: T; readonly read: readonly Observed[] };

/** Value and planned cost of a project, and what of each changes, in minor units. */
function marginOf(
  { id, fields }: TwinRecord<"project">,
  base: { readonly revenue: number; readonly cost: number },
  change: { readonly revenue: number; readonly cost: number },
): MarginEffect {
  const money = (minor: number) => ({ minor, currency: fields.currency });
  const percent = (revenue: number, cost: number): number | null =>
    revenue === 0 ? null : toNumber(rational(BigInt(revenue - cost) * 100n, BigInt(revenue)));
  const after = { revenue: base.revenue + change.revenue, cost: base.cost + change.cost };
  return {
    projectId: id,
    revenue: { before: money(base.revenue), after: money(after.revenue) },
    cost: { before: money(base.cost), after: money(after.cost) },
    marginPercent: {
      before: percent(base.revenue, base.cost),
      after: percent(after.revenue, after.cost),
    },
  };
}

/** An approved order adds its amount; its work costs the same whether it is signed or not, once begun. */
export function marginWithOrder(
  project: TwinRecord<"project">,
  order: TwinRecord<"change-order">,
): Effect<MarginEffect> {
  const { amountCents, minutes, workStartedOn } = order.fields;
  const { contractValueCents, plannedCostCents, budgetMinutes } = project.fields;
  const perMinute = budgetMinutes === 0 ? 0 : plannedCostCents / budgetMinutes;
  const cost = Math.round(perMinute * minutes);
  const begun = workStartedOn !== null ? cost : 0;
  return {
    effect: marginOf(
      project,
      { revenue: contractValueCents, cost: plannedCostCents + begun },
      { revenue: amountCents, cost: cost - begun },
    ),
    read: [
      ...marginRead(project),
      observed(project.source, "budgetMinutes", budgetMinutes),
      observed(order.source, "amountCents", amountCents),
      observed(order.source, "minutes", minutes),
      observed(order.source, "workStartedOn", workStartedOn),
    ],
  };
}

const marginRead = ({ source, fields }: TwinRecord<"project">): Observed[] => [
  observed(source, "contractValueCents", fields.contractValueCents),
  observed(source, "plannedCostCents", fields.plannedCostCents),
];

export type Reassigned = {
  readonly margin: Effect<MarginEffect> | null;
  readonly utilisation: readonly Effect<UtilisationEffect>[];
  readonly gaps: readonly string[];
};

/** Whoever takes over does the rest of the assigned time, at their own cost and their grade's rate. */
export function reassigned(
  view: FirmView,
  project: TwinRecord<"project">,
  { from, to }: { readonly from: string; readonly to: string },
): Reassigned {
  const today = dayOf(view.asOf, view.calendar.zone);
  const left = view
    .by("assignment", "projectId", project.id)
    .filter(({ fields }) => fields.personId === from && fields.to >= today);
  const [gone, next] = [view.get("person", from), view.get("person", to)];
  if (!gone || !next)
    return { margin: null, utilisation: [], gaps: ["One of the two people is not known."] };
  if (left.length === 0)
    return { margin: null, utilisation: [], gaps: ["Nothing is assigned from today on."] };
  const weeks = left.map(({ fields }) => {
    const start = fields.from > today ? fields.from : today;
    return { start, end: fields.to, days: daysBetween(start, fields.to) + 1, of: fields };
  });
  const minutes = weeks.reduce(
    (sum, { days, of }) => sum + Math.round((of.minutesPerWeek * days) / 7),
    0,
  );
  const cents = (hourly: number) =>
    Number(rounded(over(times(rational(minutes), decimal(hourly)), rational(60))));
  const card = view.by("rate-line", "contractId", project.fields.contractId ?? "");
  const rate = (grade: string) => card.find(({ fields }) => fields.grade === grade) ?? null;
  const [old, fresh] = [rate(gone.fields.grade), rate(next.fields.grade)];
  const byTime = project.fields.billing === "time_and_materials";
  const noRate = byTime && (old === null || fresh === null);
  const span = {
    from: weeks.map(({ start }) => start).toSorted()[0] ?? today,
    to:
      weeks
        .map(({ end }) => end)
        .toSorted()
        .at(-1) ?? today,
  };
  const perWeek = weeks.reduce((sum, { of }) => sum + of.minutesPerWeek, 0);
  const margin: Effect<MarginEffect> = {
    effect: marginOf(
      project,
      { revenue: project.fields.contractValueCents, cost: project.fields.plannedCostCents },
      {
        revenue:
          byTime && old && fresh
            ? cents(fresh.fields.hourlyRateCents) - cents(old.fields.hourlyRateCents)
            : 0,
        cost: cents(next.fields.hourlyCostCents) - cents(gone.fields.hourlyCostCents),
      },
    ),
    read: [
      ...marginRead(project),
      ...[gone, next].map(({ source, fields }) =>
        observed(source, "hourlyCostCents", fields.hourlyCostCents),
      ),
      ...[old, fresh].flatMap((line) =>
        line ? [observed(line.source, "hourlyRateCents", line.fields.hourlyRateCents)] : [],
      ),
    ],
  };
  return {
    margin,
    utilisation: [
      utilisationOf(view, gone, { ...span, change: -perWeek }),
      utilisationOf(view, next, { ...span, change: perWeek }),
    ],
    gaps: noRate
      ? ["The contract names no rate for one of the two grades: revenue stays as planned."]
      : [],
  };
}

/** Assigned minutes of a week against the person's working week, over the weeks in question. */
function utilisationOf(
  view: FirmView,
  person: TwinRecord<"person">,
  { from, to, change }: { readonly from: string; readonly to: string; readonly change: number },
): Effect<UtilisationEffect> {
  const days = daysBetween(from, addDays(to, 1));
  const overlapping = view
    .by("assignment", "personId", person.id)
    .filter(({ fields }) => fields.from <= to && fields.to >= from);
  const assigned = overlapping.reduce((sum, { fields }) => {
    const start = fields.from > from ? fields.from : from;
    const end = fields.to < to ? fields.to : to;
    return sum + fields.minutesPerWeek * (daysBetween(start, end) + 1);
  }, 0);
  const week = person.fields.weeklyMinutes * days;
  const percent = (minutes: number): number | null =>
    week === 0 ? null : toNumber(rational(minutes * 100, week));
  return {
    effect: {
      personId: person.id,
      from,
      to,
      percent: { before: percent(assigned), after: percent(assigned + change * days) },
    },
    read: [
      observed(person.source, "weeklyMinutes", person.fields.weeklyMinutes),
      ...overlapping.map(({ source, fields }) =>
        observed(source, "minutesPerWeek", fields.minutesPerWeek),
      ),
    ],
  };
}
