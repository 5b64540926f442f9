import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import type { Context } from "./context.ts";
import { createSum } from "./exchange-rate.ts";
import { createIntake, type Listing } from "./intake.ts";
import { type Kpi, noValue, quotient } from "./kpi.ts";

/** An issued invoice. `corrected` null: the system does not link corrections. */
export type IssuedInvoice = { readonly source: Source; readonly corrected: boolean | null };

/** Invoices that had to be reissued or credited, of all issued. */
export function invoiceCorrectionRate(
  invoices: Listing<IssuedInvoice> | null,
  { asOf }: Context,
): Kpi {
  const intake = createIntake();
  const known = intake
    .list(invoices)
    .map(({ source, corrected }) => intake.need(source, "corrected", corrected))
    .filter((corrected) => corrected !== null);
  const about = { kpi: "invoice-correction-rate", unit: "percent", asOf, from: [intake] } as const;
  return invoices === null || (known.length === 0 && invoices.items.length > 0)
    ? noValue(about, "missing-input")
    : quotient(about, known.filter(Boolean).length, known.length);
}

/** Value that should be billed. `blockers` null: nobody has checked it. */
export type BillableValue = {
  readonly source: Source;
  readonly value: Money | null;
  readonly on: string;
  readonly blockers: number | null;
};

/** Share of billable value with no blocker. Unchecked value is left out and lowers the coverage. */
export function billingReadiness(items: Listing<BillableValue> | null, context: Context): Kpi {
  const { asOf, reporting } = context;
  const intake = createIntake();
  const [ready, all] = [createSum(createIntake(), reporting), createSum(intake, reporting)];
  let known = 0;
  const listed = intake.list(items);
  for (const { source, value, on, blockers } of listed) {
    if (intake.need(source, "blockers", blockers) === null) {
      intake.need(source, "value", value);
      continue;
    }
    if (all.add(source, "value", { money: value, on }) === null) continue;
    known += 1;
    if (blockers === 0) ready.add(source, "value", { money: value, on });
  }
  const about = { kpi: "billing-readiness", unit: "percent", asOf, from: [intake] } as const;
  return items === null || (known === 0 && listed.length > 0)
    ? noValue(about, "missing-input")
    : quotient(about, ready.minor() ?? 0n, all.minor() ?? 0n);
}
