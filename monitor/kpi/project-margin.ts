import type { Money } from "#/domain/money.ts";
import type { ChangeOrder, Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Gathered, type Intake, type Listing, standingOn } from "./intake.ts";
import { type About, amount, type Kpi, measured, noValue, quotient } from "./kpi.ts";
import { minus, type Rational, rational } from "./rational.ts";

/** What a margin stands on. Costs are at cost, revenue is at price. */
export type MarginFacts = {
  readonly project: Source;
  readonly contract: Money | null;
  readonly revenueToDate: Money | null;
  readonly costToDate: Money | null;
  /** The chosen estimate at completion, from `earnedValue`. */
  readonly estimateAtCompletion: Kpi;
  /** Margin when the project was sold: whole percent, or the price and the cost it was sold at. */
  readonly baseline:
    | { readonly percent: number | null }
    | { readonly price: Money | null; readonly cost: Money | null };
  readonly changeOrders: Listing<
    Pick<ChangeOrder, "source" | "state" | "amount" | "raisedOn">
  > | null;
  /** Time that is not approved yet is in the cost: the number may still move. */
  readonly provisional: boolean;
};

export type ProjectMargin = {
  readonly toDate: Kpi;
  /** Contract and approved change orders, less the estimate at completion. */
  readonly forecast: Kpi;
  /** Baseline less forecast, in points; positive is bad. */
  readonly erosion: Kpi;
  /** Change orders nobody has approved. Shown, never counted in the forecast. */
  readonly pendingUpside: Kpi;
};

/** Margin of one project. Amounts in the context's currency. */
export function projectMargin(facts: MarginFacts, context: Context): ProjectMargin {
  const { asOf, today, reporting } = context;
  const [sold, orders] = [createIntake(), createIntake()];
  const [past, baseline] = [createIntake(), createIntake()];
  const notes = facts.provisional ? (["provisional"] as const) : [];
  const about = (kpi: string, unit: About["unit"], from: readonly Gathered[]): About => ({
    kpi,
    unit,
    asOf,
    from,
    notes,
    ...(unit === "minor units" && { currency: reporting.currency }),
  });
  const revenue = createSum(sold, reporting);
  revenue.add(facts.project, "contract", { money: facts.contract, on: today });
  const contract = revenue.minor();
  const [approved, pending] = [createSum(orders, reporting), createSum(orders, reporting)];
  for (const order of orders.list(facts.changeOrders)) {
    const item = { money: order.amount, on: order.raisedOn ?? today };
    if (order.state === "approved" || order.state === "executed")
      approved.add(order.source, "amount", item);
    else if (order.state !== "rejected") pending.add(order.source, "amount", item);
  }
  const added = facts.changeOrders === null ? null : approved.minor();
  const upside = facts.changeOrders === null ? null : pending.minor();

  const [income, cost] = [createSum(past, reporting), createSum(past, reporting)];
  income.add(facts.project, "revenueToDate", { money: facts.revenueToDate, on: today });
  cost.add(facts.project, "costToDate", { money: facts.costToDate, on: today });
  const eac = facts.estimateAtCompletion;
  const forecastAbout = withInputs(about("forecast-margin", "percent", [sold, orders]), eac);
  const total = contract === null || added === null ? null : contract + added;
  const left = total === null || eac.numerator === null ? null : total - BigInt(eac.numerator);
  const goal = soldMargin(facts, { intake: baseline, context });
  const erosionAbout = withInputs(
    about("margin-erosion", "percentage points", [sold, orders, baseline]),
    eac,
  );
  const missing = eac.reason ?? "missing-input";
  return {
    toDate: share(about("margin-to-date", "percent", [past]), income.minor(), cost.minor()),
    forecast:
      left === null || total === null
        ? noValue(forecastAbout, missing)
        : quotient(forecastAbout, left, total),
    erosion:
      left === null || total === null || goal === null
        ? noValue(erosionAbout, goal === null ? "missing-input" : missing)
        : total === 0n
          ? noValue(erosionAbout, "zero-denominator")
          : measured(erosionAbout, minus(goal, rational(left, total))),
    pendingUpside:
      upside === null
        ? noValue(about("pending-upside", "minor units", [orders]), "missing-input")
        : amount(about("pending-upside", "minor units", [orders]), upside),
  };
}

/** As a fraction; null: unknown, or sold for nothing. */
function soldMargin(
  { project, baseline }: MarginFacts,
  { intake, context: { reporting, today } }: { intake: Intake; context: Context },
): Rational | null {
  if ("percent" in baseline) {
    const percent = intake.need(project, "baselinePercent", baseline.percent);
    return percent === null ? null : rational(percent, 100);
  }
  const [price, cost] = [createSum(intake, reporting), createSum(intake, reporting)];
  price.add(project, "price", { money: baseline.price, on: today });
  cost.add(project, "plannedCost", { money: baseline.cost, on: today });
  const [sold, spent] = [price.minor(), cost.minor()];
  return sold === null || spent === null || sold === 0n ? null : rational(sold - spent, sold);
}

function share(about: About, revenue: bigint | null, cost: bigint | null): Kpi {
  if (revenue === null || cost === null) return noValue(about, "missing-input");
  return quotient(about, revenue - cost, revenue);
}

const withInputs = (about: About, kpi: Kpi): About => ({
  ...about,
  from: [...about.from, standingOn(kpi)],
});
