import { z } from "zod";
import { Evidence } from "./evidence.ts";
import { EvidenceId, Instant } from "./ids.ts";
import { RecordRef } from "./record.ts";

/** Why a request for approval waits. Codes are those of the firm's cause taxonomy. */
export const ApprovalCauseCode = z.enum([
  "APR-1",
  "APR-2",
  "APR-3",
  "APR-4",
  "APR-5",
  "APR-6",
  "APR-7",
  "APR-8",
  "APR-9",
  "APR-10",
  "APR-11",
  "APR-12",
]);
export type ApprovalCauseCode = z.infer<typeof ApprovalCauseCode>;

/** One stretch of the wait during which one thing held the request up. Half open: [start, end). */
export const ApprovalHold = z.object({
  cause: ApprovalCauseCode,
  /** In our words: `Ana Kovac was away from 2026-07-06 to 2026-07-17, and nobody stood in`. */
  detail: z.string(),
  start: Instant,
  /** null while it still holds. */
  end: Instant.nullable(),
  /** Working minutes of the wait that fall into it. Holds of different causes may overlap. */
  minutes: z.int().nonnegative(),
  confidence: z.enum(["high", "medium", "low"]),
  evidence: z.array(EvidenceId).min(1),
});
export type ApprovalHold = z.infer<typeof ApprovalHold>;

/** Why one request for approval is late, or was. */
export const ApprovalDelay = z.object({
  approval: z.object({
    ref: RecordRef,
    kind: z.string(),
    state: z.string(),
    subject: z.object({ type: z.string(), id: z.string() }),
    projectId: z.string().nullable(),
    requesterId: z.string(),
    approverId: z.string().nullable(),
  }),
  asOf: Instant,
  /** `unknown` when a source needed for the answer was missing: unknown is never fine. */
  status: z.enum(["late", "on-time", "unknown"]),
  requestedAt: Instant,
  /** null: still waiting, and the wait ends at `asOf`. */
  decidedAt: Instant.nullable(),
  waitMinutes: z.int().nonnegative(),
  minutesPerDay: z.int().positive(),
  /**
   * What held it longest, where that is enough of the wait. null: it is not late, or nobody and
   * nothing in particular held it: it simply took long.
   */
  cause: z
    .object({
      code: ApprovalCauseCode,
      title: z.string(),
      detail: z.string(),
      /** Working minutes of the wait that this cause covers. */
      minutes: z.int().nonnegative(),
      confidence: z.enum(["high", "medium", "low"]),
      evidence: z.array(EvidenceId).min(1),
    })
    .nullable(),
  /** All that held it, in order of time; none where it is not late. */
  holds: z.array(ApprovalHold),
  /** Working minutes of the wait that no hold covers. */
  unexplainedMinutes: z.int().nonnegative(),
  gaps: z.array(z.string()),
  evidence: z.array(Evidence),
  rulesVersion: z.string(),
});
export type ApprovalDelay = z.infer<typeof ApprovalDelay>;
