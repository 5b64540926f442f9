import type { VoteOutcome } from "#/domain/approval.ts";
import type { ApprovalKind, Need, PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { VoteCheck } from "#/policies/facts.ts";
import type { Start } from "./durable.ts";
import {
  decide,
  type FirmPolicy,
  haveOf,
  mayVote,
  needOf,
  onRecord,
  type Tally,
  tally,
} from "./policy-facts.ts";
import type { CastVote } from "./services.ts";
import type { Acting, CountedVote, Store, Tenant, VoteJudgement, Voter } from "./store.ts";
import { withdrawProposal } from "./withdraw-proposal.ts";

export type VoteNeeds = {
  readonly store: Pick<Store, "castVote" | "tenant" | "proposal" | "withdrawProposal">;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  readonly start: Pick<Start, "carryOut">;
  /** Time step of a valid code that was not used before; null otherwise. */
  readonly secondFactor: (voter: Voter, code: string) => number | null;
};

/**
 * One person's word. Authorised, counted and, if it decides, followed by the start of the run: one
 * transaction, or nothing of it.
 */
export async function castVote(
  tenantId: TenantId,
  cast: CastVote,
  needs: VoteNeeds,
): Promise<VoteOutcome> {
  if (cast.verdict === "reject" && !cast.reason?.trim())
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "a rejection needs a reason" });
  const takenBack = cast.verdict === "reject" ? await takeBack(tenantId, cast, needs) : null;
  if (takenBack) return takenBack;
  const tenant = await needs.store.tenant(tenantId);
  return needs.store.castVote(
    tenantId,
    {
      proposal: cast.proposal,
      version: cast.version,
      nonce: cast.nonce,
      shownHash: cast.shownHash,
      person: cast.person,
      verdict: cast.verdict,
      reason: cast.reason?.trim().slice(0, 500) ?? null,
      channel: cast.channel,
    },
    // The rules in force in that transaction, not those of a moment before.
    (facts) => {
      const { policy, decided } = onRecord(needs.policy(tenant.id));
      const judged = judgeVote({
        ...facts,
        cast,
        tenant,
        policy,
        secondFactor: needs.secondFactor,
      });
      return { ...judged, decided: decided() };
    },
    needs.start.carryOut(tenantId, cast.proposal, cast.version),
  );
}

/** Whoever asked for it and now says no takes it back: that is not a vote. null: somebody else. */
async function takeBack(
  tenant: TenantId,
  { proposal, version, person, reason }: CastVote,
  needs: VoteNeeds,
): Promise<VoteOutcome | null> {
  const fact = await needs.store.proposal(tenant, proposal, version);
  if (fact?.proposal.requestedBy.person !== person) return null;
  const outcome = await withdrawProposal(
    tenant,
    { proposal, version, person, reason: reason ?? "" },
    needs,
  );
  return outcome.result === "withdrawn" ? { result: "decided", state: "withdrawn" } : outcome;
}

type Facts = {
  readonly proposal: Proposal;
  readonly voter: Voter | null;
  readonly votes: readonly CountedVote[];
  readonly delegations: readonly Acting[];
  readonly sentLast24h: number;
  readonly now: string;
  readonly cast: CastVote;
  readonly tenant: Tenant;
  readonly policy: FirmPolicy;
  readonly secondFactor: VoteNeeds["secondFactor"];
};

/** Pure: may this vote count, as what, and does it decide? */
export function judgeVote(facts: Facts): VoteJudgement {
  const { proposal, voter, votes, now, cast, policy } = facts;
  if (!voter)
    return refused(policy, [
      { id: "directory", reason: "Only colleagues in the directory can vote" },
    ]);
  const usedStep = cast.secondFactor ? facts.secondFactor(voter, cast.secondFactor) : null;
  if (cast.secondFactor && usedStep === null)
    return refused(policy, [
      { id: "second-factor", reason: "That one-time code is not valid; wait for the next one" },
    ]);
  const before = tally(policy, proposal, { votes, now });
  const trusted = usedStep !== null;
  const tried = waysToVote(facts, { voter, trusted, open: stillNeeded(facts, before.approvals) });
  const allowed = tried.find(({ check }) => check.allowed);
  if (!allowed) return refused(policy, reasonsOf(tried.flatMap(({ check }) => check.policies)));
  const mine = votes.some(({ vote }) => voter.accounts.includes(vote.person));
  const after =
    cast.verdict === "approve" && !mine
      ? tally(policy, proposal, {
          votes: [...votes, asCast(facts, { voter, trusted, allowed })],
          now,
        })
      : before;
  const used = allowed.acting?.delegator.name;
  if (cast.verdict === "approve" && !mine && after.counted.length === before.counted.length)
    return refused(policy, [
      {
        id: "authority-used",
        reason: used
          ? `The authority of ${used} was used for this already; it counts once`
          : "Your authority was used for this already, by whom you named; it counts once",
      },
    ]);
  const decision = decide(policy, proposal, {
    tenant: facts.tenant,
    approvals: after.approvals,
    now,
    sentLast24h: facts.sentLast24h,
  });
  const left: Need = needOf(decision);
  const complete =
    decision.effect === "allow" ||
    (decision.effect === "require" && Object.keys(left).length === 0);
  return {
    kind: "accepted",
    as: allowed.as,
    actingFor: allowed.acting
      ? { person: allowed.acting.delegator.id, delegation: allowed.acting.delegation.id }
      : null,
    trusted,
    usedStep,
    policySetHash: policy.hash,
    have: haveOf(after.approvals),
    need: left,
    decides: cast.verdict === "reject" || complete,
  };
}

type Way = { readonly as: ApprovalKind; readonly acting: Acting | null; readonly check: VoteCheck };

/** In their own right first; then for those who are away and named them. */
function waysToVote(
  { proposal, policy, now, cast, delegations }: Facts,
  { voter, trusted, open }: { voter: Voter; trusted: boolean; open: readonly ApprovalKind[] },
): Way[] {
  const authorities: (Acting | null)[] = [null, ...delegations];
  return authorities.flatMap((acting) =>
    open.map((as) => ({
      as,
      acting,
      check: mayVote(policy, proposal, {
        voter,
        ...(acting ? { acting } : {}),
        as,
        at: now,
        now,
        shownHash: cast.shownHash,
        channelTrusted: trusted,
      }),
    })),
  );
}

/** The vote as it would be on record, to be counted with the others. */
const asCast = (
  { proposal, now, cast }: Facts,
  { voter, trusted, allowed }: { voter: Voter; trusted: boolean; allowed: Way },
): CountedVote => ({
  voter,
  acting: allowed.acting,
  vote: {
    proposal: proposal.id,
    version: proposal.version,
    person: voter.id,
    kind: allowed.as,
    actingFor: allowed.acting
      ? { person: allowed.acting.delegator.id, delegation: allowed.acting.delegation.id }
      : null,
    verdict: "approve",
    reason: null,
    shownHash: cast.shownHash,
    channel: cast.channel,
    channelTrusted: trusted,
    at: now,
  },
});

/** Kinds of vote that policy still asks for, by today's rules. */
function stillNeeded(
  { proposal, tenant, policy, now, sentLast24h }: Facts,
  approvals: Tally["approvals"],
): ApprovalKind[] {
  const decision = decide(policy, proposal, { tenant, approvals, now, sentLast24h });
  const open = Object.keys(needOf(decision)) as ApprovalKind[];
  // Nothing is missing by today's rules, or they deny: the kinds it was raised for still tell who may speak.
  return open.length > 0 ? open : (Object.keys(needOf(proposal.decision)) as ApprovalKind[]);
}

const refused = (policy: FirmPolicy, reasons: readonly PolicyReason[]): VoteJudgement => ({
  kind: "refused",
  reasons:
    reasons.length > 0 ? reasons : [{ id: "no-vote-needed", reason: "No vote is needed for this" }],
  policySetHash: policy.hash,
});

const reasonsOf = (all: readonly PolicyReason[]): PolicyReason[] => [
  ...new Map(all.map((reason) => [reason.id, reason])).values(),
];
