import { type BusinessCalendar, localTime } from "#/domain/business-time.ts";
import { ApprovalKind, type Decision, type PolicyReason } from "#/domain/decision.ts";
import { evaluateFacts, foldReasons } from "./evaluate-closed.ts";
import type { ApproveFacts, ExecuteFacts, VoteCheck } from "./facts.ts";
import { type PolicySet, reasonsOf } from "./policy-set.ts";
import { approveRequest, executeRequest } from "./requests.ts";
import { nextBusinessWindow, type WaitToken } from "./wait.ts";

type MutableNeed = { -readonly [kind in ApprovalKind]?: number };

/**
 * May this proposal version run now, and if not, what would make it run? Pure. Every branch that is
 * not a clean yes is a no: bad facts, an engine failure, a rule that cannot be evaluated, a cure
 * that would not cure. `need` counts in total, and leaves out kinds that already have enough.
 * `businessWindow` is the firm's calendar; without it, a rule that says "wait" denies.
 */
export function decideExecute(
  set: PolicySet,
  facts: ExecuteFacts,
  options: { readonly businessWindow?: BusinessCalendar } = {},
): Decision {
  const first = evaluateExecute(set, facts);
  if (first.allowed)
    return {
      effect: "allow",
      obligations: first.ids.flatMap((id) => set.declared.get(id)?.obligations ?? []),
      ...decided(set, first.ids),
    };

  const need: MutableNeed = {};
  const waits = new Set<WaitToken>();
  const hard: string[] = [];
  for (const id of first.ids) {
    const cure = set.declared.get(id)?.cure;
    if (!cure) hard.push(id);
    else if (cure.kind === "wait") waits.add(cure.until);
    else need[cure.approval] = Math.max(need[cure.approval] ?? 0, cure.count);
  }
  if (hard.length > 0) return { effect: "deny", ...decided(set, hard) };

  // The annotation is only a claim. Ask again with what it claims would be enough.
  const cured = withCure(facts, { need, waits, calendar: options.businessWindow });
  const second = cured ? evaluateExecute(set, cured) : null;
  if (!second?.allowed)
    return {
      effect: "deny",
      ...decided(set, [
        ...new Set(["F07-cure-does-not-cure", ...first.ids, ...(second?.ids ?? [])]),
      ]),
    };
  return { effect: "require", need, waits: [...waits], ...decided(set, first.ids) };
}

/**
 * May this vote be cast, and does it still count? Asked at the click and again for every vote at
 * execution, with the person's rights as they are then. Pure and fail closed, as above.
 */
export function checkVote(set: PolicySet, facts: ApproveFacts): VoteCheck {
  const { allowed, ids } = evaluateFacts(set, () => approveRequest(facts));
  return { allowed, policies: explain(set, ids) };
}

const evaluateExecute = (set: PolicySet, facts: ExecuteFacts) =>
  evaluateFacts(set, () => {
    // The group is on the card; a card that names another group than the catalogue lies.
    const { action, group } = facts.proposal;
    return set.groups.get(action) === group ? executeRequest(facts) : null;
  });

function withCure(
  facts: ExecuteFacts,
  cure: {
    need: Readonly<MutableNeed>;
    waits: ReadonlySet<WaitToken>;
    calendar: BusinessCalendar | undefined;
  },
): ExecuteFacts | null {
  const approvals = { ...facts.approvals };
  for (const kind of ApprovalKind.options)
    approvals[kind] = Math.max(approvals[kind], cure.need[kind] ?? 0);
  const voted = Object.keys(cure.need).length > 0;
  const cured = {
    ...facts,
    approvals,
    approvedHash: voted ? facts.proposal.payloadHash : facts.approvedHash,
  };
  if (cure.waits.size === 0) return cured;
  // Judged at the very instant the host would try again, so expiry before opening is seen too.
  const opens = cure.calendar ? nextBusinessWindow(cure.calendar, facts.now) : null;
  if (!cure.calendar || opens === null) return null;
  return { ...cured, now: opens, local: localTime(cure.calendar, opens) };
}

const decided = (set: PolicySet, ids: readonly string[]) => ({
  policies: explain(set, ids),
  policySetHash: set.hash,
});

const explain = (set: PolicySet, ids: readonly string[]): PolicyReason[] =>
  ids.flatMap((id) =>
    id in foldReasons
      ? [{ id, reason: foldReasons[id as keyof typeof foldReasons] }]
      : reasonsOf(set, [id]),
  );
