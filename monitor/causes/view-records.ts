import type { ChangeOrder, Invoice, Milestone, Project, TimesheetWeek } from "#/domain/record.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/* Records of the twin in the shape of the canonical model, so that one set of rules reads both. */

export function asInvoice(view: FirmView, { id, source, fields }: TwinRecord<"invoice">): Invoice {
  const currency = view.get("project", fields.projectId)?.fields.currency ?? view.currency;
  const money = (minor: number) => ({ minor, currency });
  const client = view.get("client", fields.clientId);
  return {
    source,
    number: fields.number,
    reference: fields.reference,
    clientId: fields.clientId,
    clientName: client?.fields.name ?? null,
    projectId: fields.projectId,
    state: fields.state,
    billing: fields.billing === "retainer" ? null : fields.billing,
    periodStart: fields.periodStart,
    periodEnd: fields.periodEnd,
    net: money(fields.netCents),
    total: money(fields.totalCents),
    ledgerEntry: fields.ledgerEntry,
    draftedOn: fields.draftedOn,
    issuedOn: fields.issuedOn,
    dueOn: fields.dueOn,
    // Approvals have records of their own here.
    approval: null,
    billingRunOn: fields.billingRunOn,
    lines: view.by("invoice-line", "invoiceId", id).map((line) => ({
      id: line.id,
      text: line.fields.text,
      net: money(line.fields.netCents),
      milestoneId: line.fields.milestoneId,
      changeOrderId: line.fields.changeOrderId,
    })),
  };
}

export function asProject(view: FirmView, { source, fields }: TwinRecord<"project">): Project {
  const lead = view.get("person", fields.leadId)?.fields ?? null;
  return {
    source,
    name: fields.name,
    code: fields.code,
    clientId: fields.clientId,
    clientName: fields.clientName,
    status: fields.status,
    billing: fields.billing,
    leadName: lead?.name ?? null,
    leadEmail: lead?.email ?? null,
    currency: fields.currency,
    budgetMinutes: fields.budgetMinutes,
    actualMinutes: null,
    reportedHealth: fields.reportedHealth,
  };
}

export const asMilestone =
  (view: FirmView) =>
  ({ source, fields }: TwinRecord<"milestone">): Milestone => ({
    source,
    projectId: fields.projectId,
    name: fields.name,
    due: fields.due,
    deliveredOn: fields.deliveredOn,
    acceptedOn: fields.acceptedOn,
    deemedAcceptedAfterDays: fields.deemedAcceptedAfterDays,
    amount: { minor: fields.amountCents, currency: view.currency },
  });

export const asTimesheetWeek =
  (view: FirmView) =>
  ({ source, fields }: TwinRecord<"timesheet-week">): TimesheetWeek => {
    const person = view.get("person", fields.personId)?.fields ?? null;
    return {
      source,
      projectId: fields.projectId,
      personId: fields.personId,
      personName: person?.name ?? fields.personId,
      personEmail: person?.email ?? null,
      week: fields.week,
      expectedMinutes: fields.expectedMinutes,
      loggedMinutes: fields.loggedMinutes,
      state: fields.state,
      dueOn: fields.dueOn,
      submittedOn: fields.submittedOn,
      approvedOn: fields.approvedOn,
      approverName: view.get("person", fields.approverId)?.fields.name ?? null,
    };
  };

export const asChangeOrder =
  (view: FirmView) =>
  ({ source, fields }: TwinRecord<"change-order">): ChangeOrder => ({
    source,
    projectId: fields.projectId,
    number: fields.number,
    title: fields.title,
    state: fields.state,
    amount: { minor: fields.amountCents, currency: view.currency },
    raisedOn: fields.raisedOn,
    decidedOn: fields.decidedOn,
  });
