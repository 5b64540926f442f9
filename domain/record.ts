import { z } from "zod";
import { CivilDate, Instant } from "./ids.ts";
import { Money } from "./money.ts";

/** Which part a system plays for the firm. One product may play several. */
export const SystemKind = z.enum(["psa", "crm", "erp", "hris", "itsm", "messenger"]);
export type SystemKind = z.infer<typeof SystemKind>;

/** Points at one record of one system of record. */
export const RecordRef = z.object({
  system: SystemKind,
  /** `project`, `milestone`, `timesheet-week`, `change-order`, `invoice`, … */
  type: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  id: z.string().min(1).max(128),
});
export type RecordRef = z.infer<typeof RecordRef>;

/** The same, or a record of our own: `countersign:policy:meridian` is a firm's rules. */
export const AnyRecordRef = RecordRef.extend({
  system: z.enum([...SystemKind.options, "countersign"]),
});
export type AnyRecordRef = z.infer<typeof AnyRecordRef>;

/** `erp:invoice:INV-1042`, the text form used in tools, logs and cards. */
export const formatRef = (ref: AnyRecordRef): string => `${ref.system}:${ref.type}:${ref.id}`;

export function parseRef(text: string): RecordRef | null {
  const [system, type, ...id] = text.split(":");
  const parsed = RecordRef.safeParse({ system, type, id: id.join(":") });
  return parsed.success ? parsed.data : null;
}

/** Where a record was read, when, and which version of it. Every canonical record carries one. */
export const Source = RecordRef.extend({
  /** The configured connection, e.g. `sandbox` or `tryton`. */
  connection: z.string(),
  /** The source's own version token; null when it has none. */
  revision: z.string().nullable(),
  retrievedAt: Instant,
  url: z.url().nullable(),
});
export type Source = z.infer<typeof Source>;

/* The canonical model. null means the system does not say; it never means zero or no. */

export const Client = z.object({
  source: Source,
  name: z.string(),
  code: z.string().nullable(),
  email: z.string().nullable(),
});
export type Client = z.infer<typeof Client>;

export const Project = z.object({
  source: Source,
  name: z.string(),
  code: z.string().nullable(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  status: z.enum(["proposed", "active", "on_hold", "completed", "cancelled"]),
  billing: z.enum(["time_and_materials", "fixed", "retainer", "non_billable"]).nullable(),
  /** The delivery lead: excluded from approving money on this project. */
  leadName: z.string().nullable(),
  leadEmail: z.string().nullable(),
  currency: z.string().nullable(),
  budgetMinutes: z.int().nullable(),
  actualMinutes: z.int().nullable(),
  /** What the project manager reports, as against what we compute. */
  reportedHealth: z.enum(["green", "amber", "red"]).nullable(),
});
export type Project = z.infer<typeof Project>;

export const Milestone = z.object({
  source: Source,
  projectId: z.string(),
  name: z.string(),
  due: CivilDate.nullable(),
  deliveredOn: CivilDate.nullable(),
  acceptedOn: CivilDate.nullable(),
  /** Contractual: accepted by silence this many business days after delivery; null = no such clause. */
  deemedAcceptedAfterDays: z.int().nullable(),
  amount: Money.nullable(),
});
export type Milestone = z.infer<typeof Milestone>;

/** One person's week on one project. The week is named by its Monday. */
export const TimesheetWeek = z.object({
  source: Source,
  projectId: z.string(),
  personId: z.string(),
  personName: z.string(),
  personEmail: z.string().nullable(),
  week: CivilDate,
  /** Leave and holidays already taken out; 0 when nothing was expected. */
  expectedMinutes: z.int().nonnegative(),
  loggedMinutes: z.int().nonnegative(),
  state: z.enum(["missing", "draft", "submitted", "approved", "rejected"]),
  /** Last civil day on which submitting is on time. */
  dueOn: CivilDate,
  submittedOn: CivilDate.nullable(),
  approvedOn: CivilDate.nullable(),
  approverName: z.string().nullable(),
});
export type TimesheetWeek = z.infer<typeof TimesheetWeek>;

export const ChangeOrder = z.object({
  source: Source,
  projectId: z.string().nullable(),
  number: z.string().nullable(),
  title: z.string(),
  state: z.enum(["draft", "proposed", "client_review", "approved", "rejected", "executed"]),
  amount: Money.nullable(),
  raisedOn: CivilDate.nullable(),
  decidedOn: CivilDate.nullable(),
});
export type ChangeOrder = z.infer<typeof ChangeOrder>;

export const Opportunity = z.object({
  source: Source,
  name: z.string(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  stage: z.enum(["lead", "qualified", "proposal", "negotiation", "won", "lost"]),
  amount: Money.nullable(),
  closeOn: CivilDate.nullable(),
});
export type Opportunity = z.infer<typeof Opportunity>;

export const InvoiceLine = z.object({
  id: z.string(),
  text: z.string(),
  net: Money,
  milestoneId: z.string().nullable(),
  changeOrderId: z.string().nullable(),
});
export type InvoiceLine = z.infer<typeof InvoiceLine>;

export const Invoice = z.object({
  source: Source,
  number: z.string().nullable(),
  reference: z.string().nullable(),
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  projectId: z.string().nullable(),
  state: z.enum(["draft", "approved", "issued", "part_paid", "paid", "void", "credited"]),
  billing: z.enum(["time_and_materials", "fixed"]).nullable(),
  periodStart: CivilDate.nullable(),
  periodEnd: CivilDate.nullable(),
  lines: z.array(InvoiceLine),
  net: Money,
  total: Money,
  /** The ledger's number for the posted document; null until issued. */
  ledgerEntry: z.string().nullable(),
  draftedOn: CivilDate.nullable(),
  issuedOn: CivilDate.nullable(),
  dueOn: CivilDate.nullable(),
  /** The ERP's own approval queue, where it has one. */
  approval: z
    .object({
      requestedOn: CivilDate,
      approvedOn: CivilDate.nullable(),
      approverName: z.string().nullable(),
    })
    .nullable(),
  /** The billing run that will pick it up, where the ERP bills in runs. */
  billingRunOn: CivilDate.nullable(),
});
export type Invoice = z.infer<typeof Invoice>;
