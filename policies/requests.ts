import type { ApprovalKind } from "#/domain/decision.ts";
import { type PersonId, Sha256, type TenantId } from "#/domain/ids.ts";
import type { Capability } from "#/domain/member.ts";
import type { Entity, Ref, Request, Value } from "./engine.ts";
import type { ApproveFacts, ExecuteFacts, ProposalFacts, Voter } from "./facts.ts";

/*
 * Facts → the smallest request that policy can answer. null: the facts are malformed, and nothing
 * may be concluded from them.
 */

export function executeRequest(facts: ExecuteFacts): Request | null {
  const { proposal, approvals, local, approvedHash, sentLast24h } = facts;
  const entities = proposalEntities(proposal);
  const now = instant(facts.now);
  const expiresAt = instant(facts.expiresAt);
  const counts = [...Object.values(approvals), sentLast24h];
  if (!entities || !now || !expiresAt || !counts.every(isCount)) return null;
  if (!isCount(local.minuteOfDay) || local.minuteOfDay > 1439) return null;
  if (approvedHash !== "" && !isHash(approvedHash)) return null;
  const agent = principalOf({ kind: "agent", tenant: proposal.tenant });
  return {
    principal: agent.ref,
    action: proposal.action,
    resource: proposalRef(proposal),
    entities: [agent, ...entities],
    context: {
      now,
      expiresAt,
      local: { record: { minuteOfDay: local.minuteOfDay, businessDay: local.businessDay } },
      approvals: {
        record: {
          finance: approvals.finance,
          contract: approvals.contract,
          delivery: approvals.delivery,
          administration: approvals.administration,
        },
      },
      approvedHash,
      sentLast24h,
    },
  };
}

const approveAction = {
  finance: "approveFinance",
  contract: "approveContract",
  delivery: "approveDelivery",
  administration: "approveAdministration",
} as const satisfies Record<ApprovalKind, string>;

export function approveRequest(facts: ApproveFacts): Request | null {
  const entities = proposalEntities(facts.proposal, sameHumanAs(facts.voter));
  const now = instant(facts.now);
  const expiresAt = instant(facts.expiresAt);
  if (!entities || !now || !expiresAt) return null;
  const voter = principalOf(facts.voter);
  return {
    principal: voter.ref,
    action: approveAction[facts.as],
    resource: proposalRef(facts.proposal),
    entities: [voter, ...entities],
    context: {
      now,
      expiresAt,
      shownHash: facts.shownHash,
      channelTrusted: facts.channelTrusted,
    },
  };
}

export function capabilityRequest(ask: {
  who: Voter;
  tenant: TenantId;
  capability: Capability;
}): Request {
  const who = principalOf(ask.who);
  const tenant = tenantRef(ask.tenant);
  return {
    principal: who.ref,
    action: ask.capability,
    resource: tenant,
    entities: [who, { ref: tenant, attributes: {}, parents: [] }],
    context: {},
  };
}

/** Every account of the voter is the voter: who asked with one of them does not approve with another. */
const sameHumanAs =
  (voter: Voter) =>
  (id: PersonId): PersonId =>
    voter.kind === "human" && voter.accounts?.includes(id) ? voter.id : id;

function proposalEntities(
  facts: ProposalFacts,
  human: (id: PersonId) => PersonId = (id) => id,
): Entity[] | null {
  const amount = decimal(facts.amount);
  if (!amount || !isHash(facts.payloadHash)) return null;
  const { project, requester } = facts;
  const attributes: Record<string, Value> = {
    tenant: { ref: tenantRef(facts.tenant) },
    amount,
    catalogueId: facts.action,
    group: { ref: { type: "ActionGroup", id: facts.group } },
    editors: facts.editors.map((id) => ({ ref: humanRef(human(id)) })),
    beneficiaries: facts.beneficiaries.map((id) => ({ ref: humanRef(human(id)) })),
    movedPeople: facts.movedPeople.map((id) => ({ ref: humanRef(human(id)) })),
    payloadHash: facts.payloadHash,
    untrustedSinks: facts.untrustedSinks.map((id) => ({ ref: { type: "SinkClass", id } })),
    recipientInternal: facts.recipientInternal,
  };
  if (facts.clientTier !== null)
    attributes["clientTier"] = { ref: { type: "ClientTier", id: facts.clientTier } };
  if (requester !== null) attributes["requester"] = { ref: humanRef(human(requester)) };
  const proposal = { ref: proposalRef(facts), attributes, parents: [] };
  if (project === null) return [proposal];
  const ref = { type: "Project", id: project.id };
  attributes["project"] = { ref };
  const ofProject: Record<string, Value> = { tenant: { ref: tenantRef(project.tenant) } };
  if (project.lead !== null) ofProject["lead"] = { ref: humanRef(human(project.lead)) };
  return [proposal, { ref, attributes: ofProject, parents: [] }];
}

function principalOf(voter: Voter): Entity {
  const tenant = { ref: tenantRef(voter.tenant) };
  if (voter.kind === "agent")
    return { ref: { type: "Agent", id: "countersign" }, attributes: { tenant }, parents: [] };
  return {
    ref: humanRef(voter.id),
    attributes: { tenant, active: voter.active },
    parents: voter.roles.map((id) => ({ type: "Role", id })),
  };
}

const tenantRef = (id: string): Ref => ({ type: "Tenant", id });
const humanRef = (id: string): Ref => ({ type: "Human", id });
const proposalRef = ({ id, version }: ProposalFacts): Ref => ({
  type: "Proposal",
  id: `${id}@${version}`,
});

const isHash = (text: string): boolean => Sha256.safeParse(text).success;
/** Above 2^53 the engine would read a different number than we wrote, without saying so. */
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The engine wants a point in every decimal; whole amounts of yen have none. */
function decimal(amount: string): Value | null {
  if (!/^-?\d{1,14}(\.\d{1,4})?$/.test(amount)) return null;
  return { decimal: amount.includes(".") ? amount : `${amount}.0` };
}

/** Cut to milliseconds, which is what the engine compares. Cutting both sides never adds time. */
function instant(text: string): Value | null {
  try {
    return {
      instant: Temporal.Instant.from(text).toString({
        fractionalSecondDigits: 3,
        roundingMode: "trunc",
      }),
    };
  } catch {
    return null;
  }
}
