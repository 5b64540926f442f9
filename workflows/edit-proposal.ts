import { ActionId } from "#/domain/action.ts";
import type { EditOutcome } from "#/domain/approval.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { ProposalId } from "#/domain/ids.ts";
import { accountsOf, type Member, type Principal } from "#/domain/member.ts";
import { type Payload, payloadHash } from "#/domain/proposal.ts";
import { RecordRef } from "#/domain/record.ts";
import { whoMayApprove } from "#/policies/who-may-approve.ts";
import {
  decide,
  type Judged,
  needOf,
  noApprovals,
  onRecord,
  proposalFacts,
} from "./policy-facts.ts";
import { approversOf, type ProposeNeeds } from "./propose-remediation.ts";
import type { Store, Tenant } from "./store.ts";
import { mayWithdraw } from "./withdraw-proposal.ts";

export type EditNeeds = Omit<ProposeNeeds, "store"> & {
  readonly store: ProposeNeeds["store"] & Pick<Store, "proposal" | "replaceVersion">;
  /** Which arguments of an action a person may change, as the action declares. */
  readonly editable: (action: ActionId) => readonly string[];
};

export type EditRequest = {
  readonly proposal: ProposalId;
  readonly version: number;
  /** By argument: the new words. An empty text takes the argument away. */
  readonly values: Readonly<Record<string, string>>;
};

const longestValue = 500;

/**
 * Other words for the same change: read again at the source, judged again by policy, and to be
 * voted on again. Whoever edits it cannot approve it. Throws INVALID_ARGUMENTS for an argument that
 * may not be edited, PRECONDITION_FAILED, POLICY_DENIES, UNKNOWN_PROPOSAL.
 */
export async function editProposal(
  who: Principal,
  request: EditRequest,
  needs: EditNeeds,
): Promise<EditOutcome> {
  const tenant = await needs.store.tenant(who.tenant);
  const fact = await needs.store.proposal(tenant.id, request.proposal, request.version);
  if (!fact) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: request.proposal });
  const { proposal } = fact;
  if (proposal.state !== "waiting") return { result: "closed", state: proposal.state };
  const action = ActionId.safeParse(proposal.payload.action).data;
  const target = RecordRef.safeParse(proposal.payload.target).data;
  // Other rules are another text, and another text is another proposal.
  if (!action || !target)
    return {
      result: "refused",
      reasons: [{ id: "not-editable", reason: "A change of the rules cannot be edited" }],
    };
  const members = await needs.store.members(tenant.id);
  const against = mayEdit(proposal, { who, members, tenant, needs });
  if (against.length > 0 || who.person === null) return { result: "refused", reasons: against };

  const changed = changedArguments(proposal.payload, request.values, needs);
  if (changed.length === 0) return { result: "unchanged" };
  const { payload, evidence } = await needs.preview({
    tenant,
    action,
    target,
    note: request.values["note"] ?? valueOf(proposal.payload, "note"),
  });
  if (payloadHash(payload) === proposal.payloadHash) return { result: "unchanged" };
  mustStayTheSameChange(proposal.payload, payload);

  const editedBy = [...(proposal.editedBy ?? []), who.person];
  const judged: Judged = { ...proposal, version: proposal.version + 1, payload, editedBy };
  const { policy, decided } = onRecord(needs.policy(tenant.id));
  const now = needs.now();
  const decision = decide(policy, judged, {
    tenant,
    approvals: noApprovals,
    now,
    sentLast24h: await needs.store.sentLast24h(tenant.id, payload),
  });
  if (decision.effect === "deny") {
    await needs.store.recordDenial(payload, proposal.requestedBy, decision, decided());
    throw new CountersignError("POLICY_DENIES", {
      reasons: decision.policies.map((each) => `${each.reason} (${each.id})`).join("; "),
    });
  }
  const known = await needs.store.evidence(tenant.id, proposal.evidence);
  const secondsLeft = Math.max(
    1,
    Math.ceil((Date.parse(proposal.expiresAt) - Date.parse(now)) / 1000),
  );
  return needs.store.replaceVersion(
    tenant.id,
    { id: proposal.id, version: proposal.version },
    {
      payload,
      evidence: [...known, ...evidence.filter(({ id }) => !proposal.evidence.includes(id))],
      decision,
      decided: decided(),
      approvers: await approversOf(judged, { decision, policy, now }, needs),
      editor: who.person,
      changed,
    },
    (version) => async (transaction) => {
      const { id } = proposal;
      await needs.start.expireLater({ tenant: tenant.id, id, version }, secondsLeft)(transaction);
      if (decision.effect === "allow")
        await needs.start.carryOut(tenant.id, id, version)(transaction);
    },
  );
}

/** Whoever may take it back, and whoever could approve it, may give it other words. */
function mayEdit(
  proposal: Judged & Parameters<typeof mayWithdraw>[0]["proposal"],
  {
    who,
    members,
    tenant,
    needs,
  }: { who: Principal; members: readonly Member[]; tenant: Tenant; needs: EditNeeds },
): PolicyReason[] {
  const member = members.find(({ id }) => id === who.person);
  const person = member ? { ...member, accounts: accountsOf(member.id, members) } : null;
  const against = mayWithdraw({ proposal, person });
  if (against.length === 0) return [];
  const policy = needs.policy(tenant.id);
  const now = needs.now();
  const decision = decide(policy, proposal, {
    tenant,
    approvals: noApprovals,
    now,
    sentLast24h: 0,
  });
  const able = whoMayApprove(policy, {
    proposal: proposalFacts(policy, proposal),
    need: needOf(decision),
    members,
    now,
    expiresAt: proposal.expiresAt,
  });
  return able.some((each) => each.person === who.person)
    ? []
    : [
        {
          id: "not-yours",
          reason: "Only whoever asked for it, may approve it, or administers this, can edit it",
        },
      ];
}

const valueOf = (payload: Payload, name: string): string | null => {
  const value = payload.arguments.find((argument) => argument.name === name)?.value;
  return typeof value === "string" ? value : null;
};

/** What really differs. Money, destinations, recipients and terms are never anybody's to type. */
function changedArguments(
  payload: Payload,
  values: EditRequest["values"],
  { editable }: Pick<EditNeeds, "editable">,
): string[] {
  const action = ActionId.safeParse(payload.action).data;
  const allowed = action ? editable(action) : [];
  const problems = Object.entries(values).flatMap(([name, value]) => {
    const sink = payload.arguments.find((argument) => argument.name === name)?.sink ?? "text";
    if (!allowed.includes(name) || (sink !== "text" && sink !== "choice"))
      return [
        `${name.slice(0, 40)} cannot be edited${allowed.length > 0 ? `; what can: ${allowed.join(", ")}` : ""}`,
      ];
    return value.length > longestValue ? [`${name} has more than ${longestValue} characters`] : [];
  });
  if (problems.length > 0)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: problems.join("; ") });
  return Object.keys(values).filter(
    (name) => (values[name] ?? "").trim() !== (valueOf(payload, name) ?? ""),
  );
}

/** An edit changes words. Another record or another action would be another proposal. */
function mustStayTheSameChange(before: Payload, after: Payload): void {
  const same =
    before.action === after.action &&
    before.target.system === after.target.system &&
    before.target.type === after.target.type &&
    before.target.id === after.target.id;
  if (!same)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: "an edit cannot change the action or the record",
    });
}
