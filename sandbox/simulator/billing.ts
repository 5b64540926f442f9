import { type Deliverables, milestoneDemands, periodDemands } from "./billing-demands.ts";
import type { Cast } from "./cast.ts";
import type { Log } from "./events.ts";
import type { SimulatedInvoice } from "./invoice.ts";
import { playInvoice } from "./play-invoice.ts";
import { keepPurchaseOrder } from "./purchase-orders.ts";

/** Bills one project from its first period to its end. */
export function bill(cast: Cast, log: Log, done: Deliverables): SimulatedInvoice[] {
  const demands =
    done.plan.billing === "fixed" ? milestoneDemands(cast, done) : periodDemands(cast, done);
  const invoices = demands.map((demand) => playInvoice(cast, log, { plan: done.plan, demand }));
  keepPurchaseOrder(cast, log, { plan: done.plan, invoices });
  return invoices;
}
