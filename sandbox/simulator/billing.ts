import { type Deliverables, milestoneDemands, periodDemands } from "./billing-demands.ts";
import type { Cast } from "./cast.ts";
import type { Log } from "./events.ts";
import type { SimulatedInvoice } from "./invoice.ts";
import { playInvoice } from "./play-invoice.ts";
import { keepPurchaseOrder, renewalOf } from "./purchase-orders.ts";

/** Bills one project from its first period to its end. */
export function bill(cast: Cast, log: Log, done: Deliverables): SimulatedInvoice[] {
  const demands =
    done.plan.billing === "fixed" ? milestoneDemands(cast, done) : periodDemands(cast, done);
  const invoices: SimulatedInvoice[] = [];
  for (const demand of demands) {
    const orderRenewedAt = renewalOf(invoices);
    invoices.push(playInvoice(cast, log, { plan: done.plan, demand, orderRenewedAt }));
  }
  keepPurchaseOrder(cast, log, { plan: done.plan, invoices });
  return invoices;
}
