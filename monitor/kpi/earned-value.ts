import type { Context } from "./context.ts";
import { type CostPerformance, costPerformance } from "./cost-performance.ts";
import { earnedSchedule } from "./earned-schedule.ts";
import type { EarnedValueFacts } from "./earned-value-facts.ts";
import { earnedValueSums } from "./earned-value-sums.ts";
import { type EstimateAtCompletion, estimateAtCompletion } from "./estimate-at-completion.ts";
import type { Gathered } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";

export type EarnedValue = CostPerformance &
  EstimateAtCompletion & {
    readonly bac: Kpi;
    readonly pv: Kpi;
    readonly ev: Kpi;
    readonly ac: Kpi;
    readonly spiTime: Kpi;
    /** Cost so far on change work nobody has signed. It is in AC and not in BAC. */
    readonly workAtRisk: Kpi;
    readonly workAtRiskShare: Kpi;
  };

/** The earned value set of one project. Amounts are in the context's currency, in minor units. */
export function earnedValue(facts: EarnedValueFacts, context: Context): EarnedValue {
  const sums = earnedValueSums(facts, context);
  const { budgets, plan, progress, costs } = sums;
  const money = (kpi: string, minor: bigint | null, from: readonly Gathered[]): Kpi => {
    const about = sums.about(kpi, "minor units", from);
    return minor === null ? noValue(about, "missing-input") : amount(about, minor);
  };
  const { bac, atRisk } = sums;
  const share = sums.about("work-at-risk-share", "percent", [costs, budgets]);
  return {
    bac: money("bac", sums.bac, [budgets]),
    pv: money("pv", sums.pv, [budgets, plan]),
    ev: money("ev", sums.ev, [budgets, progress]),
    ac: money("ac", sums.ac, [costs]),
    ...costPerformance(sums, facts),
    spiTime: earnedSchedule(facts, sums, context),
    ...estimateAtCompletion(sums, facts, context),
    workAtRisk: money("work-at-risk", atRisk, [costs]),
    workAtRiskShare:
      atRisk === null || bac === null
        ? noValue(share, "missing-input")
        : quotient(share, atRisk, bac),
  };
}
