import { z } from "zod";
import { ActionGroup, ActionId, PlatformAction, SinkClass, Tier } from "./action.ts";
import { contentHash } from "./canonical-json.ts";
import { Decision } from "./decision.ts";
import { EvidenceValue, TrustLabel } from "./evidence.ts";
import { EvidenceId, ExceptionId, Instant, PersonId, ProposalId, Sha256, TenantId } from "./ids.ts";
import { Money } from "./money.ts";
import { AnyRecordRef } from "./record.ts";

/** An argument with its origin: where the value came from decides what it may be used for. */
export const Argument = z.object({
  name: z.string(),
  sink: SinkClass,
  label: TrustLabel,
  value: EvidenceValue,
  /** The field of the system of record it was taken from; null for words and choices. */
  from: z.object({ record: AnyRecordRef, field: z.string() }).nullable(),
});
export type Argument = z.infer<typeof Argument>;

/** What will be different afterwards, read from the system of record. */
export const Effect = z.object({
  record: AnyRecordRef,
  field: z.string(),
  before: EvidenceValue,
  after: EvidenceValue,
});
export type Effect = z.infer<typeof Effect>;

/** What must still be true at the moment of execution. */
export const Precondition = z.object({
  record: AnyRecordRef,
  /** The source's version token when it was read; null where the source has none. */
  revision: z.string().nullable(),
  asserted: z.array(z.object({ field: z.string(), value: EvidenceValue })),
});
export type Precondition = z.infer<typeof Precondition>;

/** How a firm holds a client, where the CRM says so. */
export const ClientTier = z.enum(["strategic", "standard", "watched"]);
export type ClientTier = z.infer<typeof ClientTier>;

/** The exact change. This object is what is hashed, shown, voted on and executed. Nothing else is. */
export const Payload = z.object({
  tenant: TenantId,
  action: z.union([ActionId, PlatformAction]),
  group: ActionGroup,
  tier: Tier,
  target: AnyRecordRef,
  /** A sentence by code: `Release invoice INV-1042 to Aurora Health`. */
  title: z.string(),
  arguments: z.array(Argument),
  effects: z.array(Effect),
  amount: Money.nullable(),
  preconditions: z.array(Precondition),
  undo: z.string(),
  projectId: z.string().nullable(),
  /** The member who leads that project; may not approve money on it. */
  projectLead: PersonId.nullable(),
  clientTier: ClientTier.optional(),
  /** Members whom the change would favour, or move: they may not approve it. */
  concerns: z.object({ beneficiaries: z.array(PersonId), moved: z.array(PersonId) }).optional(),
  /** false as soon as anybody outside the firm would see it. */
  recipientInternal: z.boolean(),
});
export type Payload = z.infer<typeof Payload>;

export const payloadHash = (payload: Payload): Sha256 => contentHash(payload);

/** The sinks whose value comes from free text or from a model. Choices come from a closed set. */
export const untrustedSinks = (payload: Payload): SinkClass[] => [
  ...new Set(payload.arguments.filter((a) => a.label === "TEXT").map((a) => a.sink)),
];

export const ProposalState = z.enum([
  "waiting",
  "approved",
  "rejected",
  "expired",
  "superseded",
  "withdrawn",
  "executing",
  "done",
  "failed",
  "unknown",
]);
export type ProposalState = z.infer<typeof ProposalState>;

/** Every move a proposal can make. What is not here cannot happen. */
export const legalMoves: Readonly<Record<ProposalState, readonly ProposalState[]>> = {
  waiting: ["approved", "rejected", "expired", "superseded", "withdrawn"],
  approved: ["executing", "expired", "superseded", "withdrawn"],
  executing: ["done", "failed", "unknown"],
  rejected: [],
  expired: [],
  superseded: [],
  withdrawn: [],
  done: [],
  // Back to its last check, when a person has it tried again; the votes are counted anew there.
  failed: ["approved"],
  unknown: ["done", "failed", "approved"],
};

/**
 * Who wanted it. `person` is who asked, or who invoked the agent that asks; an agent answering an
 * event has no person behind it.
 */
export const Requester = z.object({
  kind: z.enum(["person", "agent"]),
  person: PersonId.nullable(),
  name: z.string(),
});
export type Requester = z.infer<typeof Requester>;

/** Which mind wrote the words. `rules-1` or a model id; `promptHash` is null for rules. */
export const ProducedBy = z.object({ mind: z.string(), promptHash: z.string().nullable() });
export type ProducedBy = z.infer<typeof ProducedBy>;

/** Where the conversation is that the outcome goes back to. */
export const Thread = z.object({ channel: z.string(), ts: z.string() });
export type Thread = z.infer<typeof Thread>;

/** One immutable version of one proposal. An edit is a new version. */
export const Proposal = z.object({
  tenant: TenantId,
  id: ProposalId,
  version: z.int().positive(),
  exceptionId: ExceptionId.nullable(),
  payload: Payload,
  payloadHash: Sha256,
  /** Random; carried by the buttons so a stale card cannot vote. */
  nonce: z.string(),
  state: ProposalState,
  /** Why it is in that state, in our words: `stale: the invoice changed`. */
  stateReason: z.string().nullable(),
  causes: z.array(z.string()),
  evidence: z.array(EvidenceId).min(1),
  /** The model's words. Plain text, shown as unverified, never part of the hash. */
  why: z.string(),
  producedBy: ProducedBy,
  requestedBy: Requester,
  /** Everybody who edited this version or one before it. */
  editedBy: z.array(PersonId).optional(),
  decision: Decision,
  thread: Thread.nullable(),
  createdAt: Instant,
  expiresAt: Instant,
});
export type Proposal = z.infer<typeof Proposal>;
