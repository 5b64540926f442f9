import { localTime } from "#/domain/business-time.ts";
import {
  type ApprovalKind,
  type Decision,
  ApprovalKind as Kinds,
  type Need,
} from "#/domain/decision.ts";
import type { Decided, DecisionRecord } from "#/domain/decision-record.ts";
import { holdsAt } from "#/domain/delegation.ts";
import type { PersonId, ProposalId } from "#/domain/ids.ts";
import { decimalText, type Money } from "#/domain/money.ts";
import { type Payload, payloadHash, type Requester, untrustedSinks } from "#/domain/proposal.ts";
import type { AuthorityMatrix } from "#/policies/authority-matrix.ts";
import { checkVote, decideExecute } from "#/policies/decide.ts";
import type { ApproveFacts, ExecuteFacts, ProposalFacts, VoteCheck } from "#/policies/facts.ts";
import { recordExecute, recordVote } from "#/policies/policy-replay.ts";
import type { PolicySet } from "#/policies/policy-set.ts";
import type { Acting, CountedVote, Tenant, Voter } from "./store.ts";

/** A firm's policy set in force, and the currency its thresholds are written in. */
export type FirmPolicy = PolicySet & {
  readonly baseCurrency: string;
  /** By which a question goes to the nearest who reach far enough; without one, to all who may. */
  readonly authority?: AuthorityMatrix;
  /** Told of every answer that is asked for through it. */
  readonly heard?: (record: DecisionRecord) => void;
};

/** The same policy, keeping what it is asked and what it answers; each question once. */
export function onRecord(policy: FirmPolicy): { policy: FirmPolicy; decided: () => Decided } {
  const records = new Map<string, DecisionRecord>();
  return {
    policy: {
      ...policy,
      heard: (record) => records.set(`${record.question} ${record.factsHash}`, record),
    },
    decided: () => ({ set: policy.text, records: [...records.values()] }),
  };
}

/** The part of a proposal that policy judges; a draft has it before it has a row. */
export type Judged = {
  readonly id: ProposalId;
  readonly version: number;
  readonly payload: Payload;
  readonly requestedBy: Requester;
  readonly editedBy?: readonly PersonId[] | undefined;
  readonly expiresAt: string;
};

export function proposalFacts(
  { baseCurrency }: Pick<FirmPolicy, "baseCurrency">,
  { id, version, payload, requestedBy, editedBy }: Judged,
): ProposalFacts {
  return {
    tenant: payload.tenant,
    id,
    version,
    action: payload.action,
    group: payload.group,
    clientTier: payload.clientTier ?? null,
    project: payload.projectId
      ? { id: payload.projectId, tenant: payload.tenant, lead: payload.projectLead }
      : null,
    requester: requestedBy.person,
    editors: editedBy ?? [],
    beneficiaries: payload.concerns?.beneficiaries ?? [],
    movedPeople: payload.concerns?.moved ?? [],
    amount: amountForPolicy(payload.amount, baseCurrency),
    payloadHash: payloadHash(payload),
    untrustedSinks: untrustedSinks(payload),
    recipientInternal: payload.recipientInternal,
  };
}

/** Without a dated rate we cannot compare another currency, so it counts as beyond every threshold. */
const beyondEveryThreshold = "900000000000.00";

function amountForPolicy(amount: Money | null, baseCurrency: string): string {
  if (!amount) return "0.00";
  if (amount.currency !== baseCurrency) return beyondEveryThreshold;
  return decimalText({ ...amount, minor: Math.abs(amount.minor) });
}

export type Tally = {
  readonly approvals: Readonly<Record<ApprovalKind, number>>;
  readonly counted: readonly string[];
  readonly dropped: readonly { person: string; reasons: readonly string[] }[];
};

/**
 * Votes that still hold: each voter asked again, with the rights they have now. One human counts once
 * whatever their accounts, and so does one authority: whoever is away and their delegate are one.
 */
export function tally(
  set: FirmPolicy,
  judged: Judged,
  { votes, now }: { votes: readonly CountedVote[]; now: string },
): Tally {
  const approvals: Record<ApprovalKind, number> = { ...noApprovals };
  const counted: string[] = [];
  const used = new Set<string>();
  const dropped: { person: string; reasons: string[] }[] = [];
  for (const { vote, voter, acting } of votes) {
    if (vote.verdict !== "approve") continue;
    const check = voter
      ? mayVote(set, judged, {
          voter,
          // By a delegation that is gone: nobody's authority.
          ...(vote.actingFor ? { acting: acting ?? null } : {}),
          as: vote.kind,
          at: vote.at,
          now,
          shownHash: vote.shownHash,
          channelTrusted: vote.channelTrusted,
        })
      : null;
    const humans = [...(voter?.accounts ?? []), ...(acting?.delegator.accounts ?? [])];
    const again = humans.some((each) => used.has(each));
    if (check?.allowed && !again) {
      approvals[vote.kind] += 1;
      counted.push(vote.person);
      for (const each of humans) used.add(each);
    } else
      dropped.push({
        person: vote.person,
        reasons: check?.allowed
          ? ["the same human, or the same authority, counts once"]
          : (check?.policies.map((policy) => policy.id) ?? ["no longer known"]),
      });
  }
  return { approvals, counted, dropped };
}

type Ask = {
  readonly voter: Pick<Voter, "id" | "tenant" | "roles" | "active" | "accounts">;
  /** Given: the vote uses somebody else's authority. null: of somebody who cannot be found. */
  readonly acting?: Acting | null;
  readonly as: ApprovalKind;
  /** When the vote was given; now, for one that is being given. */
  readonly at: string;
  readonly now: string;
  readonly shownHash: string;
  readonly channelTrusted: boolean;
};

/**
 * May this vote count? A delegate must pass twice: as whoever is away, with that person's rights and
 * duties of today, and as themselves, with whatever keeps them out. So nobody gains by delegation,
 * and it never chains: only the rights that the delegator has alone are looked at.
 */
export function mayVote(set: FirmPolicy, judged: Judged, ask: Ask): VoteCheck {
  const { voter, acting } = ask;
  if (acting === undefined) return checkAs(set, judged, { ask, voter });
  const { delegation, delegator } = acting ?? {};
  if (
    !delegation ||
    !delegator ||
    delegation.delegator !== delegator.id ||
    delegation.delegate !== voter.id ||
    !holdsAt(delegation, ask.at)
  )
    return {
      allowed: false,
      policies: [{ id: "delegation", reason: "The delegation does not hold" }],
    };
  const asAway = checkAs(set, judged, { ask, voter: delegator });
  if (!asAway.allowed) return asAway;
  return checkAs(set, judged, { ask, voter: { ...voter, roles: delegator.roles } });
}

function checkAs(
  set: FirmPolicy,
  judged: Judged,
  { ask, voter }: { ask: Ask; voter: Ask["voter"] },
): VoteCheck {
  const facts: ApproveFacts = {
    proposal: proposalFacts(set, judged),
    voter: {
      kind: "human",
      id: voter.id,
      tenant: voter.tenant,
      roles: voter.roles,
      active: voter.active,
      accounts: voter.accounts,
    },
    as: ask.as,
    now: ask.now,
    expiresAt: judged.expiresAt,
    shownHash: ask.shownHash,
    channelTrusted: ask.channelTrusted,
  };
  const check = checkVote(set, facts);
  set.heard?.(recordVote(set, facts, check));
  return check;
}

/** What policy says about running this now, with these votes. */
export function decide(
  set: FirmPolicy,
  judged: Judged,
  state: { tenant: Tenant; approvals: Tally["approvals"]; now: string; sentLast24h: number },
): Decision {
  const proposal = proposalFacts(set, judged);
  const any = Object.values(state.approvals).some((count) => count > 0);
  const facts: ExecuteFacts = {
    proposal,
    approvals: state.approvals,
    approvedHash: any ? proposal.payloadHash : "",
    now: state.now,
    expiresAt: judged.expiresAt,
    local: localTime(state.tenant.calendar, state.now),
    sentLast24h: state.sentLast24h,
  };
  const businessWindow = state.tenant.calendar;
  const decision = decideExecute(set, facts, { businessWindow });
  set.heard?.(recordExecute(set, { facts, businessWindow }, decision));
  return decision;
}

export const noApprovals: Tally["approvals"] = {
  finance: 0,
  contract: 0,
  delivery: 0,
  administration: 0,
};

/** Only the kinds somebody voted for, as cards show them. */
export const haveOf = (approvals: Tally["approvals"]): Need =>
  Object.fromEntries(
    Kinds.options.filter((kind) => approvals[kind] > 0).map((kind) => [kind, approvals[kind]]),
  );

export const needOf = (decision: Decision): Need =>
  decision.effect === "require" ? decision.need : {};
