/* What the firm's systems hold, before any of them puts it in its own words. Minutes and cents. */

export type RoleName =
  | "DeliveryLead"
  | "FinanceManager"
  | "ContractOwner"
  | "Consultant"
  | "Administrator"
  | "Auditor";

export type Person = {
  readonly handle: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly RoleName[];
  readonly active: boolean;
};

/** Grows with every change of the record. */
type Versioned = { version: number };
/** Words that people typed. Data, whatever they say. */
type Noted = { note: string | null };

export type Client = Versioned & Noted & { id: string; name: string; code: string; email: string };

export type Project = Versioned &
  Noted & {
    id: string;
    clientId: string;
    name: string;
    code: string;
    phase: "pipeline" | "running" | "paused" | "done" | "dropped";
    billing: "time" | "fixed" | "retainer" | "internal";
    lead: string;
    budgetMinutes: number;
    /** Worked before the oldest timesheet we still hold. */
    openingMinutes: number;
    reported: "G" | "A" | "R" | null;
  };

export type Milestone = Versioned &
  Noted & {
    id: string;
    projectId: string;
    name: string;
    /** The day on which the client should have accepted it. */
    dueOn: string;
    deliveredOn: string | null;
    acceptedOn: string | null;
    /** The contract's clause: accepted by silence this many business days after delivery. */
    silentDays: number | null;
    feeCents: number;
  };

export type Timesheet = Versioned &
  Noted & {
    id: string;
    projectId: string;
    person: string;
    week: string;
    expectedMinutes: number;
    leaveMinutes: number;
    loggedMinutes: number;
    state: "not_started" | "open" | "pending_approval" | "approved" | "sent_back";
    dueOn: string;
    submittedOn: string | null;
    approvedOn: string | null;
    approver: string | null;
  };

export type ChangeOrder = Versioned &
  Noted & {
    id: string;
    projectId: string;
    number: string;
    title: string;
    state: "drafting" | "internal_review" | "with_client" | "agreed" | "declined" | "carried_out";
    valueCents: number;
    raisedOn: string;
    decidedOn: string | null;
  };

export type Deal = Versioned &
  Noted & {
    id: string;
    clientId: string;
    name: string;
    stage: "new" | "qualified" | "proposal_sent" | "negotiating" | "closed_won" | "closed_lost";
    valueCents: number;
    closeOn: string;
  };

export type InvoiceLine = {
  id: string;
  text: string;
  netCents: number;
  milestoneId: string | null;
  changeOrderId: string | null;
};

export type InvoiceState =
  | "open_draft"
  | "released"
  | "posted"
  | "partially_settled"
  | "settled"
  | "cancelled"
  | "credited";

export type Invoice = Versioned &
  Noted & {
    id: string;
    reference: string;
    number: string | null;
    clientId: string;
    projectId: string;
    state: InvoiceState;
    billing: "time" | "fixed";
    period: { start: string; end: string } | null;
    lines: InvoiceLine[];
    /** What its head says, where that was written down apart from the lines. */
    stated?: { netCents: number; totalCents: number } | null;
    draftedOn: string;
    postedOn: string | null;
    dueOn: string | null;
    approval: { requestedOn: string; approvedOn: string | null; approver: string | null } | null;
    billingRunOn: string | null;
    ledgerEntry: string | null;
  };

/** One posting in the books. An invoice has at most one, ever. */
export type LedgerEntry = { id: string; invoiceId: string; postedOn: string; totalCents: number };

export type Firm = {
  anchor: string;
  seed: string;
  people: Person[];
  clients: Client[];
  projects: Project[];
  milestones: Milestone[];
  timesheets: Timesheet[];
  changeOrders: ChangeOrder[];
  deals: Deal[];
  invoices: Invoice[];
  ledger: LedgerEntry[];
};

export const currency = "EUR";
const taxPercent = 19;

export const netCents = (invoice: Invoice): number =>
  invoice.stated?.netCents ?? invoice.lines.reduce((sum, line) => sum + line.netCents, 0);

export const totalCents = (invoice: Invoice): number =>
  invoice.stated?.totalCents ?? Math.round((netCents(invoice) * (100 + taxPercent)) / 100);
