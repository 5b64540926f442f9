import { addBusinessDays } from "#/domain/business-time.ts";
import type { Money } from "#/domain/money.ts";
import {
  blockedInvoiceShare,
  overdueReceivableDays,
  unbilledReadyAge,
} from "../kpi/commercial-signals.ts";
import type { Context } from "../kpi/context.ts";
import type { Observed } from "../kpi/intake.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, money, restingOn } from "./basis.ts";
import { blockersBasis, blockersOf, isIssued } from "./billing-blockers.ts";
import type { ProjectWork } from "./earned-value-of.ts";

type Milestone = TwinRecord<"milestone">;
type Invoice = TwinRecord<"invoice">;

/** Value that could be billed and is not: an accepted milestone, or a period that is over. */
export type ReadyValue = {
  readonly record: Milestone | Invoice;
  readonly readyOn: string;
  readonly amount: Money;
};

/** Ready value, blocked invoices of the month, overdue receivables. */
export function measureBilling(view: FirmView, { project, context }: ProjectWork) {
  const { today } = context;
  const invoices = listed(view, "invoice", ["projectId", project.id]);
  const ready = readyValues(view, { project, context });
  const running = invoices.records.filter(
    (each) => !isIssued(each) || each.fields.draftedOn.slice(0, 7) === today.slice(0, 7),
  );
  const owed = invoices.records.filter(({ fields }) => fields.state === "issued");
  return {
    unbilledReadyAge: restingOn(
      unbilledReadyAge(
        {
          source: invoices.source,
          items: ready.values.map(({ record, readyOn }) => ({ source: record.source, readyOn })),
        },
        context,
      ),
      ready.basis,
    ),
    blockedInvoiceShare: restingOn(
      blockedInvoiceShare(
        {
          source: invoices.source,
          items: running.map((invoice) => ({
            source: invoice.source,
            value: money(invoice.fields.netCents, context.reporting.currency),
            on: invoice.fields.draftedOn,
            blocked: blockersOf(view, invoice, today).length > 0,
          })),
        },
        context,
      ),
      [invoices.count, ...running.flatMap((each) => blockersBasis(view, each))],
    ),
    overdueReceivableDays: restingOn(
      overdueReceivableDays(
        {
          source: invoices.source,
          items: owed.map(({ source, fields }) => ({
            source,
            open: money(fields.totalCents, context.reporting.currency),
            issuedOn: fields.issuedOn ?? fields.draftedOn,
            dueOn: fields.dueOn,
          })),
        },
        context,
      ),
      [invoices.count, ...owed.flatMap((each) => fieldsOf(each, "state", "dueOn", "totalCents"))],
    ),
  };
}

/** What is ready to be billed on one project and is not, and the fields that say so. */
export function readyValues(
  view: FirmView,
  { project, context }: { readonly project: TwinRecord<"project">; readonly context: Context },
): { readonly values: readonly ReadyValue[]; readonly basis: readonly Observed[] } {
  const { currency } = context.reporting;
  const invoices = listed(view, "invoice", ["projectId", project.id]);
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  const open = invoices.records.filter((each) => !isIssued(each));
  const accepted = milestones.records.flatMap((milestone): ReadyValue[] => {
    const readyOn = acceptedOn(milestone, context);
    if (readyOn === null || readyOn >= context.today) return [];
    const billed = view.by("invoice-line", "milestoneId", milestone.id).some(({ fields }) => {
      const invoice = view.get("invoice", fields.invoiceId);
      return invoice !== null && isIssued(invoice);
    });
    return billed
      ? []
      : [{ record: milestone, readyOn, amount: money(milestone.fields.amountCents, currency) }];
  });
  const periods = open.flatMap((invoice): ReadyValue[] => {
    const { periodEnd, netCents } = invoice.fields;
    return periodEnd === null || periodEnd >= context.today
      ? []
      : [{ record: invoice, readyOn: periodEnd, amount: money(netCents, currency) }];
  });
  return {
    values: [...accepted, ...periods],
    basis: [
      invoices.count,
      ...open.flatMap((each) => fieldsOf(each, "state", "periodEnd", "netCents")),
      milestones.count,
      ...milestones.records.flatMap((each) =>
        fieldsOf(
          each,
          "contractual",
          "amountCents",
          "deliveredOn",
          "acceptedOn",
          "deemedAcceptedAfterDays",
        ),
      ),
    ],
  };
}

/** When the client accepted it, or its silence did; null: not accepted, or nothing is paid for it. */
export function acceptedOn({ fields }: Milestone, { calendar, today }: Context): string | null {
  if (!fields.contractual || fields.amountCents === 0) return null;
  if (fields.acceptedOn !== null) return fields.acceptedOn;
  if (fields.deliveredOn === null || fields.deemedAcceptedAfterDays === null) return null;
  const deemed = addBusinessDays(calendar, fields.deliveredOn, fields.deemedAcceptedAfterDays);
  return deemed < today ? deemed : null;
}
