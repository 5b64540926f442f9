import { ApprovalKind, type Need } from "#/domain/decision.ts";
import { type Delegation, holdsAt } from "#/domain/delegation.ts";
import type { PersonId } from "#/domain/ids.ts";
import { accountsOf, type Member } from "#/domain/member.ts";
import { checkVote } from "./decide.ts";
import type { ProposalFacts } from "./facts.ts";
import type { PolicySet } from "./policy-set.ts";

export type MayApprove = {
  readonly person: PersonId;
  readonly name: string;
  readonly kind: ApprovalKind;
  /** Their vote counts only with a one-time code. */
  readonly secondFactor: boolean;
  /** Whose authority they would use: somebody who is away and named them. */
  readonly actingFor: PersonId | null;
};

/**
 * Members whose vote of a needed kind would count now. For display: a vote is checked by itself
 * when it is cast and again at execution. One line per member and kind.
 */
export function whoMayApprove(
  set: PolicySet,
  question: {
    proposal: ProposalFacts;
    need: Need;
    members: readonly Member[];
    /** Whoever is named by somebody who is away may stand in for them. */
    delegations?: readonly Delegation[];
    now: string;
    expiresAt: string;
  },
): MayApprove[] {
  const { proposal, need, members, now, expiresAt, delegations = [] } = question;
  const counts = (member: Member, kind: ApprovalKind, channelTrusted: boolean): boolean =>
    checkVote(set, {
      proposal,
      voter: { kind: "human", ...member, accounts: accountsOf(member.id, members) },
      as: kind,
      now,
      expiresAt,
      shownHash: proposal.payloadHash,
      channelTrusted,
    }).allowed;
  const active = members.filter(({ active: is }) => is);
  const of = (id: PersonId) => active.find((member) => member.id === id);
  return ApprovalKind.options
    .filter((kind) => need[kind] !== undefined)
    .flatMap((kind) => {
      const own = active
        .filter((member) => counts(member, kind, true))
        .map((member) => ({
          person: member.id,
          name: member.name,
          kind,
          secondFactor: !counts(member, kind, false),
          actingFor: null,
        }));
      const standIns = delegations
        .filter((delegation) => holdsAt(delegation, now))
        .flatMap(({ delegator, delegate }) => {
          const [away, standIn] = [of(delegator), of(delegate)];
          if (!away || !standIn || own.some(({ person }) => person === delegate)) return [];
          // Twice: with the rights of whoever is away, and with whatever keeps the stand-in out.
          const passes = (trusted: boolean): boolean =>
            counts(away, kind, trusted) && counts({ ...standIn, roles: away.roles }, kind, trusted);
          return passes(true)
            ? [
                {
                  person: standIn.id,
                  name: `${standIn.name} for ${away.name}`,
                  kind,
                  secondFactor: !passes(false),
                  actingFor: away.id,
                },
              ]
            : [];
        });
      return [...own, ...standIns];
    });
}
