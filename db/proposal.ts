import type { AuditKind } from "#/domain/audit-event.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { ProposalId } from "#/domain/ids.ts";
import { legalMoves, type Proposal, type ProposalState } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";

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
  const told = `${id}:${version}:${move.to}${await replayOf(tx, proposal)}`;
  await enqueueOutbox(tx, tenant, {
    key: `card-refresh:${told}`,
    item: { kind: "card-refresh", proposal: id, version },
  });
  if (move.tell)
    await enqueueOutbox(tx, tenant, {
      key: `outcome:${told}`,
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

/** What was told of a run is told again of its replay. */
async function replayOf(tx: Tx, { id, version }: Proposal): Promise<string> {
  const found = await tx.query<{ replays: number }>(
    "select replays from run where proposal_id = $1 and version = $2 and replays > 0",
    [id, version],
  );
  return found.rows[0] ? `:replay-${found.rows[0].replays}` : "";
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
