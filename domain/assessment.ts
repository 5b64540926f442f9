import { z } from "zod";
import { Evidence } from "./evidence.ts";
import { EvidenceId, ExceptionId, Instant, TenantId } from "./ids.ts";
import { Money } from "./money.ts";
import { RecordRef } from "./record.ts";

/** Why an invoice is late. Codes and order are those of the firm's cause taxonomy. */
export const InvoiceCauseCode = z.enum([
  "INV-1",
  "INV-2",
  "INV-3",
  "INV-4",
  "INV-5",
  "INV-6",
  "INV-7",
  "INV-8",
  "INV-9",
  "INV-10",
  "INV-11",
  "INV-12",
  "INV-13",
]);
export type InvoiceCauseCode = z.infer<typeof InvoiceCauseCode>;

/** One stretch of time during which one thing held the invoice back. Half open: [start, end). */
export const Blocker = z.object({
  cause: InvoiceCauseCode,
  /** The record that blocks: a timesheet week, a change order, a milestone, the invoice itself. */
  record: RecordRef,
  /** In our words: `Ana Kovac, week of 2026-11-09: 0 of 40 h submitted`. */
  detail: z.string(),
  start: Instant,
  /** null while it still blocks. */
  end: Instant.nullable(),
  evidence: z.array(EvidenceId).min(1),
});
export type Blocker = z.infer<typeof Blocker>;

/** All blockers of one code, and the working minutes that fall to them. */
export const Cause = z.object({
  code: InvoiceCauseCode,
  title: z.string(),
  /** Still blocking at `asOf`. */
  open: z.boolean(),
  /** Minutes attributed to this cause: sole + shared. Over all causes and unexplained = the window. */
  totalMinutes: z.int().nonnegative(),
  /** Nothing else was blocking. */
  soleMinutes: z.int().nonnegative(),
  /** Others were blocking too, and this one comes first in the chain. */
  sharedMinutes: z.int().nonnegative(),
  /** How much earlier the invoice would have been ready without this cause. Does not add up. */
  savedMinutes: z.int().nonnegative(),
  confidence: z.enum(["high", "medium", "low"]),
  blockers: z.array(Blocker).min(1),
  evidence: z.array(EvidenceId).min(1),
});
export type Cause = z.infer<typeof Cause>;

/** Why one invoice is late, with days that add up and evidence for every one of them. */
export const InvoiceDelay = z.object({
  tenant: TenantId,
  invoice: z.object({
    ref: RecordRef,
    number: z.string().nullable(),
    reference: z.string().nullable(),
    clientName: z.string().nullable(),
    projectId: z.string().nullable(),
    projectName: z.string().nullable(),
    state: z.string(),
    net: Money,
  }),
  asOf: Instant,
  /** `unknown` when a source needed for the answer was missing: unknown is never fine. */
  status: z.enum(["late", "on-time", "unknown"]),
  /** From the period's close or the acceptance due, to the issue of the invoice or `asOf`. */
  window: z
    .object({ start: Instant, end: Instant, businessMinutes: z.int().nonnegative() })
    .nullable(),
  causes: z.array(Cause),
  unexplainedMinutes: z.int().nonnegative(),
  minutesPerDay: z.int().positive(),
  /** Inputs we needed and did not get, in our words. */
  gaps: z.array(z.string()),
  /** Everything cited above. */
  evidence: z.array(Evidence),
  rulesVersion: z.string(),
});
export type InvoiceDelay = z.infer<typeof InvoiceDelay>;

/** The same, of a view of one firm: whose firm it is, the door knows. */
export const FirmInvoiceDelay = InvoiceDelay.omit({ tenant: true });
export type FirmInvoiceDelay = z.infer<typeof FirmInvoiceDelay>;

/** An open case: one problem on one record, from the first sighting until its causes are gone. */
export const DeliveryException = z.object({
  tenant: TenantId,
  id: ExceptionId,
  kind: z.enum(["invoice-delay"]),
  subject: RecordRef,
  title: z.string(),
  state: z.enum(["open", "closed"]),
  openedAt: Instant,
  closedAt: Instant.nullable(),
});
export type DeliveryException = z.infer<typeof DeliveryException>;
