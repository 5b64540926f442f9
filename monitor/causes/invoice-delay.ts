import type { FirmInvoiceDelay } from "#/domain/assessment.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { SystemKind } from "#/domain/record.ts";
import { explainDelay } from "../attribute-invoice-delay.ts";
import type { Condition } from "../condition.ts";
import type { BillingFacts } from "../invoice-facts.ts";
import type { Observed } from "../kpi/intake.ts";
import { observed } from "../observed.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { type Bill, billOf } from "./bill.ts";
import { approved, delivered, noTimeElsewhere, transferred } from "./chain-conditions.ts";
import { billingDataPasses, notHeld, orderCovers, ratesAgree } from "./draft-conditions.ts";
import { changesOf, eventMoments } from "./record-history.ts";
import { type CauseSettings, defaultCauseSettings } from "./settings.ts";
import { sourceGaps } from "./source-gaps.ts";
import {
  asChangeOrder,
  asInvoice,
  asMilestone,
  asProject,
  asTimesheetWeek,
} from "./view-records.ts";

/**
 * Why one invoice of the firm is late: all thirteen causes, at the moments that the events tell.
 * Throws UNKNOWN_INVOICE when the view holds no such invoice.
 */
export function invoiceDelayOf(
  view: FirmView,
  invoiceId: string,
  settings: CauseSettings = defaultCauseSettings,
): FirmInvoiceDelay {
  const invoice = view.get("invoice", invoiceId);
  if (!invoice) throw new CountersignError("UNKNOWN_INVOICE", { invoice: invoiceId });
  const bill = billOf(view, invoice);
  const facts = factsOf(view, bill, settings);
  return explainDelay(facts, {
    read: readOf(invoice),
    conditions: () => furtherConditions(view, bill),
    gaps: sourceGaps(view, settings.freshness, systemsOf(invoice)),
  });
}

/** The canonical facts of an invoice, as the view holds them. */
export function factsOf(view: FirmView, bill: Bill, settings: CauseSettings): BillingFacts {
  const { invoice, project, lines } = bill;
  const { periodStart, periodEnd, projectId } = invoice.fields;
  const firstWeek = periodStart === null ? null : weekBefore(periodStart);
  const billed = <K extends "milestone" | "change-order">(
    kind: K,
    field: "milestoneId" | "changeOrderId",
  ): TwinRecord<K>[] =>
    [...new Set(lines.flatMap(({ fields }) => fields[field] ?? []))].flatMap(
      (id) => view.get(kind, id) ?? [],
    );
  return {
    invoice: asInvoice(view, invoice),
    project: project && asProject(view, project),
    milestones: billed("milestone", "milestoneId").map(asMilestone(view)),
    changeOrders: billed("change-order", "changeOrderId").map(asChangeOrder(view)),
    timesheetWeeks: view
      .by("timesheet-week", "projectId", projectId)
      .filter(
        ({ fields: { week } }) =>
          (firstWeek === null || week > firstWeek) && (periodEnd === null || week <= periodEnd),
      )
      .map(asTimesheetWeek(view)),
    calendar: view.calendar,
    asOf: view.asOf,
    targetBusinessDays: settings.targetBusinessDays,
    moments: eventMoments(view),
    passedAt: changesOf(view, invoice, "approvedOn").findLast(({ value }) => value !== null)?.at,
    outAt: bill.out,
  };
}

/** What this room knows of an invoice beyond the canonical records. */
export function furtherConditions(view: FirmView, bill: Bill): Condition[] {
  const moments = eventMoments(view);
  const rates = ratesAgree(view, bill);
  const milestones = bill.lines.flatMap(
    ({ fields }) => view.get("milestone", fields.milestoneId ?? "") ?? [],
  );
  return [
    ...noTimeElsewhere(view, bill),
    ...milestones.flatMap((milestone) => delivered(view, moments, milestone)),
    ...orderCovers(view, bill),
    ...rates,
    ...billingDataPasses(view, bill, rates),
    ...notHeld(view, bill),
    ...approved(view, bill),
    ...transferred(view, bill),
  ];
}

const weekBefore = (date: string): string =>
  Temporal.PlainDate.from(date).subtract({ days: 7 }).toString();

const systemsOf = ({ fields }: TwinRecord<"invoice">): SystemKind[] =>
  fields.billing === "retainer" ? ["erp", "psa"] : ["erp", "psa", "crm"];

const readOf = ({ source, fields }: TwinRecord<"invoice">): Observed[] => [
  observed(source, "state", fields.state),
  observed(source, "netCents", fields.netCents),
  observed(source, "totalCents", fields.totalCents),
  observed(source, "periodEnd", fields.periodEnd),
  observed(source, "issuedOn", fields.issuedOn),
];
