import { type Invoice, netCents, type Person, type Timesheet, totalCents } from "../firm/firm.ts";
import { addDays } from "../firm/firm-days.ts";
import { NotAllowed, recordIn } from "./not-allowed.ts";
import type { Change } from "./world.ts";

/* What people and clients do in the firm's systems. Each is one change; none moves the calendar. */

const timesheetEvent = (verb: string, { id }: Timesheet) => ({
  type: `timesheet.${verb}`,
  subject: { system: "psa", type: "timesheet-week", id } as const,
});
export const invoiceEvent = ({ id }: Invoice) => ({
  type: "invoice.updated",
  subject: { system: "erp", type: "invoice", id } as const,
});
const refuse = (code: string, message: string): NotAllowed => new NotAllowed(409, code, message);

/** A consultant sends in a week. Hours that were never written down are the expected ones. */
export const submitTimesheet =
  (id: string, minutes?: number): Change<Timesheet> =>
  ({ take, today }) => {
    const row = take("timesheets", id);
    if (row.state === "pending_approval" || row.state === "approved")
      throw refuse("already_submitted", "This week was sent in before.");
    if (minutes !== undefined && !(Number.isInteger(minutes) && minutes >= 0 && minutes <= 10_080))
      throw new NotAllowed(422, "bad_hours", "A week has between 0 and 168 hours.");
    row.loggedMinutes = minutes ?? Math.max(row.loggedMinutes, row.expectedMinutes);
    row.state = "pending_approval";
    row.submittedOn = today;
    row.version += 1;
    return { result: row, happened: timesheetEvent("submitted", row) };
  };

/** The project's lead, or the person named by handle, approves a week that was sent in. */
export const approveTimesheet =
  (id: string, approver?: string): Change<Timesheet> =>
  ({ take, today, leadOf, personOf }) => {
    const row = take("timesheets", id);
    if (row.state !== "pending_approval")
      throw refuse("nothing_to_approve", "This week does not wait for an approval.");
    row.state = "approved";
    row.approvedOn = today;
    row.approver = approver ? activeOf(personOf(approver)) : leadOf(row.projectId);
    row.version += 1;
    return { result: row, happened: timesheetEvent("approved", row) };
  };

/** The client signs for a milestone that was handed over. */
export const acceptMilestone =
  (id: string): Change<{ id: string }> =>
  ({ take, today }) => {
    const milestone = take("milestones", id);
    if (!milestone.deliveredOn) throw refuse("not_delivered", "It was not handed over yet.");
    if (milestone.acceptedOn) throw refuse("already_accepted", "The client has signed before.");
    milestone.acceptedOn = today;
    milestone.version += 1;
    const subject = { system: "psa", type: "milestone", id } as const;
    return { result: milestone, happened: { type: "milestone.accepted", subject } };
  };

/** The client says yes or no to a change order that lies with them. */
export const decideChangeOrder =
  (id: string, decision: "approve" | "reject"): Change<{ id: string }> =>
  ({ take, today }) => {
    const order = take("changeOrders", id);
    if (order.state !== "with_client")
      throw refuse("not_with_client", "It does not lie with the client.");
    order.state = decision === "approve" ? "agreed" : "declined";
    order.decidedOn = today;
    order.version += 1;
    const subject = { system: "crm", type: "change-order", id } as const;
    return { result: order, happened: { type: "change-order.decided", subject } };
  };

/** Somebody in finance approves an invoice in the ERP's own queue. */
export const approveInvoice =
  (id: string, approver?: string): Change<Invoice> =>
  ({ take, today, personOf }) => {
    const invoice = take("invoices", id);
    if (invoice.state !== "open_draft" || !invoice.approval || invoice.approval.approvedOn)
      throw refuse("nothing_to_approve", "This invoice does not wait in the approval queue.");
    invoice.approval.approvedOn = today;
    invoice.approval.approver = approver ? activeOf(personOf(approver)) : "fwalsh";
    invoice.state = "released";
    invoice.version += 1;
    return { result: invoice, happened: invoiceEvent(invoice) };
  };

/** Somebody changes the amount of one line of a draft, in cents. */
export const amendInvoice =
  (id: string, line: string, cents: number): Change<Invoice> =>
  ({ take }) => {
    const invoice = take("invoices", id);
    if (invoice.state !== "open_draft" && invoice.state !== "released")
      throw refuse("not_a_draft", "Only a draft can be changed.");
    if (!Number.isSafeInteger(cents)) throw new NotAllowed(422, "bad_amount", "No whole cents.");
    recordIn(invoice.lines, line).netCents = cents;
    // From now on its head is the sum of its lines.
    invoice.stated = null;
    invoice.version += 1;
    return { result: invoice, happened: invoiceEvent(invoice) };
  };

/** Somebody throws a draft away. */
export const cancelInvoice =
  (id: string): Change<Invoice> =>
  ({ take }) => {
    const invoice = take("invoices", id);
    if (invoice.state !== "open_draft" && invoice.state !== "released")
      throw refuse("not_a_draft", "Only a draft can be cancelled.");
    invoice.state = "cancelled";
    invoice.version += 1;
    return { result: invoice, happened: invoiceEvent(invoice) };
  };

/**
 * Draft → posted, with one entry in the books. An invoice that was posted before stays as it is,
 * whatever version the caller has seen. `matches` judges that version.
 */
export const issueInvoice =
  (id: string, matches: (invoice: Invoice) => boolean): Change<Invoice> =>
  ({ state, take, today }) => {
    const invoice = take("invoices", id);
    if (invoice.state === "cancelled" || invoice.state === "credited")
      throw refuse(`invoice_${invoice.state}`, `A ${invoice.state} invoice cannot be issued.`);
    if (invoice.postedOn) return { result: invoice, happened: null };
    if (!matches(invoice))
      throw new NotAllowed(412, "version_conflict", "The invoice was changed since it was read.");
    if (netCents(invoice) <= 0)
      throw new NotAllowed(422, "nothing_to_bill", "The invoice has no amount.");
    // The right to issue includes the right to approve; the queue is answered with it.
    if (invoice.approval && !invoice.approval.approvedOn)
      invoice.approval = { ...invoice.approval, approvedOn: today, approver: "api" };
    invoice.state = "posted";
    invoice.postedOn = today;
    invoice.dueOn = addDays(today, 30);
    invoice.number = /^SI-\d+$/.test(id) ? `MC-${id.slice(-4)}` : `MC-${id.slice("SI-".length)}`;
    invoice.ledgerEntry = `GL-${10_001 + state.ledger.length}`;
    invoice.version += 1;
    state.ledger.push({
      id: invoice.ledgerEntry,
      invoiceId: id,
      postedOn: today,
      totalCents: totalCents(invoice),
    });
    return { result: invoice, happened: invoiceEvent(invoice) };
  };

function activeOf(person: Person | null): string {
  if (!person?.active)
    throw new NotAllowed(422, "no_such_person", "Nobody active has that handle.");
  return person.handle;
}
