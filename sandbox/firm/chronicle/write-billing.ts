import { type Firm, type Invoice, netCents, totalCents } from "../firm.ts";
import { addDays, firmDays } from "../firm-days.ts";
import type { Log } from "./log.ts";
import type { Plan } from "./plan-of.ts";

/**
 * The project's invoices, their lines, approvals and ways into the books; and the tickets of the
 * projects that look after something. A cancelled or a credited invoice bills nothing and is left out.
 */
export function writeBilling(log: Log, firm: Firm, plan: Plan): void {
  for (const invoice of firm.invoices)
    if (invoice.projectId === plan.project.id && !isVoid(invoice)) writeInvoice(log, invoice);
  if (/Service Desk|Support/.test(plan.project.name)) answerTickets(log, firm, plan);
}

export const isVoid = ({ state }: Pick<Invoice, "state">): boolean =>
  state === "cancelled" || state === "credited";

function writeInvoice(log: Log, invoice: Invoice): void {
  const { id, projectId, clientId, draftedOn, postedOn, dueOn, approval, billingRunOn } = invoice;
  const links = { project: projectId, client: clientId };
  const change = (what: string, at: readonly [string, number], fields: object): void =>
    log.changed("invoice", id, { what, at, fields, links });
  log.opened("invoice", id, {
    what: "drafted",
    at: [draftedOn, 9 * 60],
    fields: {
      projectId,
      clientId,
      reference: invoice.reference,
      number: null,
      state: "draft",
      billing: invoice.billing === "time" ? "time_and_materials" : "fixed",
      periodStart: invoice.period?.start ?? null,
      periodEnd: invoice.period?.end ?? null,
      netCents: netCents(invoice),
      totalCents: totalCents(invoice),
      draftedOn,
      validationError: null,
      holdReason: null,
      holdBy: null,
      holdSince: null,
      approvalRequestedOn: null,
      approvedOn: null,
      approverId: null,
      ledgerState: "none",
      billingRunOn: null,
      issuedOn: null,
      dueOn: null,
      paidOn: null,
      ledgerEntry: null,
    },
    links,
  });
  for (const line of invoice.lines)
    log.opened("invoice-line", `${id}-${line.id}`, {
      what: "created",
      at: [draftedOn, 9 * 60],
      fields: {
        invoiceId: id,
        text: line.text,
        grade: null,
        minutes: null,
        hourlyRateCents: null,
        netCents: line.netCents,
        writtenDownCents: 0,
        milestoneId: line.milestoneId,
        changeOrderId: line.changeOrderId,
      },
      links: { invoice: id, project: projectId },
    });
  if (approval) requestApproval(log, invoice, approval.requestedOn);
  if (billingRunOn) change("scheduled", [draftedOn, 9 * 60 + 10], { billingRunOn });
  if (!postedOn) return;
  change("issued", [postedOn, 15 * 60], {
    state: "issued",
    number: invoice.number,
    approvedOn: postedOn,
    ledgerState: "posted",
    ledgerEntry: invoice.ledgerEntry,
    issuedOn: postedOn,
    dueOn,
  });
  log.opened("sync-attempt", `SY-${id}`, {
    what: "delivered",
    at: [postedOn, 15 * 60 + 5],
    fields: {
      subjectType: "invoice",
      subjectId: id,
      from: "psa",
      to: "erp",
      state: "delivered",
      attempts: 1,
      message: null,
    },
    links: { invoice: id },
  });
  if (invoice.state === "settled" && dueOn !== null)
    change("paid", [addDays(dueOn, -2), 8 * 60], { state: "paid", paidOn: addDays(dueOn, -2) });
}

function requestApproval(log: Log, invoice: Invoice, requestedOn: string): void {
  const { id, projectId, clientId } = invoice;
  const at = [requestedOn, 10 * 60] as const;
  const links = { project: projectId, client: clientId };
  log.changed("invoice", id, {
    what: "approval-requested",
    at,
    fields: { approvalRequestedOn: requestedOn },
    links,
  });
  log.opened("approval", `AP-${id}`, {
    what: "requested",
    at,
    fields: {
      kind: "invoice",
      subjectType: "invoice",
      subjectId: id,
      projectId,
      amountCents: netCents(invoice),
      requesterId: "fwalsh",
      approverId: null,
      queue: "Group controller",
      level: 1,
      levels: 1,
      requestedAt: log.instant(at),
      notifiedAt: log.instant(at),
      claimedAt: null,
      state: "pending",
      returns: 0,
      decidedAt: null,
      decidedBy: null,
    },
    links: { invoice: id, ...links, "person:requester": "fwalsh" },
  });
}

const ticketTitles = [
  "Password does not work",
  "Report opens slowly",
  "New colleague needs access",
];

/** One small ticket a week, answered within two days. */
function answerTickets(log: Log, firm: Firm, { project }: Plan): void {
  const days = firmDays(firm.anchor);
  for (let week = -10; week < 0; week += 1) {
    const openedOn = addDays(days.week(week), 1);
    const resolvedOn = addDays(openedOn, 2);
    const id = `IN-${project.id}-${openedOn}`;
    const links = { client: project.clientId, project: project.id };
    log.opened("ticket", id, {
      what: "raised",
      at: [openedOn, 620],
      fields: {
        clientId: project.clientId,
        projectId: project.id,
        severity: week % 3 === 0 ? 3 : 4,
        title: ticketTitles[-week % 3] ?? "Question",
        state: "open",
        openedOn,
        resolvedOn: null,
        closedOn: null,
        escalated: false,
        reopens: 0,
      },
      links,
    });
    log.changed("ticket", id, {
      what: "resolved",
      at: [resolvedOn, 680],
      fields: { state: "resolved", resolvedOn },
      links,
    });
  }
}
