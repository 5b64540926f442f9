import { randomBytes } from "node:crypto";
import type { Decision } from "#/domain/decision.ts";
import type { Decided } from "#/domain/decision-record.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { type ExceptionId, type PersonId, ProposalId } from "#/domain/ids.ts";
import {
  type Payload,
  type ProducedBy,
  payloadHash,
  type Requester,
  type Thread,
} from "#/domain/proposal.ts";
import { formatRef } from "#/domain/record.ts";
import { appendAudit } from "./audit.ts";
import { saveDecided } from "./decision-record.ts";
import { saveEvidence } from "./evidence.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { actorOf, proposalById, subjectOf } from "./proposal-read.ts";
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
  readonly decided?: Decided;
  readonly thread: Thread | null;
  readonly secondsToLive: number;
  readonly approvers: readonly PersonId[];
  readonly key: {
    readonly requester: string;
    readonly key: string;
    readonly requestHash: string;
  };
};

/** Writes version 1, its audit line, its evidence and its cards; or finds what was asked before. */
export async function insertProposal(
  tx: Tx,
  proposal: NewProposalRow,
): Promise<{ id: ProposalId; version: number; created: boolean }> {
  const { tenant } = proposal.payload;
  const earlier = await earlierProposal(tx, proposal);
  if (earlier) return { ...earlier, created: false };
  const id = ProposalId.parse(randomId("P"));
  const at = { id, version: 1, editedBy: [], expiresAt: null };
  if (!(await writeVersion(tx, proposal, at))) {
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
  return { id, version: 1, created: true };
}

/**
 * One version with its evidence, its cards and its audit line. false: a live proposal for the same
 * action and record is in the way, and nothing was written. `expiresAt` null: its own time to live.
 */
export async function writeVersion(
  tx: Tx,
  proposal: Omit<NewProposalRow, "key"> & { key: Pick<NewProposalRow["key"], "requestHash"> },
  at: {
    id: ProposalId;
    version: number;
    editedBy: readonly PersonId[];
    expiresAt: string | null;
  },
): Promise<boolean> {
  const { tenant } = proposal.payload;
  const { id, version } = at;
  const inserted = await tx.query(
    `insert into proposal (tenant, id, version, exception_id, payload, payload_hash, nonce, state, causes,
       evidence, why, produced_by, requested_by, decision, thread, edited_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
       coalesce($17::timestamptz, clock_timestamp() + make_interval(secs => $18)))
     on conflict do nothing returning id`,
    [
      tenant,
      id,
      version,
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
      at.editedBy,
      at.expiresAt,
      proposal.secondsToLive,
    ],
  );
  if (!inserted.rowCount) return false;
  await saveEvidence(tx, tenant, proposal.evidence);
  for (const person of proposal.approvers)
    await enqueueOutbox(tx, tenant, {
      key: `proposal-card:${id}:${version}:${person}`,
      item: { kind: "proposal-card", proposal: id, version, person },
    });
  const editor = at.editedBy.at(-1);
  await saveDecided(tx, tenant, {
    asked: editor ? "edited" : "proposed",
    subject: subjectOf(id, version),
    decided: proposal.decided,
  });
  await appendAudit(tx, {
    kind: "proposal.submitted",
    actor: editor ? `person:${editor}` : actorOf(proposal.requestedBy),
    subject: subjectOf(id, version),
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
      ...(editor ? { requestedBy: actorOf(proposal.requestedBy), editedBy: at.editedBy } : {}),
    },
    // The exact change quotes messages and addresses.
    personal: { payload: proposal.payload, why: proposal.why },
  });
  return true;
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

/** A refusal by policy is written down, though no proposal comes of it. */
export async function recordDenial(
  tx: Tx,
  denied: {
    payload: Payload;
    requestedBy: Requester;
    decision: Decision;
    decided?: Decided | undefined;
  },
): Promise<void> {
  await saveDecided(tx, denied.payload.tenant, {
    asked: "denied",
    subject: formatRef(denied.payload.target),
    decided: denied.decided,
  });
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
