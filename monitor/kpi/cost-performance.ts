import type { EarnedValueFacts } from "./earned-value-facts.ts";
import type { Sums } from "./earned-value-sums.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Gathered } from "./intake.ts";
import { amount, type Kpi, type KpiReason, measured, noValue, quotient } from "./kpi.ts";
import { minus, rational } from "./rational.ts";

export type CostPerformance = {
  readonly cv: Kpi;
  readonly sv: Kpi;
  readonly cpi: Kpi;
  readonly spi: Kpi;
  readonly percentComplete: Kpi;
  readonly burn: Kpi;
  /** Share of the budget spent less share of the work done, in percentage points. */
  readonly burnGap: Kpi;
};

type Pair = readonly [bigint | null, bigint | null];

/** CPI = EV / AC has no value below 2 % of the budget spent: a fraction of an hour decides it. */
export function costPerformance(sums: Sums, facts: EarnedValueFacts): CostPerformance {
  const { bac, pv, ev, ac, about, budgets, plan, progress, costs } = sums;
  const difference = (kpi: string, [a, b]: Pair, from: readonly Gathered[]) => {
    const what = about(kpi, "minor units", [budgets, ...from]);
    return a === null || b === null ? noValue(what, "missing-input") : amount(what, a - b);
  };
  const share = (kpi: string, a: bigint | null, b: bigint | null) => {
    const what = about(kpi, "percent", [budgets, progress]);
    return a === null || b === null ? noValue(what, "missing-input") : quotient(what, a, b);
  };
  const schedule = about("spi", "ratio", [budgets, plan, progress]);
  const cost = about("cpi", "ratio", [budgets, progress, costs]);
  const young = ev !== null && bac !== null && ev * 5n < bac;
  const blocked = cpiBlockedBy(sums);
  return {
    cv: difference("cv", [ev, ac], [progress, costs]),
    sv: difference("sv", [ev, pv], [progress, plan]),
    cpi:
      blocked !== null || ev === null || ac === null
        ? noValue(cost, blocked ?? "missing-input")
        : quotient(young ? { ...cost, notes: ["unstable-below-20-percent"] } : cost, ev, ac),
    spi:
      ev === null || pv === null ? noValue(schedule, "missing-input") : quotient(schedule, ev, pv),
    percentComplete: share("percent-complete", ev, bac),
    ...burning(sums, facts),
  };
}

/** Why there is no CPI, and so no estimate that builds on it. null: there is one. */
export function cpiBlockedBy({ bac, ev, ac }: Sums): KpiReason | null {
  if (bac === null || ev === null || ac === null) return "missing-input";
  if (bac === 0n) return "zero-denominator";
  return ac * 50n < bac ? "too-early" : null;
}

function burning(sums: Sums, { authorised }: EarnedValueFacts) {
  const { bac, ev, ac, about, budgets, progress, costs } = sums;
  const cap = createIntake();
  const limit = createSum(cap, sums.reporting);
  if (authorised !== null)
    limit.add(authorised.source, "amount", { money: authorised.amount, on: sums.today });
  const budget = authorised === null ? bac : limit.minor();
  const from = authorised === null ? [costs, budgets] : [costs, cap];
  const note = authorised === null ? {} : { notes: ["share-of-authorised-budget" as const] };
  const burnt = { ...about("burn", "percent", from), ...note };
  const gap = {
    ...about("burn-gap", "percentage points", [...new Set([...from, budgets, progress])]),
    ...note,
  };
  const burn =
    ac === null || budget === null ? noValue(burnt, "missing-input") : quotient(burnt, ac, budget);
  if (ac === null || budget === null || ev === null || bac === null)
    return { burn, burnGap: noValue(gap, "missing-input") };
  if (budget === 0n || bac === 0n) return { burn, burnGap: noValue(gap, "zero-denominator") };
  return { burn, burnGap: measured(gap, minus(rational(ac, budget), rational(ev, bac))) };
}
