import { formatMoney } from "#/domain/money.ts";
import type { Invoice } from "#/domain/record.ts";
import { type Citing, details, quoted } from "./shown-record.ts";

export const invoiceCiting: Citing<Invoice> = {
  fields: [
    "number",
    "reference",
    "clientName",
    "state",
    "net",
    "total",
    "periodEnd",
    "issuedOn",
    "billingRunOn",
  ],
};

export const invoiceLine = (invoice: Invoice): string =>
  `${quoted(invoice.number ?? invoice.reference)} for ${quoted(invoice.clientName)}: ${details({
    state: invoice.state,
    net: formatMoney(invoice.net),
    total: formatMoney(invoice.total),
    billing: invoice.billing,
    "period end": invoice.periodEnd,
    issued: invoice.issuedOn ?? "no",
    "billing run": invoice.billingRunOn,
  })}`;
