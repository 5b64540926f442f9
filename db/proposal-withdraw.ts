import type { WithdrawOutcome } from "#/domain/approval.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, ProposalId } from "#/domain/ids.ts";
import { legalMoves, type Proposal } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import { type VoterRow, voterById } from "./member.ts";
import type { Tx } from "./open-database.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";

/** Who may take it back: an empty list of reasons against it. Pure. */
export type MayWithdraw = (facts: {
  proposal: Proposal;
  person: VoterRow | null;
}) => readonly PolicyReason[];

/**
 * Takes one version back, under the row's lock and by the database clock: before it was decided, or
 * after, as long as no run has begun. Whoever comes second is told what was first.
 */
export async function withdrawProposal(
  tx: Tx,
  asked: { id: ProposalId; version: number; person: PersonId; reason: string },
  may: MayWithdraw,
): Promise<WithdrawOutcome> {
  const proposal = await lockProposal(tx, asked.id, asked.version);
  if (!proposal) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: asked.id });
  const against = may({ proposal, person: await voterById(tx, asked.person) });
  const actor = `person:${asked.person}`;
  if (against.length > 0) {
    await appendAudit(tx, {
      kind: "vote.refused",
      actor,
      subject: subjectOf(asked.id, asked.version),
      detail: { verdict: "withdraw", reasons: against },
    });
    return { result: "refused", reasons: [...against] };
  }
  if (!legalMoves[proposal.state].includes("withdrawn"))
    return { result: "closed", state: proposal.state };
  const late = await tx.query("select 1 where clock_timestamp() >= $1::timestamptz", [
    proposal.expiresAt,
  ]);
  if (late.rowCount) return { result: "closed", state: "expired" };
  await moveProposal(tx, proposal, {
    to: "withdrawn",
    reason: asked.reason,
    kind: "proposal.withdrawn",
    actor,
    detail: {},
    personal: { reason: asked.reason },
    tell: true,
  });
  return { result: "withdrawn" };
}
