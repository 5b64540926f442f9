import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed } from "./basis.ts";

type Invoice = TwinRecord<"invoice">;

export const isIssued = ({ fields }: Invoice): boolean =>
  fields.state === "issued" || fields.state === "paid";

export type Blocker = "validation" | "hold" | "transfer" | "purchase-order";

/** What stops an invoice that is not issued yet. Waiting for an approval or for the run stops nothing. */
export function blockersOf(view: FirmView, invoice: Invoice, today: string): Blocker[] {
  if (isIssued(invoice)) return [];
  const { validationError, holdReason, ledgerState } = invoice.fields;
  const found: Blocker[] = [];
  if (validationError !== null) found.push("validation");
  if (holdReason !== null) found.push("hold");
  if (ledgerState === "failed") found.push("transfer");
  if (lacksOrder(view, invoice, today)) found.push("purchase-order");
  return found;
}

/** The contract asks for a purchase order, and none has come that still holds the amount. */
function lacksOrder(view: FirmView, { fields }: Invoice, today: string): boolean {
  const contract = view.by("contract", "projectId", fields.projectId)[0];
  if (!contract?.fields.purchaseOrderRequired) return false;
  return !view
    .by("purchase-order", "projectId", fields.projectId)
    .some(
      ({ fields: order }) =>
        order.receivedOn !== null &&
        order.receivedOn <= today &&
        (order.expiresOn === null || order.expiresOn >= today) &&
        order.amountCents - order.usedCents >= fields.netCents,
    );
}

/** What the answer rests on. */
export function blockersBasis(view: FirmView, invoice: Invoice): Observed[] {
  const own = fieldsOf(
    invoice,
    "state",
    "netCents",
    "validationError",
    "holdReason",
    "ledgerState",
    "draftedOn",
  );
  const contract = view.by("contract", "projectId", invoice.fields.projectId)[0];
  if (isIssued(invoice) || !contract) return own;
  const orders = listed(view, "purchase-order", ["projectId", invoice.fields.projectId]);
  return [
    ...own,
    ...fieldsOf(contract, "purchaseOrderRequired"),
    orders.count,
    ...orders.records.flatMap((each) =>
      fieldsOf(each, "receivedOn", "expiresOn", "amountCents", "usedCents"),
    ),
  ];
}
