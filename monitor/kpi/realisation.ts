import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";
import { rational } from "./rational.ts";

/** Billable time whose billing is settled. Time that waits to be billed is work in progress. */
export type SettledTime = {
  readonly source: Source;
  readonly on: string;
  readonly workedMinutes: number | null;
  /** Minutes that reached the invoice; the rest was written down. */
  readonly billedMinutes: number | null;
  /** Price of one hour by the rate card. */
  readonly standardRate: Money | null;
  readonly billed: Money | null;
};

export type Realisation = {
  /** Billed fees / (billable hours × standard rate). */
  readonly realisation: Kpi;
  /** What was lost on hours that were not billed, and on the price of those that were. They sum to the gap. */
  readonly writeDown: Kpi;
  readonly rateDiscount: Kpi;
};

/** Entries with a missing part are left out of all three, and lower the coverage. */
export function realisation(time: Listing<SettledTime> | null, context: Context): Realisation {
  const { asOf, reporting } = context;
  const intake = createIntake();
  const [standard, billed, lost] = [1, 2, 3].map(() => createSum(createIntake(), reporting));
  let known = 0;
  const entries = intake.list(time);
  for (const entry of entries) {
    const { source, on } = entry;
    const worked = intake.need(source, "workedMinutes", entry.workedMinutes);
    const charged = intake.need(source, "billedMinutes", entry.billedMinutes);
    const rate = intake.need(source, "standardRate", entry.standardRate);
    const fee = intake.need(source, "billed", entry.billed);
    if (worked === null || charged === null || rate === null || fee === null) continue;
    const value = (minutes: number) => ({ money: rate, on, share: rational(minutes, 60) });
    if (standard?.add(source, "standardRate", value(worked)) == null) continue;
    if (billed?.add(source, "billed", { money: fee, on }) == null) continue;
    lost?.add(source, "standardRate", value(worked - charged));
    known += 1;
  }
  const about = {
    unit: "minor units",
    asOf,
    from: [intake],
    currency: reporting.currency,
  } as const;
  const share = { kpi: "realisation", unit: "percent", asOf, from: [intake] } as const;
  const list = standard?.minor() ?? null;
  const fees = billed?.minor() ?? null;
  const written = lost?.minor() ?? null;
  if (
    time === null ||
    list === null ||
    fees === null ||
    written === null ||
    (known === 0 && entries.length > 0)
  )
    return {
      realisation: noValue(share, "missing-input"),
      writeDown: noValue({ ...about, kpi: "write-down" }, "missing-input"),
      rateDiscount: noValue({ ...about, kpi: "rate-discount" }, "missing-input"),
    };
  return {
    realisation: quotient(share, fees, list),
    writeDown: amount({ ...about, kpi: "write-down" }, written),
    rateDiscount: amount({ ...about, kpi: "rate-discount" }, list - fees - written),
  };
}
