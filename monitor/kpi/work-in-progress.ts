import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, measured, noValue } from "./kpi.ts";
import { rational } from "./rational.ts";

/** Work done and not billed, or billed and not done (a negative value: deferred revenue). */
export type WipItem = {
  readonly source: Source;
  readonly value: Money | null;
  /** The civil date of the work. */
  readonly since: string | null;
};

/** Revenue of one calendar month, named by its first day. */
export type MonthRevenue = {
  readonly source: Source;
  readonly month: string;
  readonly revenue: Money | null;
};

export type WipFacts = {
  readonly items: Listing<WipItem> | null;
  readonly provisions: { readonly source: Source; readonly amount: Money | null };
  /** The months of the average, usually twelve. */
  readonly revenue: Listing<MonthRevenue> | null;
};

export const wipBuckets = ["0-30", "31-60", "61-90", "90+"] as const;
export type WipBucket = (typeof wipBuckets)[number];

export type WorkInProgress = {
  /** (WIP - provisions) / (average monthly revenue × 12) × 365. */
  readonly days: Kpi;
  /** Positive items only, by the age of the work in civil days. */
  readonly buckets: Readonly<Record<WipBucket, Kpi>>;
  /** Deferred revenue, as a negative amount; it does not shorten the WIP days. */
  readonly deferred: Kpi;
};

export function workInProgress(facts: WipFacts, context: Context): WorkInProgress {
  const { asOf, today, reporting } = context;
  const [wip, ages, past] = [createIntake(), createIntake(), createIntake()];
  const [open, provisions] = [createSum(wip, reporting), createSum(wip, reporting)];
  const deferred = createSum(wip, reporting);
  const aged = new Map(wipBuckets.map((name) => [name, createSum(createIntake(), reporting)]));
  for (const item of wip.list(facts.items)) {
    const money = { money: item.value, on: today };
    const negative = item.value !== null && item.value.minor < 0;
    (negative ? deferred : open).add(item.source, "value", money);
    if (negative || item.value === null) continue;
    const since = ages.need(item.source, "since", item.since);
    if (since !== null)
      aged.get(bucketOf(civilDays(since, today)))?.add(item.source, "value", money);
  }
  provisions.add(facts.provisions.source, "amount", { money: facts.provisions.amount, on: today });
  const income = createSum(past, reporting);
  const months = past.list(facts.revenue);
  for (const { source, month, revenue } of months)
    income.add(source, "revenue", { money: revenue, on: month });

  const currency = reporting.currency;
  const days = { kpi: "wip-days", unit: "days", asOf, from: [wip, past] } as const;
  const money = (kpi: string, minor: bigint | null, from = [wip]): Kpi => {
    const about = { kpi, unit: "minor units", asOf, from, currency } as const;
    return facts.items === null || minor === null
      ? noValue(about, "missing-input")
      : amount(about, minor);
  };
  const [value, held, earned] = [open.minor(), provisions.minor(), income.minor()];
  const bucket = (name: WipBucket) =>
    money(`wip-${name}`, aged.get(name)?.minor() ?? null, [wip, ages]);
  return {
    days:
      facts.items === null ||
      facts.revenue === null ||
      value === null ||
      held === null ||
      earned === null
        ? noValue(days, "missing-input")
        : earned <= 0n
          ? noValue(days, "zero-denominator")
          : measured(days, rational((value - held) * 365n * BigInt(months.length), earned * 12n)),
    buckets: {
      "0-30": bucket("0-30"),
      "31-60": bucket("31-60"),
      "61-90": bucket("61-90"),
      "90+": bucket("90+"),
    },
    deferred: money("deferred-revenue", deferred.minor()),
  };
}

const bucketOf = (days: number): WipBucket =>
  days <= 30 ? "0-30" : days <= 60 ? "31-60" : days <= 90 ? "61-90" : "90+";
