import { ApprovalKind, type Need } from "#/domain/decision.ts";
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
    now: string;
    expiresAt: string;
  },
): MayApprove[] {
  const { proposal, need, members, now, expiresAt } = question;
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
  return ApprovalKind.options
    .filter((kind) => need[kind] !== undefined)
    .flatMap((kind) =>
      members
        .filter((member) => member.active && counts(member, kind, true))
        .map((member) => ({
          person: member.id,
          name: member.name,
          kind,
          secondFactor: !counts(member, kind, false),
          actingFor: null,
        })),
    );
}
