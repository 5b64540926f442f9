import type { AuditKind } from "#/domain/audit-event.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, ProposalId } from "#/domain/ids.ts";
import type { Proposal, ProposalState } from "#/domain/proposal.ts";
import type { Receipt, RunOutcome } from "#/domain/run.ts";
import { appendAudit } from "./audit.ts";
import { type VoterRow, voterById } from "./member.ts";
import type { Tx } from "./open-database.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";

export type Takeover = {
  readonly id: ProposalId;
  readonly version: number;
  readonly person: PersonId;
  readonly reason: string;
};

/** What is to become of it. `receipt`: what the target shows; null where a person only says so. */
export type Override =
  | { readonly to: "approved"; readonly how: string }
  | { readonly to: "done"; readonly how: string; readonly receipt: Receipt | null }
  | { readonly to: "failed"; readonly how: string; readonly reason: string }
  | { readonly to: "discarded" };

export type MayOverride = (facts: {
  proposal: Proposal;
  person: VoterRow | null;
  now: string;
}) => readonly PolicyReason[];

const kinds = {
  approved: "run.replayed",
  done: "run.resolved",
  failed: "run.resolved",
  discarded: "run.discarded",
} as const satisfies Record<Override["to"], AuditKind>;

const from: Readonly<Record<Override["to"], readonly ProposalState[]>> = {
  approved: ["failed", "unknown"],
  done: ["unknown"],
  failed: ["unknown"],
  discarded: ["failed"],
};

/**
 * One guarded transition of a run that did not end well, under the row's lock. Of two people at one
 * instant the second one finds it closed. `replay` is its number, so that its workflow has its own name.
 */
export async function overrideRun(
  tx: Tx,
  { id, version, person, reason }: Takeover,
  { override, may }: { override: Override; may: MayOverride },
): Promise<
  | { result: "moved"; replay: number }
  | { result: "closed"; state: ProposalState }
  | { result: "too-early" }
  | { result: "refused"; reasons: PolicyReason[] }
> {
  const proposal = await lockProposal(tx, id, version);
  if (!proposal) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
  const clock = await tx.query<{ now: Date; early: boolean | null }>(
    `select clock_timestamp() as now, (select max(called_at) > clock_timestamp() - interval '60 seconds'
       from effect where proposal_id = $1 and version = $2 and receipt is null) as early`,
    [id, version],
  );
  const { now = new Date(), early = false } = clock.rows[0] ?? {};
  const reasons = may({
    proposal,
    person: await voterById(tx, person),
    now: now.toISOString(),
  });
  const actor = `person:${person}`;
  if (reasons.length > 0) {
    await appendAudit(tx, {
      kind: "run.override-refused",
      actor,
      subject: subjectOf(id, version),
      detail: { asked: override.to, reasons },
    });
    return { result: "refused", reasons: [...reasons] };
  }
  if (!from[override.to].includes(proposal.state))
    return { result: "closed", state: proposal.state };
  // A call may still be on its way: what is not there now can be there in a moment.
  if (early && proposal.state === "unknown" && override.to !== "done")
    return { result: "too-early" };
  if (override.to === "approved" && (await otherOpen(tx, proposal)))
    return { result: "closed", state: "superseded" };
  const replay = await keepRun(tx, proposal, { override, person });
  const told = { asked: override.to, ...("how" in override ? { how: override.how } : {}) };
  if (override.to === "discarded") {
    if (replay === null) return { result: "closed", state: proposal.state };
    await appendAudit(tx, {
      kind: kinds.discarded,
      actor,
      subject: subjectOf(id, version),
      detail: told,
      personal: { reason },
    });
    return { result: "moved", replay };
  }
  await moveProposal(tx, proposal, {
    to: override.to,
    reason: override.to === "failed" ? override.reason : null,
    kind: kinds[override.to],
    actor,
    detail: told,
    personal: { words: reason },
    tell: override.to !== "approved",
  });
  return { result: "moved", replay: replay ?? 0 };
}

/** Another live proposal for the same change has taken its place. */
async function otherOpen(tx: Tx, { id, payload }: Proposal): Promise<boolean> {
  const found = await tx.query(
    `select 1 from proposal where id <> $1 and payload ->> 'action' = $2
       and payload -> 'target' ->> 'system' = $3 and payload -> 'target' ->> 'type' = $4
       and payload -> 'target' ->> 'id' = $5 and state in ('waiting', 'approved', 'executing', 'unknown')`,
    [id, payload.action, payload.target.system, payload.target.type, payload.target.id],
  );
  return (found.rowCount ?? 0) > 0;
}

/** The run's own row. null: it was discarded before. */
async function keepRun(
  tx: Tx,
  { id, version }: Proposal,
  { override, person }: { override: Override; person: PersonId },
): Promise<number | null> {
  const which = [id, version];
  if (override.to === "approved") {
    const again = await tx.query<{ replays: number }>(
      `update run set replays = replays + 1, discarded_at = null, discarded_by = null
        where proposal_id = $1 and version = $2 returning replays`,
      which,
    );
    return again.rows[0]?.replays ?? null;
  }
  if (override.to === "discarded") {
    const put = await tx.query<{ replays: number }>(
      `update run set discarded_at = clock_timestamp(), discarded_by = $3
        where proposal_id = $1 and version = $2 and discarded_at is null returning replays`,
      [...which, person],
    );
    return put.rows[0]?.replays ?? null;
  }
  const outcome: RunOutcome | null =
    override.to === "failed"
      ? { result: "refused", reason: override.reason }
      : override.receipt && { result: "done", receipt: override.receipt };
  const closed = await tx.query<{ replays: number }>(
    `update run set state = $3, ended_at = clock_timestamp(), outcome = $4
      where proposal_id = $1 and version = $2 returning replays`,
    [...which, override.to, outcome && JSON.stringify(outcome)],
  );
  return closed.rows[0]?.replays ?? null;
}
