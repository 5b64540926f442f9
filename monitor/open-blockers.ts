import { plainText } from "#/domain/plain-text.ts";
import { formatRef } from "#/domain/record.ts";
import { compareInstants, endOfDay } from "./civil-time.ts";
import { wasIssued } from "./invoice-clock.ts";
import { invoiceConditions } from "./invoice-conditions.ts";
import { type InvoiceFacts, scopeOf } from "./invoice-facts.ts";

/**
 * What must still happen before the invoice may go out, one sentence each; empty when it may.
 *
 * Stricter than lateness: time that is not due yet, or an approval still within its limit, also
 * stops a release, and so does every source we could not read. The ERP's own approval queue and
 * the billing run do not count: releasing is what ends them.
 */
export function openBlockers(facts: InvoiceFacts): string[] {
  const { invoice } = facts;
  if (wasIssued(invoice)) return [`The invoice is already ${invoice.state}.`];
  if (invoice.state === "void") return ["The invoice is void."];
  const scope = scopeOf(facts);
  const unmet = invoiceConditions(facts, scope)
    .filter((c) => !c.met && c.cause !== "INV-8" && c.cause !== "INV-12")
    .toSorted((a, b) => (formatRef(a.record) < formatRef(b.record) ? -1 : 1))
    .map((condition) => `${condition.detail}.`);
  const undelivered = scope.milestones
    .filter((m) => m.deliveredOn === null && m.acceptedOn === null)
    .map((m) => `Milestone “${plainText(m.name, 80)}” is billed and not delivered.`);
  const refused = scope.changeOrders
    .filter((order) => order.state === "rejected")
    .map(
      (order) =>
        `Change order ${order.number ? plainText(order.number, 40) : order.source.id} was rejected and is still billed.`,
    );
  const running =
    invoice.periodEnd !== null &&
    compareInstants(endOfDay(facts.calendar, invoice.periodEnd), facts.asOf) > 0
      ? [`The billed period runs until ${invoice.periodEnd}.`]
      : [];
  return [...new Set([...running, ...unmet, ...undelivered, ...refused, ...scope.gaps])];
}
