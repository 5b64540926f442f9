import { type ExceptionId, ProposalId } from "#/domain/ids.ts";
import { Proposal, type ProposalState, type Requester } from "#/domain/proposal.ts";
import type { Tx } from "./open-database.ts";

export const subjectOf = (id: string, version: number): string => `proposal:${id}:${version}`;
export const actorOf = (by: Requester): string =>
  by.person ? `person:${by.person}` : `agent:${by.name}`;

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
  edited_by: string[];
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
    ...(row.edited_by.length > 0 ? { editedBy: row.edited_by } : {}),
    decision: row.decision,
    thread: row.thread,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  });

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
