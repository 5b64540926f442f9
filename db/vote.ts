import { Vote, type VoteOutcome } from "#/domain/approval.ts";
import type { ApprovalKind, Need, PolicyReason } from "#/domain/decision.ts";
import type { Decided } from "#/domain/decision-record.ts";
import type { Delegation } from "#/domain/delegation.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import { saveDecided } from "./decision-record.ts";
import { delegationById, delegationsTo } from "./delegation.ts";
import { knownVoterById, useSecondFactorStep, type VoterRow, voterById } from "./member.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";
import { sentLast24h } from "./run-rate.ts";

/** `acting`: for a vote by delegation, whose authority it uses and the delegation, as they are today. */
export type CountedVoteRow = {
  readonly vote: Vote;
  readonly voter: VoterRow | null;
  readonly acting?: Acting | null;
};
type Acting = { readonly delegation: Delegation; readonly delegator: VoterRow };

type CastVoteRow = {
  readonly proposal: ProposalId;
  readonly version: number;
  readonly nonce: string;
  readonly shownHash: string;
  readonly person: PersonId;
  readonly verdict: "approve" | "reject";
  readonly reason: string | null;
  readonly channel: Vote["channel"];
};

type Judgement =
  | {
      readonly kind: "refused";
      readonly reasons: readonly PolicyReason[];
      readonly policySetHash: string;
      readonly decided?: Decided;
    }
  | {
      readonly kind: "accepted";
      readonly decided?: Decided;
      readonly as: ApprovalKind;
      readonly actingFor?: Vote["actingFor"];
      readonly trusted: boolean;
      readonly usedStep: number | null;
      readonly policySetHash: string;
      readonly have: Need;
      readonly need: Need;
      readonly decides: boolean;
    };

export type Judge = (facts: {
  proposal: Proposal;
  voter: VoterRow | null;
  votes: readonly CountedVoteRow[];
  /** For whom the voter may act now. */
  delegations: readonly Acting[];
  sentLast24h: number;
  now: string;
}) => Judgement;

/** Votes of one version with each voter as they are today. */
export async function votesOf(tx: Tx, id: ProposalId, version: number): Promise<CountedVoteRow[]> {
  const found = await tx.query<{
    person: string;
    kind: string;
    verdict: string;
    reason: string | null;
    shown_hash: string;
    channel: string;
    channel_trusted: boolean;
    acting_for: string | null;
    delegation: string | null;
    at: Date;
  }>("select * from vote where proposal_id = $1 and version = $2 order by at, person", [
    id,
    version,
  ]);
  const counted: CountedVoteRow[] = [];
  for (const row of found.rows)
    counted.push({
      vote: Vote.parse({
        proposal: id,
        version,
        person: row.person,
        kind: row.kind,
        actingFor:
          row.acting_for === null ? null : { person: row.acting_for, delegation: row.delegation },
        verdict: row.verdict,
        reason: row.reason,
        shownHash: row.shown_hash,
        channel: row.channel,
        channelTrusted: row.channel_trusted,
        at: row.at.toISOString(),
      }),
      voter: await knownVoterById(tx, row.person),
      acting: await actingOf(tx, row),
    });
  return counted;
}

async function actingOf(
  tx: Tx,
  row: { acting_for: string | null; delegation: string | null },
): Promise<Acting | null> {
  if (row.acting_for === null || row.delegation === null) return null;
  const delegation = await delegationById(tx, row.delegation);
  const delegator = await knownVoterById(tx, row.acting_for);
  return delegation && delegator ? { delegation, delegator } : null;
}

/**
 * One person's word on one version, under the row's lock, by the database clock. `judge` authorises
 * and counts; whoever makes the count complete sees `decided`, and only they do.
 */
export async function castVote(
  tx: Tx,
  tenant: TenantId,
  { cast, judge }: { cast: CastVoteRow; judge: Judge },
): Promise<VoteOutcome> {
  const proposal = await lockProposal(tx, cast.proposal, cast.version);
  if (!proposal) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: cast.proposal });
  // clock_timestamp, not now(): waiting for the lock must not let a late vote in.
  const clock = await tx.query<{ now: Date; late: boolean }>(
    "select clock_timestamp() as now, clock_timestamp() >= $1::timestamptz as late",
    [proposal.expiresAt],
  );
  const { now, late } = clock.rows[0] ?? { now: new Date(), late: true };
  if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
  if (late) return { result: "closed", state: "expired" };
  const stale = cast.nonce !== proposal.nonce;
  const voter = await voterById(tx, cast.person);
  const votes = await votesOf(tx, cast.proposal, cast.version);
  const judged: Judgement = stale
    ? {
        kind: "refused",
        reasons: [{ id: "card", reason: "This card is not the current one; open the newest" }],
        policySetHash: "",
      }
    : judge({
        proposal,
        voter,
        votes,
        delegations: await delegationsTo(tx, cast.person),
        sentLast24h: await sentLast24h(tx, proposal.payload),
        now: now.toISOString(),
      });
  const subject = subjectOf(cast.proposal, cast.version);
  await saveDecided(tx, tenant, {
    asked: judged.kind === "refused" ? "refused" : "voted",
    subject,
    decided: judged.decided,
  });
  if (judged.kind === "refused") {
    await appendAudit(tx, {
      kind: "vote.refused",
      actor: `person:${cast.person}`,
      subject,
      detail: {
        verdict: cast.verdict,
        shownHash: cast.shownHash,
        channel: cast.channel,
        reasons: judged.reasons,
        policySetHash: judged.policySetHash,
      },
    });
    return { result: "refused", reasons: [...judged.reasons] };
  }
  // Two accounts of one human are one voter; the same account twice is caught by the key.
  if (
    votes.some(({ vote }) => vote.person !== cast.person && voter?.accounts.includes(vote.person))
  )
    return { result: "already-voted", have: judged.have, need: judged.need };
  const inserted = await tx.query(
    `insert into vote (tenant, proposal_id, version, person, kind, verdict, reason, shown_hash, channel,
       channel_trusted, policy_set_hash, acting_for, delegation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning person`,
    [
      tenant,
      cast.proposal,
      cast.version,
      cast.person,
      judged.as,
      cast.verdict,
      cast.reason,
      cast.shownHash,
      cast.channel,
      judged.trusted,
      judged.policySetHash,
      judged.actingFor?.person ?? null,
      judged.actingFor?.delegation ?? null,
    ],
  );
  if (!inserted.rowCount) return { result: "already-voted", have: judged.have, need: judged.need };
  if (judged.usedStep !== null) await useSecondFactorStep(tx, cast.person, judged.usedStep);
  return settle(tx, proposal, { cast, judged });
}

async function settle(
  tx: Tx,
  proposal: Proposal,
  { cast, judged }: { cast: CastVoteRow; judged: Extract<Judgement, { kind: "accepted" }> },
): Promise<VoteOutcome> {
  const detail = {
    verdict: cast.verdict,
    as: judged.as,
    ...(judged.actingFor ? { actingFor: judged.actingFor } : {}),
    shownHash: cast.shownHash,
    channel: cast.channel,
    channelTrusted: judged.trusted,
    policySetHash: judged.policySetHash,
    have: judged.have,
    need: judged.need,
  };
  const actor = `person:${cast.person}`;
  const words = cast.reason === null ? {} : { personal: { reason: cast.reason } };
  if (!judged.decides) {
    await enqueueOutbox(tx, proposal.tenant, {
      key: `card-refresh:${proposal.id}:${proposal.version}:vote:${cast.person}`,
      item: { kind: "card-refresh", proposal: proposal.id, version: proposal.version },
    });
    await appendAudit(tx, {
      kind: "vote.recorded",
      actor,
      subject: subjectOf(proposal.id, proposal.version),
      detail,
      ...words,
    });
    return { result: "counted", have: judged.have, need: judged.need };
  }
  const state = cast.verdict === "approve" ? "approved" : "rejected";
  await moveProposal(tx, proposal, {
    to: state,
    reason: cast.reason,
    kind: state === "approved" ? "proposal.approved" : "proposal.rejected",
    actor,
    detail,
    ...words,
    tell: state === "rejected",
  });
  return { result: "decided", state };
}
