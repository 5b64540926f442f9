import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";
import { minus, plus, type Rational, rational, rounded } from "./rational.ts";

export const leakageCauses = [
  "time-not-submitted",
  "time-not-approved",
  "change-order-not-signed",
  "milestone-not-billed",
  "rate-below-contract",
  "written-down",
  "expense-not-rebilled",
  "other",
] as const;
export type LeakageCause = (typeof leakageCauses)[number];

/** Value the firm has earned: billable time at contract rate, an accepted milestone, an expense. */
export type EarnedItem = {
  readonly source: Source;
  readonly on: string;
  readonly earned: Money | null;
  /** 0 when it was not billed; null when the system does not say. */
  readonly billed: Money | null;
  /** null: nobody knows yet. It is shown as `unexplained`, never spread over the others. */
  readonly cause: LeakageCause | null;
};

export type Leakage = {
  /** Earned and not billed. */
  readonly amount: Kpi;
  /** As a share of what was earned. */
  readonly share: Kpi;
  /** Adds up to `amount`. */
  readonly byCause: ReadonlyMap<LeakageCause | "unexplained", Kpi>;
  /** Billed above what was earned: no gain that could hide a leak, so it is kept apart. */
  readonly overBilled: Kpi;
};

/** Items with a missing amount are left out, and lower the coverage. Rounded per cause. */
export function leakage(items: Listing<EarnedItem> | null, context: Context): Leakage {
  const { asOf, reporting } = context;
  const intake = createIntake();
  let [earned, overBilled] = [rational(0), rational(0)];
  const gaps = new Map<LeakageCause | "unexplained", Rational>();
  let known = 0;
  const listed = intake.list(items);
  for (const { source, on, cause, ...item } of listed) {
    const due = createSum(intake, reporting).add(source, "earned", { money: item.earned, on });
    const out = createSum(intake, reporting).add(source, "billed", { money: item.billed, on });
    if (due === null || out === null) continue;
    known += 1;
    earned = plus(earned, due);
    const gap = minus(due, out);
    const name = cause ?? "unexplained";
    if (gap.n > 0n) gaps.set(name, plus(gaps.get(name) ?? rational(0), gap));
    else overBilled = minus(overBilled, gap);
  }
  const about = {
    unit: "minor units",
    asOf,
    from: [intake],
    currency: reporting.currency,
  } as const;
  const money = (kpi: string, minor: bigint) => amount({ ...about, kpi }, minor);
  const share = { kpi: "leakage-share", unit: "percent", asOf, from: [intake] } as const;
  if (items === null || (known === 0 && listed.length > 0)) {
    const none = (kpi: string) => noValue({ ...about, kpi }, "missing-input");
    return {
      amount: none("leakage"),
      share: noValue(share, "missing-input"),
      byCause: new Map(),
      overBilled: none("over-billed"),
    };
  }
  const causes = [...leakageCauses, "unexplained" as const].flatMap((cause) => {
    const gap = gaps.get(cause);
    return gap === undefined ? [] : [[cause, rounded(gap)] as const];
  });
  const total = causes.reduce((sum, [, minor]) => sum + minor, 0n);
  return {
    amount: money("leakage", total),
    share: quotient(share, total, rounded(earned)),
    byCause: new Map(causes.map(([cause, minor]) => [cause, money(`leakage-${cause}`, minor)])),
    overBilled: money("over-billed", rounded(overBilled)),
  };
}
