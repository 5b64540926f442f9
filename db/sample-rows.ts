import { observe } from "#/domain/evidence.ts";
import { PersonId, TenantId } from "#/domain/ids.ts";
import type { Member } from "#/domain/member.ts";
import type { Payload } from "#/domain/proposal.ts";
import type { Source } from "#/domain/record.ts";
import type { NewProposalRow } from "./proposal-submit.ts";
import type { TenantRow } from "./tenant.ts";

/** Rows for tests: one firm, a few people, one proposal. */
export const sampleTenant = (id = "meridian"): TenantRow => ({
  id: TenantId.parse(id),
  name: `Firm ${id}`,
  baseCurrency: "EUR",
  calendar: {
    zone: "Europe/Berlin",
    days: [1, 2, 3, 4, 5],
    opensAt: 540,
    closesAt: 1020,
    holidays: [],
  },
  targetBusinessDays: 5,
  slackTeam: `T-${id}`,
});

export const sampleMember = (
  tenant: TenantId,
  id: string,
  change: Partial<Member> = {},
): Member & { secondFactor: string | null } => ({
  tenant,
  id: PersonId.parse(id),
  name: id,
  email: `${id}@firm.example`,
  roles: ["FinanceManager"],
  active: true,
  secondFactor: null,
  ...change,
});

export const sampleSource: Source = {
  system: "erp",
  type: "invoice",
  id: "INV-1",
  connection: "sandbox",
  revision: "7",
  retrievedAt: "2026-11-23T09:00:00.000Z",
  url: null,
};

export const samplePayload = (tenant: TenantId, id = "INV-1"): Payload => ({
  tenant,
  action: "R08",
  group: "financialWrite",
  tier: 4,
  target: { system: "erp", type: "invoice", id },
  title: `Release invoice ${id}`,
  arguments: [],
  effects: [
    {
      record: { system: "erp", type: "invoice", id },
      field: "state",
      before: "draft",
      after: "issued",
    },
  ],
  amount: { minor: 1_860_000, currency: "EUR" },
  preconditions: [],
  undo: "Credit note only.",
  projectId: "PRJ-1",
  projectLead: PersonId.parse("dana"),
  recipientInternal: false,
});

export const sampleProposal = (
  tenant: TenantId,
  change: Partial<NewProposalRow> & { invoice?: string; requestKey?: string } = {},
): NewProposalRow => ({
  payload: samplePayload(tenant, change.invoice),
  exceptionId: null,
  causes: ["INV-12"],
  evidence: [observe(sampleSource, "state", "draft")],
  why: "Nothing else holds it back.",
  producedBy: { mind: "rules-1", promptHash: null },
  requestedBy: { kind: "agent", person: null, name: "copilot" },
  decision: {
    effect: "require",
    need: { finance: 1 },
    waits: [],
    policies: [{ id: "T02", reason: "Releasing an invoice needs a finance manager" }],
    policySetHash: "0".repeat(64),
  },
  thread: null,
  secondsToLive: 3600,
  approvers: [PersonId.parse("fiona")],
  key: {
    requester: "agent:copilot",
    key: change.requestKey ?? `key-${change.invoice ?? "INV-1"}`,
    requestHash: "1".repeat(64),
  },
  ...change,
});
