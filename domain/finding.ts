import { z } from "zod";
import { Evidence } from "./evidence.ts";
import { CivilDate, EvidenceId, Instant } from "./ids.ts";
import { Money } from "./money.ts";
import { RecordRef } from "./record.ts";

/** What a detector can find without being asked. Closed: a new kind is a decision. */
export const FindingKind = z.enum([
  "invoice-delay",
  "opportunity-without-project",
  "duplicate-project",
  "budget-threshold",
  "missing-timesheets",
  "milestone-unaccepted",
  "approval-ageing",
  "approver-bottleneck",
  "unbilled-ready-value",
  "unapproved-work",
  "staffing-gap",
  "renewal-risk",
  "project-slipping",
  "margin-eroding",
  "sponsor-change",
  "project-at-risk",
  "integration-failure",
]);
export type FindingKind = z.infer<typeof FindingKind>;

/** One cause of a finding, from the firm's taxonomies (INV, APR, MAR, SLP) or in our words. */
export const FindingCause = z.object({
  code: z.string().max(20),
  title: z.string(),
  /** In our words, with names and figures. */
  detail: z.string(),
  /** Business days that fall to it; null where days are not the measure. */
  days: z.number().nonnegative().nullable(),
  open: z.boolean(),
  evidence: z.array(EvidenceId).min(1),
});
export type FindingCause = z.infer<typeof FindingCause>;

/**
 * A condition that holds now and that somebody should know of. A detector returns what is true; that a
 * case is opened once, brought up to date and closed is the spine's affair.
 */
export const Finding = z.object({
  kind: FindingKind,
  /** One open case per key: kind, subject and what tells two of the same apart, such as a threshold. */
  key: z.string().min(1).max(200),
  /** `once`: after it was told, it is never told again, even when it goes and comes back. */
  repeat: z.enum(["once", "each-time"]),
  subject: RecordRef,
  projectId: z.string().nullable(),
  clientId: z.string().nullable(),
  title: z.string(),
  /** 1 note · 2 watch · 3 act this week · 4 act today. */
  severity: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  asOf: Instant,
  /** When the condition began, as far as the records say. */
  since: Instant,
  /** By when it does damage: an invoice target, a milestone, a renewal. null: no date. */
  deadline: CivilDate.nullable(),
  valueAtRisk: Money.nullable(),
  causes: z.array(FindingCause),
  evidence: z.array(Evidence).min(1),
  /** Ids of the events it rests on: without one of them it changes or goes. */
  events: z.array(z.string()),
  /** Catalogue ids of remedies, best first; only hints: candidates are computed from the source. */
  remedies: z.array(z.string().regex(/^R\d\d$/)),
});
export type Finding = z.infer<typeof Finding>;
