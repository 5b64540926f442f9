import { dayOf, type Moment } from "./calendar.ts";
import type { ProjectChange } from "./intervention-kinds.ts";
import type { Wait, WaitKind } from "./invoice.ts";
import type { InvoiceWay } from "./invoice-way.ts";
import { orderMissing } from "./purchase-orders.ts";

/** The draft is checked as soon as it stands; what is wrong with it is put right while the rest comes in. */
export function check(way: InvoiceWay, checked: Moment): Wait[] {
  const { cast, plan, id, draws, set } = way;
  const { calendar } = cast.setting;
  const found: Wait[] = [];
  const stall = (kind: ProjectChange, what: WaitKind): Moment | null => {
    const change = way.on(kind);
    if (!change) return null;
    const to = calendar.add(checked, change.strength);
    found.push({ what, record: { type: "invoice", id }, from: checked, to, source: change.id });
    return to;
  };
  const order = orderMissing(cast, { plan, checked, renewedAt: way.orderRenewedAt });
  if (order) found.push(order);
  const rates = stall("rates-out-of-date", "rates");
  if (rates !== null) {
    set("validation-failed", checked, {
      validationError: "A line's hourly rate is not the contract's rate.",
    });
    set("validation-passed", rates, { validationError: null });
  }
  const data = stall("billing-data-wrong", "billing data");
  if (data !== null) {
    set("validation-failed", checked, {
      validationError: draws.pick("data", [
        "Tax number of the client is missing.",
        "The client's portal refused the legal entity.",
        "The billing address is not complete.",
      ]),
    });
    set("validation-passed", data, { validationError: null });
  }
  const hold = stall("client-holds-invoice", "hold");
  if (hold !== null) {
    const holdReason = draws.pick("hold", [
      "Client questions the hours of one colleague.",
      "Client wants a different split by site.",
      "Account owner asked to wait.",
    ]);
    set("held", checked, {
      holdReason,
      holdBy: plan.leadId,
      holdSince: calendar.date(dayOf(checked)),
    });
    set("released", hold, { holdReason: null, holdBy: null, holdSince: null });
  }
  return found;
}
