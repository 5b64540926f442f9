import { fieldsOf } from "../../portfolio/basis.ts";

import type { FirmView, TwinRecord } from "../../twin/firm-view.ts";

import { type Question } from "./firm-kpi.ts";
import { recordsIn } from "./selection.ts";

type Invoice = TwinRecord<"invoice">;
type Line = TwinRecord<"invoice-line">;

export type TimeLine = {
  readonly invoice: Invoice;
  readonly line: Line;
  readonly currency: string;
};

/** Lines of hours on invoices issued inside the period. */
export function timeLines({ view, scope, period }: Question): TimeLine[] {
  return recordsIn(view, "invoice", scope).flatMap((invoice) => {
    const { issuedOn, projectId } = invoice.fields;
    if (issuedOn === null || issuedOn < period.from || issuedOn > period.to) return [];
    const currency = view.get("project", projectId)?.fields.currency ?? view.currency;
    return view
      .by("invoice-line", "invoiceId", invoice.id)
      .filter(({ fields }) => fields.minutes !== null && fields.hourlyRateCents !== null)
      .map((line) => ({ invoice, line, currency }));
  });
}

/** The price of the contract for the grade of a line; the line's own where the contract names none. */
export function contractRate(
  view: FirmView,
  { invoice, line }: TimeLine,
): TwinRecord<"rate-line"> | null {
  const contract = view.by("contract", "projectId", invoice.fields.projectId)[0];
  if (!contract) return null;
  return (
    view
      .by("rate-line", "contractId", contract.id)
      .filter(
        ({ fields }) =>
          fields.grade === line.fields.grade &&
          fields.validFrom <= (invoice.fields.periodEnd ?? invoice.fields.draftedOn),
      )
      .toSorted((a, b) => (a.fields.validFrom < b.fields.validFrom ? 1 : -1))[0] ?? null
  );
}

export const lineBasis = (view: FirmView, each: TimeLine) => {
  const card = contractRate(view, each);
  return [
    ...fieldsOf(each.line, "minutes", "hourlyRateCents", "netCents", "writtenDownCents"),
    ...fieldsOf(each.invoice, "issuedOn", "state"),
    ...(card ? fieldsOf(card, "hourlyRateCents", "grade") : []),
  ];
};
