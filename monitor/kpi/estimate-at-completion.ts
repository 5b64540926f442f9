import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { cpiBlockedBy } from "./cost-performance.ts";
import type { EarnedValueFacts } from "./earned-value-facts.ts";
import type { Sums } from "./earned-value-sums.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Intake } from "./intake.ts";
import { amount, type Kpi, type KpiReason, noValue, quotient } from "./kpi.ts";
import { plus, type Rational, rational, rounded } from "./rational.ts";

export type EstimateAtCompletion = {
  /** The rest costs what the work so far has cost: BAC / CPI. */
  readonly eacTypical: Kpi;
  /** The rest costs what was planned. */
  readonly eacAtypical: Kpi;
  /** The rest is slowed by both indices. */
  readonly eacScheduleBound: Kpi;
  /** Cost so far and a fresh estimate of the rest. */
  readonly eacBottomUp: Kpi;
  /** Bottom-up when fresh, else typical, else atypical: the one that VAC and margins use. */
  readonly eac: Kpi;
  /** The smallest and the largest of the set. */
  readonly eacLow: Kpi;
  readonly eacHigh: Kpi;
  readonly vac: Kpi;
  readonly vacShare: Kpi;
  readonly tcpi: Kpi;
};

/** A bottom-up estimate older than this no longer overrides the formulas. A judgement. */
export const freshEstimateDays = 14;

/** Estimates at completion. None is the truth: the spread between them is part of the answer. */
export function estimateAtCompletion(
  sums: Sums,
  facts: EarnedValueFacts,
  context: Context,
): EstimateAtCompletion {
  const { bac, pv, ev, ac } = sums;
  const from: Intake[] = [sums.budgets, sums.progress, sums.costs];
  const show = (kpi: string, value: Rational | KpiReason, inputs = from): Kpi => {
    const about = sums.about(kpi, "minor units", inputs);
    return typeof value === "string" ? noValue(about, value) : amount(about, rounded(value));
  };
  const typical = typicalEstimate(sums);
  const atypical =
    ac === null || bac === null || ev === null ? "missing-input" : rational(ac + bac - ev);
  const bound = scheduleBound(sums, pv);
  const { value: bottomUp, intake } = bottomUpEstimate(sums, facts, context);
  const known = [bottomUp, typical, atypical].find((value) => typeof value !== "string");
  const chosen = show(
    "eac",
    known ?? typical,
    known !== undefined && known === bottomUp ? [sums.costs, intake] : from,
  );
  const set = [
    show("eac-typical", typical),
    show("eac-atypical", atypical),
    show("eac-schedule-bound", bound, [...from, sums.plan]),
    show("eac-bottom-up", bottomUp, [sums.costs, intake]),
  ] as const;
  const [eacTypical, eacAtypical, eacScheduleBound, eacBottomUp] = set;
  const ranked = set
    .filter((kpi) => kpi.numerator !== null)
    .toSorted((a, b) => (a.numerator ?? 0) - (b.numerator ?? 0));
  const eacMinor = chosen.numerator === null ? null : BigInt(chosen.numerator);
  const variance = bac === null || eacMinor === null ? null : bac - eacMinor;
  const varianceFrom = [...new Set([...from, intake])];
  const missing = chosen.reason ?? "missing-input";
  const shareAbout = sums.about("vac-share", "percent", varianceFrom);
  return {
    eacTypical,
    eacAtypical,
    eacScheduleBound,
    eacBottomUp,
    eac: chosen,
    eacLow: { ...(ranked[0] ?? chosen), kpi: "eac-low" },
    eacHigh: { ...(ranked.at(-1) ?? chosen), kpi: "eac-high" },
    vac: show("vac", variance === null ? missing : rational(variance), varianceFrom),
    vacShare:
      variance === null || bac === null
        ? noValue(shareAbout, missing)
        : quotient(shareAbout, variance, bac),
    tcpi: toCompletePerformance(sums),
  };
}

function typicalEstimate(sums: Sums): Rational | KpiReason {
  const { bac, ev, ac } = sums;
  const blocked = cpiBlockedBy(sums);
  if (blocked !== null || bac === null || ev === null || ac === null)
    return blocked ?? "missing-input";
  return ev === 0n ? "zero-denominator" : rational(bac * ac, ev);
}

function scheduleBound(sums: Sums, pv: bigint | null): Rational | KpiReason {
  const { bac, ev, ac } = sums;
  const blocked = cpiBlockedBy(sums);
  if (blocked !== null || bac === null || ev === null || ac === null || pv === null)
    return blocked ?? "missing-input";
  if (ev === 0n || pv === 0n) return "zero-denominator";
  return plus(rational(ac), rational((bac - ev) * ac * pv, ev * ev));
}

function bottomUpEstimate(sums: Sums, facts: EarnedValueFacts, { today, reporting }: Context) {
  const intake = createIntake();
  const estimate = facts.estimateToComplete;
  if (estimate === null) return { intake, value: "none-found" as const };
  const sum = createSum(intake, reporting);
  sum.add(estimate.source, "amount", { money: estimate.amount, on: estimate.madeOn });
  intake.need(estimate.source, "madeOn", estimate.madeOn);
  if (civilDays(estimate.madeOn, today) > freshEstimateDays)
    return { intake, value: "estimate-too-old" as const };
  const rest = sum.minor();
  return {
    intake,
    value:
      rest === null || sums.ac === null ? ("missing-input" as const) : rational(sums.ac + rest),
  };
}

/** (BAC - EV) / (BAC - AC): how efficient the rest must be to end on budget. */
function toCompletePerformance({ bac, ev, ac, about, budgets, progress, costs }: Sums): Kpi {
  const what = about("tcpi", "ratio", [budgets, progress, costs]);
  if (bac === null || ev === null || ac === null) return noValue(what, "missing-input");
  return bac - ac <= 0n ? noValue(what, "budget-exhausted") : quotient(what, bac - ev, bac - ac);
}
