import type { ApprovalKind, Decision } from "#/domain/decision.ts";
import { ApprovalKind as Kinds } from "#/domain/decision.ts";
import type { KeptDecision } from "#/domain/decision-record.ts";
import { type PersonId, ProposalId, type TenantId } from "#/domain/ids.ts";
import { accountsOf, type Member, type Role } from "#/domain/member.ts";
import { checkVote } from "./decide.ts";
import type { ProposalFacts } from "./facts.ts";
import { answerOf, type ExecuteQuestion, executeQuestion } from "./policy-replay.ts";
import type { PolicySet } from "./policy-set.ts";

export type Change =
  | "denial appears"
  | "denial disappears"
  | "approval appears"
  | "approval disappears"
  | "approval changes"
  | "approvers change"
  | "wait appears"
  | "wait disappears";

/** One kind of difference for one action. `from` and `to` read `2 finance` or, of people, their roles. */
export type Difference = {
  readonly change: Change;
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Up to three subjects: `proposal:P-7K3M2Q:1`. */
  readonly examples: readonly string[];
};

export type PolicyDifference = {
  /** Recorded requests that both sets were asked about. */
  readonly requests: number;
  /** Those that end otherwise. */
  readonly changed: number;
  readonly differences: readonly Difference[];
};

/**
 * What a candidate would have said to the requests on record, beside what the rules in force say to the
 * same facts. Requests are asked as they were made, before any vote. Pure; reads nothing.
 */
export function diffPolicies(question: {
  inForce: PolicySet;
  candidate: PolicySet;
  records: readonly KeptDecision[];
  members: readonly Member[];
}): PolicyDifference {
  const { inForce, candidate, members } = question;
  const asked = question.records.filter(
    (record) =>
      record.question === "execute" && ["proposed", "edited", "denied"].includes(record.asked),
  );
  const known = new Map<string, readonly Role[][]>();
  const rolesOf = (set: PolicySet, execute: ExecuteQuestion, kind: ApprovalKind) => {
    const { action, amount, group, clientTier } = execute.facts.proposal;
    const key = JSON.stringify([set.hash, action, amount, group, clientTier, kind]);
    const found = known.get(key) ?? rolesThatApprove(set, { execute, kind, members });
    known.set(key, found);
    return found.map((roles) => roles.join("+")).join(", ") || "nobody";
  };
  const found = new Map<string, Difference>();
  let changed = 0;
  for (const record of asked) {
    const execute = executeQuestion(record);
    const [before, after] = [answerOf(inForce, execute), answerOf(candidate, execute)];
    const lines = [
      ...differencesOf(before, after),
      ...kindsIn(before, after).flatMap((kind) => {
        const [from, to] = [rolesOf(inForce, execute, kind), rolesOf(candidate, execute, kind)];
        return from === to
          ? []
          : [
              {
                change: "approvers change" as const,
                from: `${kind}: ${from}`,
                to: `${kind}: ${to}`,
              },
            ];
      }),
    ];
    if (lines.length > 0) changed += 1;
    for (const line of lines) {
      const { action } = execute.facts.proposal;
      const key = JSON.stringify([line, action]);
      const earlier = found.get(key);
      found.set(key, {
        ...line,
        action,
        count: (earlier?.count ?? 0) + 1,
        examples: [...(earlier?.examples ?? []), record.subject].slice(0, 3),
      });
    }
  }
  return {
    requests: asked.length,
    changed,
    differences: [...found.values()].toSorted(
      (a, b) => a.change.localeCompare(b.change) || b.count - a.count,
    ),
  };
}

type Line = Pick<Difference, "change" | "from" | "to">;

function differencesOf(before: Decision, after: Decision): Line[] {
  if (before.effect === "deny" || after.effect === "deny") {
    if (before.effect === after.effect) return [];
    return after.effect === "deny"
      ? [{ change: "denial appears", from: words(before), to: words(after) }]
      : [{ change: "denial disappears", from: words(before), to: words(after) }];
  }
  const needs = Kinds.options.flatMap((kind): Line[] => {
    const [from, to] = [needOf(before, kind), needOf(after, kind)];
    if (from === to) return [];
    const change =
      from === 0 ? "approval appears" : to === 0 ? "approval disappears" : "approval changes";
    return [{ change, from: `${from} ${kind}`, to: `${to} ${kind}` }];
  });
  const [waited, waits] = [waitsOf(before), waitsOf(after)];
  const waiting: Line[] =
    waited === waits
      ? []
      : [{ change: waits ? "wait appears" : "wait disappears", from: waited, to: waits }];
  return [...needs, ...waiting];
}

const needOf = (decision: Decision, kind: ApprovalKind): number =>
  decision.effect === "require" ? (decision.need[kind] ?? 0) : 0;
const waitsOf = (decision: Decision): string =>
  decision.effect === "require" ? decision.waits.toSorted().join(", ") : "";
const kindsIn = (...decisions: readonly Decision[]): ApprovalKind[] =>
  Kinds.options.filter((kind) => decisions.every((decision) => needOf(decision, kind) > 0));

const words = (decision: Decision): string =>
  decision.effect === "require"
    ? Kinds.options
        .flatMap((kind) =>
          needOf(decision, kind) > 0 ? [`${needOf(decision, kind)} ${kind}`] : [],
        )
        .concat(waitsOf(decision) ? [`wait for ${waitsOf(decision)}`] : [])
        .join(", ")
    : decision.effect === "deny"
      ? `denied by ${decision.policies.map(({ id }) => id).join(", ")}`
      : "allowed";

/** Roles as people of the firm hold them together; of somebody who has no part in the change. */
function rolesThatApprove(
  set: PolicySet,
  asked: { execute: ExecuteQuestion; kind: ApprovalKind; members: readonly Member[] },
): Role[][] {
  const { facts } = asked.execute;
  const held = new Map(
    asked.members
      .filter(({ active }) => active)
      .map(({ roles }) => [roles.toSorted().join(), roles.toSorted()]),
  );
  return [...held.values()].filter((roles) =>
    mayApprove(set, { proposal: facts.proposal, kind: asked.kind, roles, now: facts.now }),
  );
}

const stranger = "a-stranger-to-the-change" as PersonId;

/** Would a vote of somebody with these roles and no part in the change count, with a one-time code? */
export const mayApprove = (
  set: PolicySet,
  asked: { proposal: ProposalFacts; kind: ApprovalKind; roles: readonly Role[]; now: string },
): boolean =>
  checkVote(set, {
    proposal: asked.proposal,
    voter: {
      kind: "human",
      id: stranger,
      tenant: asked.proposal.tenant,
      roles: asked.roles,
      active: true,
    },
    as: asked.kind,
    now: asked.now,
    expiresAt: nextMinute(asked.now),
    shownHash: asked.proposal.payloadHash,
    channelTrusted: true,
  }).allowed;

const nextMinute = (now: string): string => new Date(Date.parse(now) + 60_000).toISOString();

/**
 * Why nobody could change the rules again under this set: the humans who may approve, and what is
 * missing. null: two can, so no rules lock the firm out of its own rules.
 */
export function lockedOut(
  set: PolicySet,
  firm: { tenant: TenantId; members: readonly Member[]; now: string },
): string | null {
  const proposal = ownRules(firm.tenant);
  const able = firm.members.filter(
    ({ active, roles }) =>
      active && mayApprove(set, { proposal, kind: "administration", roles, now: firm.now }),
  );
  const humans = new Set(able.map(({ id }) => accountsOf(id, firm.members)[0]));
  if (humans.size < 2)
    return `under these rules ${humans.size} of the firm may approve a change of the rules, and it takes two`;
  const decision = answerOf(set, {
    facts: {
      proposal,
      approvals: { finance: 0, contract: 0, delivery: 0, administration: 2 },
      approvedHash: proposal.payloadHash,
      now: firm.now,
      expiresAt: nextMinute(firm.now),
      local: { minuteOfDay: 720, businessDay: true },
      sentLast24h: 0,
    },
    businessWindow: null,
  });
  return decision.effect === "deny"
    ? `these rules would refuse every later change of the rules (${decision.policies.map(({ id }) => id).join(", ")})`
    : null;
}

const ownRules = (tenant: TenantId): ProposalFacts => ({
  tenant,
  id: ProposalId.parse("P-000000"),
  version: 1,
  action: "P01",
  group: "platform",
  clientTier: null,
  project: null,
  requester: null,
  editors: [],
  beneficiaries: [],
  movedPeople: [],
  amount: "0.00",
  payloadHash: "0".repeat(64),
  untrustedSinks: [],
  recipientInternal: true,
});
