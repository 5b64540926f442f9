import type {
  ChangeOrder,
  Client,
  Deal,
  Invoice,
  Milestone,
  Person,
  Project,
  Timesheet,
} from "../firm/firm.ts";
import type { FirmRecord } from "../simulator/records.ts";

/* Records of the operating model as the PSA, the CRM and the ERP write them down. */

const noted = (record: { version: number }) => ({ note: null, version: record.version });

export const personRow = (record: FirmRecord<"person">): Person => ({
  handle: record.id,
  name: record.name,
  email: record.email,
  roles: [],
  active: record.active,
});

export const clientRow = (record: FirmRecord<"client">): Client => ({
  id: record.id,
  name: record.name,
  code: record.code,
  email: record.billingEmail ?? record.email,
  ...noted(record),
});

export const projectRow = (record: FirmRecord<"project">): Project => ({
  id: record.id,
  clientId: record.clientId,
  name: record.name,
  code: record.code,
  phase: (
    {
      proposed: "pipeline",
      active: "running",
      on_hold: "paused",
      completed: "done",
      cancelled: "dropped",
    } as const
  )[record.status],
  billing: ({ time_and_materials: "time", fixed: "fixed", retainer: "retainer" } as const)[
    record.billing
  ],
  lead: record.leadId,
  budgetMinutes: record.budgetMinutes,
  openingMinutes: 0,
  reported:
    record.reportedHealth && ({ green: "G", amber: "A", red: "R" } as const)[record.reportedHealth],
  ...noted(record),
});

export const milestoneRow = (record: FirmRecord<"milestone">): Milestone => ({
  id: record.id,
  projectId: record.projectId,
  name: record.name,
  dueOn: record.due ?? record.forecastOn,
  deliveredOn: record.deliveredOn,
  acceptedOn: record.acceptedOn,
  silentDays: record.deemedAcceptedAfterDays,
  feeCents: record.amountCents,
  ...noted(record),
});

export const timesheetRow = (record: FirmRecord<"timesheet-week">): Timesheet => ({
  id: record.id,
  projectId: record.projectId,
  person: record.personId,
  week: record.week,
  expectedMinutes: record.expectedMinutes,
  leaveMinutes: 0,
  loggedMinutes: record.loggedMinutes,
  state: (
    {
      missing: "not_started",
      submitted: "pending_approval",
      approved: "approved",
      rejected: "sent_back",
    } as const
  )[record.state],
  dueOn: record.dueOn,
  submittedOn: record.submittedOn,
  approvedOn: record.approvedOn,
  approver: record.approvedOn === null ? null : record.approverId,
  ...noted(record),
});

export const changeOrderRow = (record: FirmRecord<"change-order">): ChangeOrder => ({
  id: record.id,
  projectId: record.projectId,
  number: record.number,
  title: record.title,
  state: (
    {
      draft: "drafting",
      proposed: "internal_review",
      client_review: "with_client",
      approved: "agreed",
      rejected: "declined",
      executed: "carried_out",
    } as const
  )[record.state],
  valueCents: record.amountCents,
  raisedOn: record.raisedOn,
  decidedOn: record.decidedOn,
  ...noted(record),
});

export const dealRow = (record: FirmRecord<"opportunity">): Deal => ({
  id: record.id,
  clientId: record.clientId,
  name: record.name,
  stage: (
    {
      qualified: "qualified",
      proposal: "proposal_sent",
      negotiation: "negotiating",
      won: "closed_won",
      lost: "closed_lost",
    } as const
  )[record.stage],
  valueCents: record.amountCents,
  closeOn: record.closeOn,
  ...noted(record),
});

export const invoiceRow = (
  record: FirmRecord<"invoice">,
  lines: readonly FirmRecord<"invoice-line">[],
): Invoice => ({
  id: record.id,
  reference: record.reference,
  number: record.number,
  clientId: record.clientId,
  projectId: record.projectId,
  state: (
    { draft: "open_draft", approved: "released", issued: "posted", paid: "settled" } as const
  )[record.state],
  billing: record.billing === "fixed" ? "fixed" : "time",
  period:
    record.periodStart !== null && record.periodEnd !== null
      ? { start: record.periodStart, end: record.periodEnd }
      : null,
  lines: lines.map((line) => ({
    id: line.id.slice(record.id.length + 1),
    text: line.text,
    netCents: line.netCents,
    milestoneId: line.milestoneId,
    changeOrderId: line.changeOrderId,
  })),
  stated: { netCents: record.netCents, totalCents: record.totalCents },
  draftedOn: record.draftedOn,
  postedOn: record.issuedOn,
  dueOn: record.dueOn,
  approval:
    record.approvalRequestedOn === null
      ? null
      : {
          requestedOn: record.approvalRequestedOn,
          approvedOn: record.approvedOn,
          approver: record.approvedOn === null ? null : record.approverId,
        },
  billingRunOn: record.billingRunOn,
  ledgerEntry: record.ledgerEntry,
  ...noted(record),
});
