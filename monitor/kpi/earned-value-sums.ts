import type { Context } from "./context.ts";
import type { EarnedValueFacts, OverallProgress, WorkPackage } from "./earned-value-facts.ts";
import { createSum, type Reporting } from "./exchange-rate.ts";
import { createIntake, type Gathered, type Intake } from "./intake.ts";
import type { About } from "./kpi.ts";
import { type Rational, rational, rounded } from "./rational.ts";

/** What the formulas share: the sums in minor units (null: unknown), and who was asked for what. */
export type Sums = {
  readonly bac: bigint | null;
  readonly pv: bigint | null;
  readonly ev: bigint | null;
  readonly ac: bigint | null;
  readonly atRisk: bigint | null;
  readonly budgets: Intake;
  readonly plan: Intake;
  readonly progress: Intake;
  readonly costs: Intake;
  readonly reporting: Reporting;
  readonly today: string;
  readonly about: (kpi: string, unit: About["unit"], from: readonly Gathered[]) => About;
};

/** Reads the packages and the costs once; every formula works on what is found here. */
export function earnedValueSums(facts: EarnedValueFacts, context: Context): Sums {
  const { reporting, today, asOf } = context;
  const [budgets, plan, progress, costs] = [
    createIntake(),
    createIntake(),
    createIntake(),
    createIntake(),
  ];
  const bac = createSum(budgets, reporting);
  const silent = createIntake();
  const [pv, ev] = [createSum(silent, reporting), createSum(silent, reporting)];
  const until = facts.overall?.reportedOn ?? today;
  const unknown = { due: 0, progress: 0, of: 0 };
  for (const work of budgets.list(facts.packages)) {
    if (work.scope === "unapproved-change") continue;
    const item = { money: work.budget, on: today };
    unknown.of += 1;
    bac.add(work.source, "budget", item);
    const due = plan.need(work.source, "dueOn", work.dueOn);
    if (due === null) unknown.due += 1;
    else if (due < today && due <= until) pv.add(work.source, "budget", item);
    if (facts.overall) continue;
    const share = earnedShare(work, facts.selfReported, progress);
    if (share === null) unknown.progress += 1;
    else ev.add(work.source, "budget", { ...item, share });
  }
  const ac = createSum(costs, reporting);
  const atRisk = createSum(silent, reporting);
  for (const item of costs.list(facts.costs)) {
    if (item.state !== "approved" && item.state !== "submitted") continue;
    ac.add(item.source, "cost", { money: item.cost, on: item.on });
    if (item.scope === "unapproved-change")
      atRisk.add(item.source, "cost", { money: item.cost, on: item.on });
  }
  const claimed = facts.overall && reported(facts.overall, { facts, context, progress });
  const noneOf = (missing: number): boolean =>
    facts.packages === null || (unknown.of > 0 && missing === unknown.of);
  return {
    bac: facts.packages === null ? null : bac.minor(),
    pv: noneOf(unknown.due) ? null : pv.minor(),
    ev: claimed === undefined ? (noneOf(unknown.progress) ? null : ev.minor()) : claimed,
    ac: facts.costs === null ? null : ac.minor(),
    atRisk: facts.costs === null ? null : atRisk.minor(),
    budgets,
    plan,
    progress,
    costs,
    reporting,
    today,
    about: (kpi, unit, from) => ({
      kpi,
      unit,
      from,
      asOf,
      ...(unit === "minor units" && { currency: reporting.currency }),
    }),
  };
}

type Claim = {
  readonly facts: EarnedValueFacts;
  readonly context: Context;
  readonly progress: Intake;
};

/** Percent of the budget, but no further than the first baseline package that is not finished. */
function reported(
  { source, field, percentComplete }: OverallProgress,
  { facts, context, progress }: Claim,
): bigint | null {
  const percent = progress.need(source, field, percentComplete);
  const inOrder = (facts.packages?.items ?? [])
    .filter(({ scope }) => scope !== "unapproved-change")
    .toSorted((a, b) => ((a.dueOn ?? "9999") < (b.dueOn ?? "9999") ? -1 : 1));
  const first = inOrder.find(
    ({ scope, finishedOn }) => scope === "baseline" && finishedOn === null,
  );
  const silent = createIntake();
  const [all, reach] = [createSum(silent, context.reporting), createSum(silent, context.reporting)];
  for (const work of inOrder) {
    const item = { money: work.budget, on: context.today };
    all.add(work.source, "budget", item);
    progress.saw(work.source, "finishedOn", work.finishedOn);
    if (work === first || work.finishedOn !== null || work.scope === "approved-change")
      reach.add(work.source, "budget", item);
  }
  const [budget, most] = [all.minor(), reach.minor()];
  if (facts.packages === null || percent === null || budget === null || most === null) return null;
  const earned = rounded(rational(budget * BigInt(percent), 100));
  return earned < most ? earned : most;
}

/** null: unknown. Self-reported work earns by its dates, whatever percentage is claimed. */
function earnedShare(
  work: WorkPackage,
  weighting: EarnedValueFacts["selfReported"],
  progress: Intake,
): Rational | null {
  if (!work.selfReported || weighting === "percent") {
    const percent = progress.need(work.source, "percentComplete", work.percentComplete);
    return percent === null ? null : rational(percent, 100);
  }
  // An empty date is an answer here: the work has not begun, or is not done.
  progress.saw(work.source, "finishedOn", work.finishedOn);
  if (work.finishedOn !== null) return rational(1);
  return weighting === "50/50" && work.startedOn !== null ? rational(1, 2) : rational(0);
}
