import { randomBytes } from "node:crypto";
import type { AuditKind } from "#/domain/audit-event.ts";
import type { Decision } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { type ExceptionId, type PersonId, ProposalId } from "#/domain/ids.ts";
import {
  legalMoves,
  type Payload,
  type ProducedBy,
  Proposal,
  type ProposalState,
  payloadHash,
  type Requester,
  type Thread,
} from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import { appendAudit } from "./audit.ts";
import { saveEvidence } from "./evidence.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { randomId } from "./random-id.ts";

export type NewProposalRow = {
  readonly payload: Payload;
  readonly exceptionId: ExceptionId | null;
  readonly causes: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly why: string;
  readonly producedBy: ProducedBy;
  readonly requestedBy: Requester;
  readonly decision: Decision;
  readonly thread: Thread | null;
  readonly secondsToLive: number;
  readonly approvers: readonly PersonId[];
  readonly key: {
    readonly requester: string;
    readonly key: string;
    readonly requestHash: string;
  };
};

type Row = {
  tenant: string;
  id: string;
  version: number;
  exception_id: string | null;
  payload: unknown;
  payload_hash: string;
  nonce: string;
  state: string;
  state_reason: string | null;
  causes: string[];
  evidence: string[];
  why: string;
  produced_by: unknown;
  requested_by: unknown;
  decision: unknown;
  thread: unknown;
  created_at: Date;
  expires_at: Date;
};

const fromRow = (row: Row): Proposal =>
  Proposal.parse({
    tenant: row.tenant,
    id: row.id,
    version: row.version,
    exceptionId: row.exception_id,
    payload: row.payload,
    payloadHash: row.payload_hash,
    nonce: row.nonce,
    state: row.state,
    stateReason: row.state_reason,
    causes: row.causes,
    evidence: row.evidence,
    why: row.why,
    producedBy: row.produced_by,
    requestedBy: row.requested_by,
    decision: row.decision,
    thread: row.thread,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  });

export const subjectOf = (id: string, version: number): string => `proposal:${id}:${version}`;
export const actorOf = (by: Requester): string =>
  by.person ? `person:${by.person}` : `agent:${by.name}`;

/** The newest version, or the one named. */
export async function proposalById(
  tx: Tx,
  id: ProposalId,
  version: number | null,
): Promise<Proposal | null> {
  const found = await tx.query<Row>(
    `select * from proposal where id = $1 and ($2::int is null or version = $2)
      order by version desc limit 1`,
    [id, version],
  );
  return found.rows[0] ? fromRow(found.rows[0]) : null;
}

/** The row, locked until the transaction ends: two deciders take turns. */
export async function lockProposal(
  tx: Tx,
  id: ProposalId,
  version: number,
): Promise<Proposal | null> {
  const found = await tx.query<Row>(
    "select * from proposal where id = $1 and version = $2 for update",
    [id, version],
  );
  return found.rows[0] ? fromRow(found.rows[0]) : null;
}

export async function listProposals(
  tx: Tx,
  filter: { state?: ProposalState; exceptionId?: ExceptionId },
): Promise<Proposal[]> {
  const found = await tx.query<Row>(
    `select * from proposal where ($1::text is null or state = $1)
        and ($2::text is null or exception_id = $2)
      order by created_at desc, id limit 200`,
    [filter.state ?? null, filter.exceptionId ?? null],
  );
  return found.rows.map(fromRow);
}

/** Past its window and still open, by the database clock. */
export async function overdueProposals(tx: Tx): Promise<{ id: ProposalId; version: number }[]> {
  const found = await tx.query<{ id: string; version: number }>(
    `select id, version from proposal
      where state in ('waiting', 'approved') and expires_at <= clock_timestamp()`,
  );
  return found.rows.map((row) => ({ id: ProposalId.parse(row.id), version: row.version }));
}

/** Approved a while ago, and no run has begun: its first start failed, or its worker died early. */
export async function stalledProposals(
  tx: Tx,
): Promise<{ id: ProposalId; version: number; minute: number }[]> {
  const found = await tx.query<{ id: string; version: number; minute: number }>(
    `select id, version, floor(extract(epoch from clock_timestamp()) / 60)::int as minute from proposal
      where state = 'approved' and moved_at < clock_timestamp() - interval '2 minutes'
        and expires_at > clock_timestamp()`,
  );
  return found.rows.map((row) => ({ ...row, id: ProposalId.parse(row.id) }));
}

/** Writes version 1, its audit line, its evidence and its cards; or finds what was asked before. */
export async function insertProposal(
  tx: Tx,
  proposal: NewProposalRow,
): Promise<{ id: ProposalId; version: number; created: boolean }> {
  const { tenant } = proposal.payload;
  const earlier = await earlierProposal(tx, proposal);
  if (earlier) return { ...earlier, created: false };
  const id = ProposalId.parse(randomId("P"));
  const inserted = await tx.query<{ id: string }>(
    `insert into proposal (tenant, id, version, exception_id, payload, payload_hash, nonce, state, causes,
       evidence, why, produced_by, requested_by, decision, thread, expires_at)
     values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
       clock_timestamp() + make_interval(secs => $15))
     on conflict do nothing returning id`,
    [
      tenant,
      id,
      proposal.exceptionId,
      JSON.stringify(proposal.payload),
      payloadHash(proposal.payload),
      randomBytes(16).toString("hex"),
      proposal.decision.effect === "allow" ? "approved" : "waiting",
      proposal.causes,
      proposal.evidence.map((each) => each.id),
      proposal.why,
      JSON.stringify(proposal.producedBy),
      JSON.stringify(proposal.requestedBy),
      JSON.stringify(proposal.decision),
      proposal.thread ? JSON.stringify(proposal.thread) : null,
      proposal.secondsToLive,
    ],
  );
  if (!inserted.rowCount) {
    const live = await liveProposal(tx, proposal.payload);
    if (live) return { ...live, created: false };
    throw new CountersignError("ILLEGAL_MOVE", {
      noun: "proposal",
      from: "nothing",
      to: "waiting",
    });
  }
  await tx.query(
    `insert into proposal_key (tenant, requester, key, request_hash, proposal_id)
     values ($1, $2, $3, $4, $5)`,
    [tenant, proposal.key.requester, proposal.key.key, proposal.key.requestHash, id],
  );
  await saveEvidence(tx, tenant, proposal.evidence);
  for (const person of proposal.approvers)
    await enqueueOutbox(tx, tenant, {
      key: `proposal-card:${id}:1:${person}`,
      item: { kind: "proposal-card", proposal: id, version: 1, person },
    });
  await appendAudit(tx, {
    kind: "proposal.submitted",
    actor: actorOf(proposal.requestedBy),
    subject: subjectOf(id, 1),
    detail: {
      action: proposal.payload.action,
      tier: proposal.payload.tier,
      target: formatRef(proposal.payload.target),
      amount: proposal.payload.amount,
      fields: proposal.payload.effects.map(({ field }) => field),
      exception: proposal.exceptionId,
      payloadHash: payloadHash(proposal.payload),
      requestHash: proposal.key.requestHash,
      evidence: proposal.evidence.map((each) => each.id),
      causes: proposal.causes,
      decision: proposal.decision,
      producedBy: proposal.producedBy,
    },
    // The exact change quotes messages and addresses.
    personal: { payload: proposal.payload, why: proposal.why },
  });
  return { id, version: 1, created: true };
}

async function earlierProposal(
  tx: Tx,
  { key }: NewProposalRow,
): Promise<{ id: ProposalId; version: number } | null> {
  const found = await tx.query<{ proposal_id: string; request_hash: string }>(
    "select proposal_id, request_hash from proposal_key where requester = $1 and key = $2",
    [key.requester, key.key],
  );
  const row = found.rows[0];
  if (!row) return null;
  if (row.request_hash !== key.requestHash)
    throw new CountersignError("CONFLICTING_KEY", { key: key.key });
  const id = ProposalId.parse(row.proposal_id);
  return { id, version: (await proposalById(tx, id, null))?.version ?? 1 };
}

async function liveProposal(
  tx: Tx,
  { action, target }: Payload,
): Promise<{ id: ProposalId; version: number } | null> {
  const found = await tx.query<{ id: string; version: number }>(
    `select id, version from proposal where state in ('waiting', 'approved', 'executing', 'unknown')
        and payload ->> 'action' = $1 and payload -> 'target' ->> 'system' = $2
        and payload -> 'target' ->> 'type' = $3 and payload -> 'target' ->> 'id' = $4`,
    [action, target.system, target.type, target.id],
  );
  const row = found.rows[0];
  return row ? { id: ProposalId.parse(row.id), version: row.version } : null;
}

/**
 * The one place where a proposal changes its state. Writes the audit line and asks for the cards to
 * be shown again; `tell` also asks for the outcome in the thread it came from.
 */
export async function moveProposal(
  tx: Tx,
  proposal: Proposal,
  move: {
    to: ProposalState;
    reason: string | null;
    kind: AuditKind;
    actor: string;
    detail: Readonly<Record<string, unknown>>;
    /** As in an audit entry. A reason that is in here is a person's words and stays out of the line. */
    personal?: Readonly<Record<string, unknown>>;
    tell: boolean;
  },
): Promise<void> {
  if (!legalMoves[proposal.state].includes(move.to))
    throw new CountersignError("ILLEGAL_MOVE", {
      noun: "proposal",
      from: proposal.state,
      to: move.to,
    });
  await tx.query(
    `update proposal set state = $4, state_reason = $5, moved_at = clock_timestamp()
      where id = $1 and version = $2 and state = $3`,
    [proposal.id, proposal.version, proposal.state, move.to, move.reason],
  );
  const { tenant, id, version } = proposal;
  await enqueueOutbox(tx, tenant, {
    key: `card-refresh:${id}:${version}:${move.to}`,
    item: { kind: "card-refresh", proposal: id, version },
  });
  if (move.tell)
    await enqueueOutbox(tx, tenant, {
      key: `outcome:${id}:${version}:${move.to}`,
      item: { kind: "outcome", proposal: id, version },
    });
  await appendAudit(tx, {
    kind: move.kind,
    actor: move.actor,
    subject: subjectOf(id, version),
    detail: {
      from: proposal.state,
      to: move.to,
      ...(move.personal?.["reason"] === undefined ? { reason: move.reason } : {}),
      payloadHash: proposal.payloadHash,
      ...move.detail,
    },
    ...(move.personal ? { personal: move.personal } : {}),
  });
}

/** A refusal by policy is written down, though no proposal comes of it. */
export async function recordDenial(
  tx: Tx,
  denied: { payload: Payload; requestedBy: Requester; decision: Decision },
): Promise<void> {
  await appendAudit(tx, {
    kind: "proposal.denied",
    actor: actorOf(denied.requestedBy),
    subject: formatRef(denied.payload.target),
    detail: {
      action: denied.payload.action,
      payloadHash: payloadHash(denied.payload),
      decision: denied.decision,
    },
  });
}

/** Runs out: neither approved nor rejected. true when it happened now. */
export async function expireProposal(tx: Tx, id: ProposalId, version: number): Promise<boolean> {
  const proposal = await lockProposal(tx, id, version);
  if (!proposal || !["waiting", "approved"].includes(proposal.state)) return false;
  const due = await tx.query("select 1 where clock_timestamp() >= $1::timestamptz", [
    proposal.expiresAt,
  ]);
  if (!due.rowCount) return false;
  await moveProposal(tx, proposal, {
    to: "expired",
    reason:
      proposal.state === "approved"
        ? "approved, but it could not be carried out in time"
        : "nobody decided in time",
    kind: "proposal.expired",
    actor: "system:clock",
    detail: { expiresAt: proposal.expiresAt },
    tell: true,
  });
  return true;
}
