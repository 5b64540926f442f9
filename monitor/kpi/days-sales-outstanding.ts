import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Gathered, type Listing, standingOn } from "./intake.ts";
import { type About, exactOf, type Kpi, measured, noValue } from "./kpi.ts";
import { plus, rational } from "./rational.ts";
import type { MonthRevenue } from "./work-in-progress.ts";

/** What a client still owes on one issued invoice. */
export type Receivable = {
  readonly source: Source;
  readonly open: Money | null;
  readonly issuedOn: string;
  readonly dueOn: string | null;
};

export type SalesOutstandingFacts = {
  readonly receivables: Listing<Receivable> | null;
  /** Credit revenue by month, the running month included as far as it goes. */
  readonly revenue: Listing<MonthRevenue> | null;
};

export type SalesOutstanding = {
  /** Receivables / credit revenue × days of the months given. */
  readonly dso: Kpi;
  /** The same with receivables that are not overdue yet: what terms alone cost. */
  readonly bestPossible: Kpi;
  /** Months counted back until they cover the balance: not fooled by seasons. */
  readonly countBack: Kpi;
};

export function salesOutstanding(facts: SalesOutstandingFacts, context: Context): SalesOutstanding {
  const { asOf, today, reporting } = context;
  const [owed, terms, past] = [createIntake(), createIntake(), createIntake()];
  const [balance, current] = [createSum(owed, reporting), createSum(createIntake(), reporting)];
  for (const item of owed.list(facts.receivables)) {
    const money = { money: item.open, on: item.issuedOn };
    balance.add(item.source, "open", money);
    const due = terms.need(item.source, "dueOn", item.dueOn);
    if (due !== null && due >= today) current.add(item.source, "open", money);
  }
  const months = past
    .list(facts.revenue)
    .toSorted((a, b) => (a.month < b.month ? 1 : -1))
    .map(({ source, month, revenue }) => {
      const sum = createSum(past, reporting);
      sum.add(source, "revenue", { money: revenue, on: month });
      return { minor: sum.minor(), days: daysOf(month, today) };
    });
  const all = facts.receivables === null || facts.revenue === null;
  const open = all ? null : balance.minor();
  const unknownMonth = months.some(({ minor }) => minor === null);
  const revenue = months.reduce((sum, { minor }) => sum + (minor ?? 0n), 0n);
  const days = BigInt(months.reduce((sum, month) => sum + month.days, 0));
  const perRevenue = (kpi: string, minor: bigint | null, from: readonly Gathered[]): Kpi => {
    const about = { kpi, unit: "days", asOf, from } as const;
    if (minor === null || unknownMonth) return noValue(about, "missing-input");
    return revenue <= 0n
      ? noValue(about, "zero-denominator")
      : measured(about, rational(minor * days, revenue));
  };
  return {
    dso: perRevenue("dso", open, [owed, past]),
    bestPossible: perRevenue("dso-best-possible", open === null ? null : current.minor(), [
      owed,
      terms,
      past,
    ]),
    countBack: countBack(open, months, {
      kpi: "dso-count-back",
      unit: "days",
      asOf,
      from: [owed, past],
    }),
  };
}

/** WIP days + DSO: from the work to the money. */
export const lockUp = (wipDays: Kpi, dso: Kpi): Kpi => together("lock-up", wipDays, dso);

/** Median civil days to invoice + DSO: how long cash takes. Both parts are civil days. */
export const cashConversion = (civilDaysToInvoice: Kpi, dso: Kpi): Kpi =>
  together("cash-conversion", civilDaysToInvoice, dso);

function together(kpi: string, a: Kpi, b: Kpi): Kpi {
  const about = { kpi, unit: "days", asOf: a.asOf, from: [standingOn(a), standingOn(b)] } as const;
  const [left, right] = [exactOf(a), exactOf(b)];
  return left === null || right === null
    ? noValue(about, a.reason ?? b.reason ?? "missing-input")
    : measured(about, plus(left, right));
}

type Month = { readonly minor: bigint | null; readonly days: number };

function countBack(open: bigint | null, months: readonly Month[], about: About): Kpi {
  if (open === null) return noValue(about, "missing-input");
  let left = open;
  let days = rational(0);
  for (const { minor, days: length } of months) {
    if (left <= 0n) break;
    if (minor === null) return noValue(about, "missing-input");
    if (minor > left) {
      days = plus(days, rational(left * BigInt(length), minor));
      left = 0n;
    } else {
      days = plus(days, rational(length));
      left -= minor > 0n ? minor : 0n;
    }
  }
  return left > 0n ? noValue(about, "history-too-short") : measured(about, days);
}

/** Days of a month that are over or running at `today`. */
function daysOf(month: string, today: string): number {
  const { daysInMonth } = Temporal.PlainDate.from(month);
  return Math.max(0, Math.min(daysInMonth, civilDays(month, today) + 1));
}
