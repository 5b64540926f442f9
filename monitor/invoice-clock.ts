import type { Invoice } from "#/domain/record.ts";
import { compareInstants, endOfDay, firmClock, latest } from "./civil-time.ts";
import type { BillingFacts, Scope } from "./invoice-facts.ts";

/** The stretch of time that must be explained. `issued` tells whether it is over. */
export type Window = {
  readonly start: string;
  readonly end: string;
  readonly issued: boolean;
  readonly businessMinutes: number;
};

/**
 * From the period's close (time and materials, retainers) or the acceptance due (fixed price) to
 * the issue or `asOf`. Where the clock cannot be read, a sentence says what is missing.
 */
export function invoiceWindow(
  facts: BillingFacts,
  scope: Scope,
): { window: Window } | { gap: string } {
  const { invoice, calendar, asOf } = facts;
  const issued = wasIssued(invoice);
  if (issued && invoice.issuedOn === null)
    return { gap: `The invoice is ${invoice.state}, and the ERP does not say when it was issued.` };
  const startsOn = clockStart(invoice, scope);
  if (startsOn === null)
    return {
      gap:
        scope.basis === "acceptance"
          ? "No due date of an acceptance was found, so the invoice's clock has no start."
          : "The ERP does not say when the billed period ended, so the invoice's clock has no start.",
    };
  const start = endOfDay(calendar, startsOn);
  const now = Temporal.Instant.from(asOf).toString();
  // Issued today: the day is not over, so it counts up to now and no further.
  const last =
    issued &&
    invoice.issuedOn !== null &&
    compareInstants(endOfDay(calendar, invoice.issuedOn), now) < 0
      ? endOfDay(calendar, invoice.issuedOn)
      : now;
  const end = latest(start, last);
  return {
    window: { start, end, issued, businessMinutes: firmClock(calendar).minutes(start, end) },
  };
}

export const wasIssued = (invoice: Invoice): boolean =>
  ["issued", "part_paid", "paid", "credited"].includes(invoice.state);

function clockStart(invoice: Invoice, { basis, milestones }: Scope): string | null {
  if (basis !== "acceptance") return invoice.periodEnd;
  const newest = (field: "due" | "deliveredOn"): string | null =>
    milestones
      .flatMap((milestone) => milestone[field] ?? [])
      .toSorted()
      .at(-1) ?? null;
  return newest("due") ?? newest("deliveredOn") ?? invoice.periodEnd;
}
