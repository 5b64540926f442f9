import type { InvoiceDelay } from "#/domain/assessment.ts";
import { type Evidence, observe } from "#/domain/evidence.ts";
import { ExceptionId, PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Member } from "#/domain/member.ts";
import { type Payload, type Proposal, payloadHash } from "#/domain/proposal.ts";
import type { Source } from "#/domain/record.ts";
import type { Answer, ProposalView } from "#/workflows/services.ts";

/* What tests of this room put on cards. */

export const tenant = TenantId.parse("acme");
export const invoiceSource: Source = {
  system: "erp",
  type: "invoice",
  id: "INV-1042",
  connection: "sandbox",
  revision: "7",
  retrievedAt: "2026-11-23T10:00:00.000Z",
  url: "https://erp.example/invoices/INV-1042",
};
const ref = { system: "erp", type: "invoice", id: "INV-1042" } as const;

export const facts: Evidence[] = [
  observe(invoiceSource, "state", "approved"),
  observe(invoiceSource, "net", "EUR 48,200.00"),
];

export const person = (id: string, name: string, roles: Member["roles"]): Member => ({
  tenant,
  id: PersonId.parse(id),
  name,
  email: `${id}@acme.example`,
  roles,
  active: true,
});
export const dana = person("dana", "Dana Ito", ["FinanceManager"]);
export const eli = person("eli", "Eli Mora", ["FinanceManager"]);
export const ana = person("ana", "Ana Kovac", ["DeliveryLead"]);

export const payload = (change: Partial<Payload> = {}): Payload => ({
  tenant,
  action: "R08",
  group: "financialWrite",
  tier: 4,
  target: ref,
  title: "Release invoice INV-1042 to Aurora Health",
  arguments: [
    {
      name: "invoice",
      sink: "destination",
      label: "SOR",
      value: "INV-1042",
      from: { record: ref, field: "id" },
    },
  ],
  effects: [{ record: ref, field: "state", before: "approved", after: "issued" }],
  amount: { minor: 4_820_000, currency: "EUR" },
  preconditions: [],
  undo: "A credit note. The client will have seen the invoice.",
  projectId: "PRJ-1",
  projectLead: null,
  recipientInternal: false,
  ...change,
});

export function proposal(change: Partial<Proposal> = {}): Proposal {
  const content = change.payload ?? payload();
  return {
    tenant,
    id: ProposalId.parse("P-7K3M2Q"),
    version: 1,
    exceptionId: ExceptionId.parse("X-7K3M2Q"),
    payload: content,
    payloadHash: payloadHash(content),
    nonce: "nonce-1",
    state: "waiting",
    stateReason: null,
    causes: ["INV-8"],
    evidence: facts.map((fact) => fact.id),
    why: "All blockers are gone, so the invoice can go out.",
    producedBy: { mind: "rules-1", promptHash: null },
    requestedBy: { kind: "agent", person: null, name: "planner" },
    decision: {
      effect: "require",
      need: { finance: 1 },
      waits: [],
      policies: [{ id: "T10-money-needs-finance", reason: "Money needs a finance manager." }],
      policySetHash: "a".repeat(64),
    },
    thread: null,
    createdAt: "2026-11-23T10:00:00.000Z",
    expiresAt: "2026-11-23T18:00:00.000Z",
    ...change,
  };
}

export const view = (
  change: Partial<Proposal> = {},
  around: Partial<ProposalView> = {},
): ProposalView => ({
  proposal: proposal(change),
  need: { finance: 1 },
  have: {},
  votes: [],
  evidence: facts,
  mayApprove: [{ person: dana.id, name: dana.name, kind: "finance" }],
  auditAnchor: "#41 0a1b2c3d4e5f",
  outcome: null,
  ...around,
});

export const answer = (change: Partial<Answer> = {}): Answer => ({
  sentences: facts.slice(0, 1).map((fact) => ({
    text: "Invoice INV-1042 is approved and not issued.",
    evidence: [fact.id],
  })),
  evidence: facts,
  droppedClaims: 0,
  proposals: [],
  producedBy: { mind: "rules-1", promptHash: null },
  ...change,
});

const cause = (code: "INV-1" | "INV-8", title: string, totalMinutes: number) => ({
  code,
  title,
  open: code === "INV-8",
  totalMinutes,
  soleMinutes: totalMinutes,
  sharedMinutes: 0,
  savedMinutes: totalMinutes,
  confidence: "high" as const,
  blockers: [
    {
      cause: code,
      record: ref,
      detail: title,
      start: "2026-11-02T09:00:00.000Z",
      end: null,
      evidence: facts.map((fact) => fact.id),
    },
  ],
  evidence: facts.map((fact) => fact.id),
});

export const delay = (change: Partial<InvoiceDelay> = {}): InvoiceDelay => ({
  tenant,
  invoice: {
    ref,
    number: "INV-1042",
    reference: null,
    clientName: "Aurora Health",
    projectId: "PRJ-1",
    projectName: "Apollo",
    state: "approved",
    net: { minor: 4_820_000, currency: "EUR" },
  },
  asOf: "2026-11-23T10:00:00.000Z",
  status: "late",
  window: {
    start: "2026-11-02T09:00:00.000Z",
    end: "2026-11-23T10:00:00.000Z",
    businessMinutes: 1120,
  },
  causes: [cause("INV-1", "Timesheets missing", 500), cause("INV-8", "Waits for release", 500)],
  unexplainedMinutes: 120,
  minutesPerDay: 480,
  gaps: [],
  evidence: facts,
  rulesVersion: "2026-11",
  ...change,
});

/** What an attacker would write into a client name, a note or a model's words. */
export const hostile = [
  "<!channel> <@U0ADMIN> <https://evil.example|Approve>",
  "*Approved* by _Dana_ `ok` ~no~ :white_check_mark:",
  "pay \u202Egnp.eciovni\u202C now\u200B\u{E0041}\u{E0042}",
  "＜!here＞ ＆lt; \u0000\u0007\u001b[31m",
  "line one\r\nline two\u2028line three",
  "a&b <b> \ud800 z\u0335\u0336\u0337\u0338\u0335\u0336algo",
  "https://evil.example/approve",
] as const;

/** Every mrkdwn text of a message or view: the only place where markup could do something. */
export function mrkdwnOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("type" in value && value.type === "mrkdwn" && "text" in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

/** Blocks without their ids, which change with the content. */
export const withoutIds = (blocks: readonly { block_id?: string }[]): object[] =>
  blocks.map((block) => ({ ...block, block_id: undefined }));
