import { contentHash } from "#/domain/canonical-json.ts";
import { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Role } from "#/domain/member.ts";
import { type Payload, type Proposal, payloadHash } from "#/domain/proposal.ts";
import { createPolicySet, defaultTenantRules } from "#/policies/policy-set.ts";
import type { FirmPolicy } from "./policy-facts.ts";
import type { CountedVote, Tenant, Voter } from "./store.ts";

/** A small firm for tests of the spine, with the policies that are shipped. */
export const firm: Tenant = {
  id: TenantId.parse("sample"),
  name: "Sample",
  baseCurrency: "EUR",
  calendar: {
    zone: "Europe/Ljubljana",
    days: [1, 2, 3, 4, 5],
    opensAt: 540,
    closesAt: 1020,
    holidays: [],
  },
  targetBusinessDays: 5,
  slackTeam: null,
};

/** Each under a name of its own: the engine keeps only the newest two sets of one name. */
export const firmPolicy = (extraRules = ""): FirmPolicy => ({
  ...createPolicySet({
    name: `${firm.id}-${contentHash(extraRules).slice(0, 8)}`,
    tenantRules: `${defaultTenantRules}\n${extraRules}`,
  }),
  baseCurrency: firm.baseCurrency,
});

/** A Monday in working hours, and the end of the sample proposal's time. */
export const now = "2026-11-23T10:00:00.000Z";
export const expiresAt = "2026-11-24T10:00:00.000Z";

export const voterOf = (
  id: string,
  roles: readonly Role[],
  change: Partial<Voter> = {},
): Voter => ({
  tenant: firm.id,
  id: PersonId.parse(id),
  name: id,
  email: `${id}@firm.example`,
  roles: [...roles],
  active: true,
  secondFactor: null,
  secondFactorStep: 0,
  accounts: [PersonId.parse(id)],
  ...change,
});

const target = { system: "erp", type: "invoice", id: "INV-1" } as const;

/** The release of an invoice of EUR 18,600.00 on a project that Dana leads. */
export const release = (change: Partial<Payload> = {}): Payload => ({
  tenant: firm.id,
  action: "R08",
  group: "financialWrite",
  tier: 4,
  target,
  title: "Release invoice INV-1",
  arguments: [],
  effects: [{ record: target, field: "state", before: "draft", after: "issued" }],
  amount: { minor: 1_860_000, currency: "EUR" },
  preconditions: [],
  undo: "A credit note.",
  projectId: "P-1",
  projectLead: PersonId.parse("dana"),
  recipientInternal: false,
  ...change,
});

export const proposalOf = (payload: Payload, change: Partial<Proposal> = {}): Proposal => ({
  tenant: firm.id,
  id: ProposalId.parse("P-SAMPLE1"),
  version: 1,
  exceptionId: null,
  payload,
  payloadHash: payloadHash(payload),
  nonce: "nonce",
  state: "waiting",
  stateReason: null,
  causes: ["INV-12"],
  evidence: [],
  why: "Nothing else holds it back.",
  producedBy: { mind: "rules-1", promptHash: null },
  requestedBy: { kind: "person", person: PersonId.parse("rita"), name: "Rita" },
  decision: {
    effect: "require",
    need: { finance: 1 },
    waits: [],
    policies: [{ id: "G14-money-needs-a-human", reason: "A finance manager must approve" }],
    policySetHash: "0".repeat(64),
  },
  thread: null,
  createdAt: "2026-11-23T09:00:00.000Z",
  expiresAt,
  ...change,
});

/** A finance approval of exactly this proposal by that person. */
export const approvalBy = (
  voter: Voter,
  proposal: Proposal,
  change: Partial<CountedVote["vote"]> = {},
): CountedVote => ({
  voter,
  vote: {
    proposal: proposal.id,
    version: proposal.version,
    person: voter.id,
    kind: "finance",
    verdict: "approve",
    reason: null,
    shownHash: proposal.payloadHash,
    channel: "slack",
    channelTrusted: false,
    at: "2026-11-23T09:30:00.000Z",
    ...change,
  },
});
