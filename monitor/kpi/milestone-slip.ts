import type { Source } from "#/domain/record.ts";
import { businessDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createIntake } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";

/** One milestone's dates. A re-baseline keeps the original date beside the new one. */
export type MilestonePlan = {
  readonly source: Source;
  readonly plannedStart: string | null;
  readonly originalDue: string | null;
  /** null: never re-baselined. */
  readonly rebaselinedDue: string | null;
  /** Where it is expected now, or was delivered. */
  readonly forecast: string | null;
};

export type MilestoneSlip = {
  /** Against the original date; negative is early. */
  readonly days: Kpi;
  readonly percent: Kpi;
  /** Against the date of the newest baseline; the same numbers when there was none. */
  readonly rebaselinedDays: Kpi;
  readonly rebaselinedPercent: Kpi;
};

/**
 * Slip in business days, and as a share of the planned duration. An open milestone whose forecast
 * has passed slips until today: a date that nobody moved is no news.
 */
export function milestoneSlip(
  plan: MilestonePlan & { readonly deliveredOn: string | null },
  context: Context,
): MilestoneSlip {
  const against = (prefix: string, field: "originalDue" | "rebaselinedDue") => {
    const [dates, start] = [createIntake(), createIntake()];
    const baseline = dates.need(plan.source, field, plan[field]);
    const planned = plan.deliveredOn ?? dates.need(plan.source, "forecast", plan.forecast);
    if (plan.deliveredOn !== null) dates.need(plan.source, "deliveredOn", plan.deliveredOn);
    const forecast =
      planned !== null && plan.deliveredOn === null && planned < context.today
        ? context.today
        : planned;
    const begin = start.need(plan.source, "plannedStart", plan.plannedStart);
    const { asOf, calendar } = context;
    const days = { kpi: `${prefix}-days`, unit: "business days", asOf, from: [dates] } as const;
    const share = {
      kpi: `${prefix}-percent`,
      unit: "percent",
      asOf,
      from: [dates, start],
    } as const;
    if (baseline === null || forecast === null)
      return [noValue(days, "missing-input"), noValue(share, "missing-input")] as const;
    const slip = businessDays(calendar, baseline, forecast);
    return [
      amount(days, slip),
      begin === null
        ? noValue(share, "missing-input")
        : quotient(share, slip, Math.max(0, businessDays(calendar, begin, baseline))),
    ] as const;
  };
  const [days, percent] = against("milestone-slip", "originalDue");
  const [rebaselinedDays, rebaselinedPercent] = against(
    "milestone-slip-rebaselined",
    plan.rebaselinedDue === null ? "originalDue" : "rebaselinedDue",
  );
  return { days, percent, rebaselinedDays, rebaselinedPercent };
}
