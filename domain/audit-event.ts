import { z } from "zod";
import { Instant, Sha256, TenantId } from "./ids.ts";

/** Every kind of line the audit can hold. */
export const AuditKind = z.enum([
  "tenant.created",
  "member.changed",
  "signal.received",
  "exception.opened",
  "exception.updated",
  "exception.closed",
  "assessment.made",
  "question.answered",
  "proposal.submitted",
  "proposal.denied",
  "vote.recorded",
  "vote.refused",
  "proposal.approved",
  "proposal.rejected",
  "proposal.expired",
  "proposal.superseded",
  "proposal.withdrawn",
  "proposal.edited",
  "approver.asked",
  "approver.reminded",
  "delegation.made",
  "delegation.revoked",
  "policy.in-force",
  "policy.refused",
  "access.reviewed",
  "tenant.paused",
  "tenant.resumed",
  "run.started",
  "run.stopped",
  "effect.attempted",
  "effect.verified",
  "run.done",
  "run.failed",
  "run.unknown",
  "run.replayed",
  "run.discarded",
  "run.resolved",
  "run.override-refused",
  "break-glass.granted",
  "break-glass.refused",
  "card.shown",
  "personal.erased",
  "audit.reconciled",
]);
export type AuditKind = z.infer<typeof AuditKind>;

/** What the code says happened. The chain fields are added by the database. */
export type AuditEntry = {
  readonly kind: AuditKind;
  /** `person:dana`, `agent:planner`, `system:worker`. */
  readonly actor: string;
  /** `proposal:P-7K3M2Q:1`, `erp:invoice:INV-1042`. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /**
   * What may name or quote a person: messages, addresses, free words. The line holds a salted
   * commitment to each; the values are kept apart and can be erased without touching the chain.
   */
  readonly personal?: Readonly<Record<string, unknown>>;
};

/** A value behind a commitment, as long as it was not erased. `value` is canonical JSON text. */
export const Opening = z.object({
  seq: z.int().positive(),
  name: z.string(),
  /** 32 random bytes in hex; null once erased. */
  salt: z.string().nullable(),
  value: z.string().nullable(),
  erasedAt: Instant.nullable(),
});
export type Opening = z.infer<typeof Opening>;

/** One line of the chain as stored. `body` is canonical JSON text, verified as bytes. */
export const AuditEvent = z.object({
  tenant: TenantId,
  seq: z.int().positive(),
  at: Instant,
  body: z.string(),
  prev: Sha256,
  hash: Sha256,
});
export type AuditEvent = z.infer<typeof AuditEvent>;
