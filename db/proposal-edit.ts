import type { EditOutcome } from "#/domain/approval.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, ProposalId } from "#/domain/ids.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";
import { type NewProposalRow, writeVersion } from "./proposal-submit.ts";

export type NewVersionRow = Pick<
  NewProposalRow,
  "payload" | "evidence" | "decision" | "decided" | "approvers"
> & {
  readonly editor: PersonId;
  /** Names of the arguments that were changed. */
  readonly changed: readonly string[];
};

/**
 * Replaces a waiting version by one with other words, under the row's lock: the old one is
 * superseded and its votes with it, the new one keeps the id, the time left, and who asked. An edit
 * and a deciding vote at one instant are one transition: whoever is second finds the row moved.
 */
export async function replaceVersion(
  tx: Tx,
  old: { id: ProposalId; version: number },
  next: NewVersionRow,
): Promise<Exclude<EditOutcome, { result: "refused" | "unchanged" }>> {
  const proposal = await lockProposal(tx, old.id, old.version);
  if (!proposal) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: old.id });
  if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
  const late = await tx.query("select 1 where clock_timestamp() >= $1::timestamptz", [
    proposal.expiresAt,
  ]);
  if (late.rowCount) return { result: "closed", state: "expired" };
  const version = old.version + 1;
  const actor = `person:${next.editor}`;
  await moveProposal(tx, proposal, {
    to: "superseded",
    reason: `version ${version} replaced it, with another ${next.changed.join(" and ")}; votes for this one are void`,
    kind: "proposal.superseded",
    actor,
    detail: { replacedBy: version },
    tell: false,
  });
  const editedBy = [...new Set([...(proposal.editedBy ?? []), next.editor])];
  const written = await writeVersion(
    tx,
    {
      ...proposal,
      ...next,
      evidence: next.evidence,
      causes: proposal.causes,
      secondsToLive: 0,
      key: { requestHash: proposal.payloadHash },
    },
    { id: old.id, version, editedBy, expiresAt: proposal.expiresAt },
  );
  // The old version left the live ones in this transaction, so nothing can be in the way.
  if (!written)
    throw new CountersignError("ILLEGAL_MOVE", {
      noun: "proposal",
      from: "nothing",
      to: "waiting",
    });
  await appendAudit(tx, {
    kind: "proposal.edited",
    actor,
    subject: subjectOf(old.id, version),
    detail: { replaces: old.version, changed: next.changed, payloadHash: proposal.payloadHash },
  });
  return { result: "edited", version };
}
