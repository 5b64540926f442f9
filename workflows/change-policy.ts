import { contentHash } from "#/domain/canonical-json.ts";
import { type Decided, type KeptDecision, rulesHash } from "#/domain/decision-record.ts";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { ProposalId, type Sha256, type TenantId } from "#/domain/ids.ts";
import type { Member, Principal, Role } from "#/domain/member.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { PolicyVersion } from "#/domain/policy-version.ts";
import type { Payload, Requester } from "#/domain/proposal.ts";
import type { AnyRecordRef } from "#/domain/record.ts";
import { type Receipt, Refused } from "#/domain/run.ts";
import {
  type Difference,
  diffPolicies,
  lockedOut,
  type PolicyDifference,
} from "#/policies/policy-diff.ts";
import { createPolicySet, type PolicySet } from "#/policies/policy-set.ts";
import type { Start } from "./durable.ts";
import { decide, type FirmPolicy, type Judged, noApprovals, onRecord } from "./policy-facts.ts";
import { approversOf } from "./propose-remediation.ts";
import type { Store } from "./store.ts";

/** What a change of the rules needs kept. */
export type PolicyStore = {
  inForce(tenant: TenantId): Promise<{ number: number; rulesHash: Sha256 } | null>;
  versions(tenant: TenantId): Promise<PolicyVersion[]>;
  rules(tenant: TenantId, hash: string): Promise<string | null>;
  keepRules(tenant: TenantId, rules: string): Promise<Sha256>;
  decisions(tenant: TenantId, since: string | null): Promise<KeptDecision[]>;
  refuse(
    tenant: TenantId,
    refused: {
      who: string;
      name: string;
      rulesHash: Sha256;
      why: string;
      tell: readonly string[];
      decided?: Decided;
    },
  ): Promise<void>;
  activate(
    tenant: TenantId,
    change: { key: string; before: Sha256; after: Sha256 },
  ): Promise<PolicyVersion | null>;
  activated(tenant: TenantId, key: string): Promise<PolicyVersion | null>;
};

export type ChangePolicyNeeds = {
  readonly store: Pick<
    Store,
    "tenant" | "members" | "delegations" | "submitProposal" | "recordDenial"
  >;
  readonly policies: PolicyStore;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  readonly start: Pick<Start, "carryOut" | "expireLater">;
  readonly now: () => string;
  readonly secondsToLive: number;
};

/** Who may ask for other rules. Approving them is for policy to say: see G25 and G26. */
const mayAsk: readonly Role[] = [
  "Administrator",
  "DeliveryLead",
  "PracticeDirector",
  "FinanceController",
  "ChiefFinancialOfficer",
];

/**
 * What candidate rules would have said to the requests on record. Throws POLICY_SET_INVALID when they
 * do not stand the strict check, or would lock the firm out of its own rules.
 */
export async function shadowRun(
  tenant: TenantId,
  { rules, since }: { rules: string; since: string | null },
  needs: Pick<ChangePolicyNeeds, "store" | "policies" | "policy" | "now">,
): Promise<PolicyDifference> {
  const members = await needs.store.members(tenant);
  const candidate = mustStand(tenant, { rules, members, now: needs.now() });
  const records = await needs.policies.decisions(tenant, since);
  return diffPolicies({ inForce: needs.policy(tenant), candidate, records, members });
}

function mustStand(
  tenant: TenantId,
  { rules, members, now }: { rules: string; members: readonly Member[]; now: string },
): PolicySet {
  // A name of its own: the slots of the set in force are not touched.
  const candidate = createPolicySet({ name: `${tenant} candidate`, tenantRules: rules });
  const why = lockedOut(candidate, { tenant, members, now });
  if (why) throw new CountersignError("POLICY_SET_INVALID", { problems: why });
  return candidate;
}

/**
 * Asks the administrators for exactly these rules: a proposal like any other, whose effect is the hash
 * of the rules before and after. Throws POLICY_SET_INVALID, FORBIDDEN, INVALID_ARGUMENTS, POLICY_DENIES.
 */
export async function proposePolicyChange(
  who: Principal,
  { rules, reason }: { rules: string; reason: string },
  needs: ChangePolicyNeeds,
): Promise<{ id: ProposalId; version: number; created: boolean; summary: PolicyDifference }> {
  const tenant = await needs.store.tenant(who.tenant);
  const members = await needs.store.members(tenant.id);
  await mustBeAllowed(who, { rules, members }, needs);
  const words = plainText(reason, 500);
  if (!words)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "say why, with --reason" });
  const summary = await shadowRun(tenant.id, { rules, since: null }, needs);
  const inForce = await needs.policies.inForce(tenant.id);
  const after = await needs.policies.keepRules(tenant.id, rules);
  if (!inForce || inForce.rulesHash === after)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: inForce ? "these rules are in force already" : "no rules are in force yet",
    });
  const payload = policyPayload(tenant.id, { inForce, after, summary: summaryText(summary) });
  const requestedBy: Requester = { kind: who.kind, person: who.person, name: who.name };
  const judged: Judged = {
    id: ProposalId.parse("P-000000"),
    version: 1,
    payload,
    requestedBy,
    expiresAt: new Date(Date.parse(needs.now()) + needs.secondsToLive * 1000).toISOString(),
  };
  const { policy, decided } = onRecord(needs.policy(tenant.id));
  const now = needs.now();
  const decision = decide(policy, judged, { tenant, approvals: noApprovals, now, sentLast24h: 0 });
  // G25 requires two in every firm. Anything else than "require" is a rule that refuses it.
  if (decision.effect !== "require") {
    await needs.store.recordDenial(payload, requestedBy, decision, decided());
    throw new CountersignError("POLICY_DENIES", {
      reasons: decision.policies.map((each) => `${each.reason} (${each.id})`).join("; "),
    });
  }
  const source = { connection: "countersign", revision: String(inForce.number), retrievedAt: now };
  const made = await needs.store.submitProposal(
    {
      payload,
      exceptionId: null,
      causes: [],
      evidence: [
        observe({ ...policyRef(tenant.id), ...source, url: null }, "rules", inForce.rulesHash),
      ],
      why: words,
      producedBy: { mind: "person", promptHash: null },
      requestedBy,
      decision,
      decided: decided(),
      thread: null,
      secondsToLive: needs.secondsToLive,
      approvers: await approversOf(judged, { decision, policy, now }, needs),
      key: {
        requester: `person:${who.person}`,
        key: `policy ${inForce.number} ${after} ${contentHash({ words, now })}`,
        requestHash: contentHash({ before: inForce.rulesHash, after }),
      },
    },
    (id, version) =>
      needs.start.expireLater({ tenant: tenant.id, id, version }, needs.secondsToLive),
  );
  return { ...made, summary };
}

/** Refused, written down, and told to those who look after the rules. */
async function mustBeAllowed(
  who: Principal,
  { rules, members }: { rules: string; members: readonly Member[] },
  needs: ChangePolicyNeeds,
): Promise<void> {
  const me = members.find(({ id, active }) => active && id === who.person);
  if (who.kind === "person" && me?.roles.some((role) => mayAsk.includes(role))) return;
  await needs.policies.refuse(who.tenant, {
    who: who.person ? `person:${who.person}` : `agent:${who.name}`,
    name: who.name,
    rulesHash: rulesHash(rules),
    why: "only administrators and leads may",
    tell: members
      .filter(({ active, roles }) => active && roles.includes("Administrator"))
      .map(({ email }) => email),
  });
  throw new CountersignError("FORBIDDEN", {
    who: who.name,
    what: "ask for other rules",
    needed: "administrator's",
  });
}

const policyRef = (tenant: TenantId): AnyRecordRef => ({
  system: "countersign",
  type: "policy",
  id: tenant,
});

/** The exact change. The text stands behind `after`: another letter in it is another hash. */
function policyPayload(
  tenant: TenantId,
  change: { inForce: { number: number; rulesHash: Sha256 }; after: Sha256; summary: string },
): Payload {
  const target = policyRef(tenant);
  const { number, rulesHash: before } = change.inForce;
  return {
    tenant,
    action: "P01",
    group: "platform",
    tier: 4,
    target,
    title: `Put rules ${change.after.slice(0, 12)} in force instead of version ${number}`,
    arguments: [
      { name: "shadow run", sink: "choice", label: "DERIVED", value: change.summary, from: null },
    ],
    effects: [{ record: target, field: "rules", before, after: change.after }],
    amount: null,
    preconditions: [
      {
        record: target,
        revision: String(number),
        asserted: [{ field: "rules", value: before }],
      },
    ],
    undo: `Propose the rules of version ${number} again: countersign policy show ${number}`,
    projectId: null,
    projectLead: null,
    recipientInternal: true,
  };
}

/** The change as it would be asked for now: other rules in force meanwhile make another payload. */
export async function previewPolicyChange(
  payload: Payload,
  needs: Pick<ChangePolicyNeeds, "policies">,
): Promise<Payload> {
  const inForce = await needs.policies.inForce(payload.tenant);
  const { after } = hashesOf(payload);
  if (!inForce) throw new Error("no rules are in force");
  const summary = payload.arguments.find(({ name }) => name === "shadow run")?.value;
  return policyPayload(payload.tenant, { inForce, after, summary: String(summary) });
}

/** The one write: a version, its audit line and nothing else, in one transaction. Throws Refused. */
export async function activatePolicyChange(
  payload: Payload,
  key: string,
  { policies, now }: Pick<ChangePolicyNeeds, "policies" | "now">,
): Promise<Receipt> {
  const { before, after } = hashesOf(payload);
  const rules = await policies.rules(payload.tenant, after);
  // Between approval and now the product may have been changed under them.
  if (rules !== null) createPolicySet({ name: `${payload.tenant} candidate`, tenantRules: rules });
  const version = await policies.activate(payload.tenant, { key, before, after });
  if (!version)
    throw new Refused("conflict", "other rules are in force than the change was approved against");
  return {
    record: payload.target,
    externalId: `version ${version.number}`,
    url: null,
    observed: { rules: version.rulesHash },
    verifiedAt: now(),
  };
}

function hashesOf({ effects }: Payload): { before: Sha256; after: Sha256 } {
  const [effect] = effects;
  if (typeof effect?.before !== "string" || typeof effect.after !== "string")
    throw new Error("a change of the rules names the hashes before and after");
  return { before: effect.before, after: effect.after };
}

/** `denial appears: R08 ×3 (P-7K3M2Q)` and so on, as approvers read it on the card. */
export function summaryText({ requests, changed, differences }: PolicyDifference): string {
  if (requests === 0) return "No request is on record yet to try these rules on.";
  if (changed === 0) return `All ${requests} requests on record end as before.`;
  const lines = differences.slice(0, 6).map(differenceText);
  const more = differences.length - lines.length;
  return `${changed} of ${requests} requests on record end otherwise. ${lines.join(". ")}${more > 0 ? `. And ${more} more kinds of difference` : ""}.`;
}

export const differenceText = ({ change, action, from, to, count, examples }: Difference): string =>
  `${change}: ${action} ×${count}, ${from || "none"} → ${to || "none"} (${examples
    .map((subject) => subject.replace(/^proposal:(P-[^:]+):.*$/, "$1"))
    .join(", ")})`;
