import { z } from "zod";
import { ApprovalCauseCode } from "./approval-delay.ts";
import { InvoiceCauseCode } from "./assessment.ts";
import { Evidence } from "./evidence.ts";
import { CivilDate, Instant } from "./ids.ts";
import { Money } from "./money.ts";
import { RecordRef } from "./record.ts";

const id = z.string().min(1).max(128);

/** One change of the world that somebody asks about. */
export const WhatIfChange = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("remove-cause"),
    invoiceId: id,
    /** A cause of the invoice, or one of its approval's causes. */
    code: z.union([InvoiceCauseCode, ApprovalCauseCode]),
    /** Only where these records caused it; left out: all of them. */
    records: z.array(id).min(1).optional(),
  }),
  z.object({ kind: z.literal("remove-days"), invoiceId: id, days: z.number().positive().max(250) }),
  z.object({ kind: z.literal("accept-milestone"), milestoneId: id, on: CivilDate }),
  z.object({ kind: z.literal("approve-change-order"), changeOrderId: id, on: CivilDate }),
  z.object({ kind: z.literal("reassign"), projectId: id, from: id, to: id }),
]);
export type WhatIfChange = z.infer<typeof WhatIfChange>;

/** A day, and how well it is known. */
export const DateEstimate = z.object({
  on: CivilDate,
  /** Eight in ten of the firm's own cases lay between these; both equal `on` where it is on record. */
  earliest: CivilDate,
  latest: CivilDate,
  basis: z.enum(["record", "estimate"]),
  /** Mean absolute error of this kind of estimate on the firm's own past, in calendar days. */
  measuredErrorDays: z.number().nonnegative().nullable(),
  /** How many past cases it rests on. */
  cases: z.int().nonnegative(),
});
export type DateEstimate = z.infer<typeof DateEstimate>;

const Moved = z.object({ before: DateEstimate, after: DateEstimate });

export const InvoiceEffect = z.object({
  invoice: RecordRef,
  /** Everything is there and approved; only the run is left. */
  ready: Moved,
  issue: Moved,
  cash: Moved,
  /** Working days until it is ready that fall away. Negative: it gets later. */
  savedDays: z.number(),
  /** Calendar days by which the money comes earlier. */
  cashDaysEarlier: z.number(),
});
export type InvoiceEffect = z.infer<typeof InvoiceEffect>;

/** Planned value and cost of a project; percentages of the value. null: it has no value yet. */
export const MarginEffect = z.object({
  projectId: z.string(),
  revenue: z.object({ before: Money, after: Money }),
  cost: z.object({ before: Money, after: Money }),
  marginPercent: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
});
export type MarginEffect = z.infer<typeof MarginEffect>;

/** Assigned time against working time over the weeks that the change touches. */
export const UtilisationEffect = z.object({
  personId: z.string(),
  from: CivilDate,
  to: CivilDate,
  percent: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
});
export type UtilisationEffect = z.infer<typeof UtilisationEffect>;

export const WhatIfAnswer = z.object({
  change: WhatIfChange,
  asOf: Instant,
  invoices: z.array(InvoiceEffect),
  margins: z.array(MarginEffect),
  utilisation: z.array(UtilisationEffect),
  /** What the answer takes for granted, in our words. */
  assumptions: z.array(z.string()),
  gaps: z.array(z.string()),
  evidence: z.array(Evidence),
  rulesVersion: z.string(),
});
export type WhatIfAnswer = z.infer<typeof WhatIfAnswer>;
