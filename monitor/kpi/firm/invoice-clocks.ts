import { fieldsOf } from "../../portfolio/basis.ts";

import { contextOf } from "../../portfolio/firm-context.ts";
import { acceptedOn } from "../../portfolio/measure-billing.ts";

import type { TwinRecord } from "../../twin/firm-view.ts";
import { type InvoiceClock } from "../days-to-invoice.ts";

import { type Part, type Question } from "./firm-kpi.ts";
import { placed, recordsIn } from "./selection.ts";

type Invoice = TwinRecord<"invoice">;

export const titleOf = ({ fields, id }: Invoice): string => fields.number ?? fields.reference ?? id;

/** The invoice clock: a period's end, or the day the billed milestone was accepted. */
export function clocksIn({ view, scope, period }: Question): Part<InvoiceClock>[] {
  const context = contextOf(view);
  const invoices = recordsIn(view, "invoice", scope).flatMap((invoice): Part<InvoiceClock>[] => {
    const { periodEnd, issuedOn, projectId } = invoice.fields;
    const milestone = view
      .by("invoice-line", "invoiceId", invoice.id)
      .flatMap(({ fields }) =>
        fields.milestoneId === null ? [] : (view.get("milestone", fields.milestoneId) ?? []),
      )[0];
    const startsOn = periodEnd ?? (milestone ? acceptedOn(milestone, context) : null);
    // Neither a period nor a milestone: there is no clock to read.
    if (
      startsOn === null ||
      (issuedOn !== null && (issuedOn < period.from || issuedOn > period.to))
    )
      return [];
    return [
      placed(
        view,
        { record: invoice, projectId, title: titleOf(invoice) },
        {
          fact: {
            source: invoice.source,
            basis: periodEnd === null ? "acceptance" : "period-close",
            startsOn,
            issuedOn,
          },
          basis: [
            ...fieldsOf(invoice, "periodEnd", "issuedOn"),
            ...(periodEnd === null && milestone
              ? fieldsOf(milestone, "acceptedOn", "deliveredOn", "deemedAcceptedAfterDays")
              : []),
          ],
        },
      ),
    ];
  });
  const billed = new Set(
    recordsIn(view, "invoice", scope).flatMap(({ id }) =>
      view.by("invoice-line", "invoiceId", id).flatMap(({ fields }) => fields.milestoneId ?? []),
    ),
  );
  // Accepted, and not even drafted: it waits like the rest.
  const undrafted = recordsIn(view, "milestone", scope).flatMap(
    (milestone): Part<InvoiceClock>[] => {
      const startsOn = acceptedOn(milestone, context);
      if (startsOn === null || billed.has(milestone.id)) return [];
      return [
        placed(
          view,
          {
            record: milestone,
            projectId: milestone.fields.projectId,
            title: milestone.fields.name,
          },
          {
            fact: { source: milestone.source, basis: "acceptance", startsOn, issuedOn: null },
            basis: fieldsOf(
              milestone,
              "acceptedOn",
              "deliveredOn",
              "deemedAcceptedAfterDays",
              "amountCents",
            ),
          },
        ),
      ];
    },
  );
  return [...invoices, ...undrafted];
}
