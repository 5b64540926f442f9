import type { ActionDeclaration } from "#/domain/action.ts";
import { InvoiceDelay } from "#/domain/assessment.ts";
import { CountersignError } from "#/domain/errors.ts";
import { type Evidence, observe } from "#/domain/evidence.ts";
import { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Capability, Principal } from "#/domain/member.ts";
import { Proposal, payloadHash } from "#/domain/proposal.ts";
import { formatRef, type Project, type Source } from "#/domain/record.ts";
import type { ProposalView, ProposeRequest } from "#/workflows/services.ts";
import type { ServerServices } from "../operations-server.ts";

/* One firm with one late invoice, in memory: what the tests of the doors talk to. */

export const asOf = "2026-11-23T10:00:00.000Z";
const tenant = TenantId.parse("meridian");

export const principalWith = (...capabilities: Capability[]): Principal => ({
  tenant,
  person: PersonId.parse("dana"),
  name: "Dana Fischer",
  kind: "person",
  capabilities: new Set(capabilities),
});

const source = (system: Source["system"], type: string, id: string): Source => ({
  system,
  type,
  id,
  connection: "sandbox",
  revision: "7",
  retrievedAt: asOf,
  url: `http://127.0.0.1:9/${system}/${type}/${id}`,
});
const refOf = ({ system, type, id }: Source) => ({ system, type, id });

export type SampleNames = { client?: string; project?: string; person?: string };

export function sampleDelay(names: SampleNames = {}): InvoiceDelay {
  const invoice = source("erp", "invoice", "INV-1042");
  const week = source("psa", "timesheet-week", "TW-17");
  const order = source("crm", "change-order", "CO-9");
  const person = names.person ?? "Ana Kovac";
  const state = observe(invoice, "state", "draft");
  const net = observe(invoice, "net", 4_820_000);
  const missing = observe(week, "state", "missing");
  const due = observe(week, "dueOn", "2026-11-09");
  const unsigned = observe(order, "state", "client_review");
  const raised = observe(order, "raisedOn", "2026-11-05");
  return InvoiceDelay.parse({
    tenant,
    invoice: {
      ref: refOf(invoice),
      number: "INV-1042",
      reference: "Aurora November",
      clientName: names.client ?? "Aurora Health",
      projectId: "PRJ-3",
      projectName: names.project ?? "Aurora data platform",
      state: "draft",
      net: { minor: 4_820_000, currency: "EUR" },
    },
    asOf,
    status: "late",
    window: { start: "2026-11-02T08:00:00.000Z", end: asOf, businessMinutes: 3_600 },
    causes: [
      {
        code: "INV-1",
        title: "Timesheets missing",
        open: true,
        totalMinutes: 2_160,
        soleMinutes: 1_680,
        sharedMinutes: 480,
        savedMinutes: 1_680,
        confidence: "high",
        blockers: [
          {
            cause: "INV-1",
            record: refOf(week),
            detail: `${person}, week of 2026-11-02: 0 of 40 h submitted`,
            start: "2026-11-09T08:00:00.000Z",
            end: null,
            evidence: [missing.id, due.id],
          },
        ],
        evidence: [missing.id, due.id],
      },
      {
        code: "INV-3",
        title: "Change order not signed",
        open: false,
        totalMinutes: 960,
        soleMinutes: 960,
        sharedMinutes: 0,
        savedMinutes: 960,
        confidence: "medium",
        blockers: [
          {
            cause: "INV-3",
            record: refOf(order),
            detail: "CO-9 was with the client",
            start: "2026-11-05T08:00:00.000Z",
            end: "2026-11-09T08:00:00.000Z",
            evidence: [unsigned.id, raised.id],
          },
        ],
        evidence: [unsigned.id, raised.id],
      },
    ],
    unexplainedMinutes: 480,
    minutesPerDay: 480,
    gaps: ["The CRM has no history before 2026-11-01."],
    evidence: [state, net, missing, due, unsigned, raised],
    rulesVersion: "rules-1",
  });
}

export function sampleProject(name = "Aurora data platform", id = "PRJ-3"): Project {
  return {
    source: source("psa", "project", id),
    name,
    code: "AUR",
    clientId: "C-1",
    clientName: "Aurora Health",
    status: "active",
    billing: "time_and_materials",
    leadName: "Lena Brandt",
    leadEmail: "lena@meridian.example",
    currency: "EUR",
    budgetMinutes: 60_000,
    actualMinutes: 43_210,
    reportedHealth: null,
  };
}

export const sampleNonce = "nonce-that-arms-the-buttons";

export function sampleProposal(change: Partial<Proposal> & { title?: string } = {}): Proposal {
  const { title, ...rest } = change;
  const target = { system: "erp" as const, type: "invoice", id: "INV-1042" };
  const payload: Proposal["payload"] = {
    tenant,
    action: "R08",
    group: "financialWrite",
    tier: 4,
    target,
    title: title ?? "Release invoice INV-1042 to Aurora Health",
    arguments: [
      {
        name: "invoice",
        sink: "destination",
        label: "SOR",
        value: "INV-1042",
        from: { record: target, field: "id" },
      },
    ],
    effects: [{ record: target, field: "state", before: "draft", after: "issued" }],
    amount: { minor: 4_820_000, currency: "EUR" },
    preconditions: [{ record: target, revision: "7", asserted: [] }],
    undo: "A credit note takes it back; the client has seen it.",
    projectId: "PRJ-3",
    projectLead: PersonId.parse("lena"),
    recipientInternal: false,
  };
  return Proposal.parse({
    tenant,
    id: "P-7K3M2Q",
    version: 1,
    exceptionId: "X-7K3M2Q",
    payload,
    payloadHash: payloadHash(payload),
    nonce: sampleNonce,
    state: "waiting",
    stateReason: null,
    causes: ["INV-1"],
    evidence: sampleDelay()
      .evidence.slice(0, 2)
      .map(({ id }) => id),
    why: "All time is in; the draft is complete.",
    producedBy: { mind: "rules-1", promptHash: null },
    requestedBy: { kind: "agent", person: null, name: "Countersign" },
    decision: {
      effect: "require",
      need: { finance: 1 },
      waits: [],
      policies: [{ id: "T03", reason: "Money leaves draft: a finance manager decides." }],
      policySetHash: "a".repeat(64),
    },
    thread: null,
    createdAt: asOf,
    expiresAt: "2026-11-25T10:00:00.000Z",
    ...rest,
  });
}

export function sampleView(proposal = sampleProposal()): ProposalView {
  const evidence: Evidence[] = sampleDelay().evidence.slice(0, 2);
  return {
    proposal,
    need: { finance: 1 },
    have: {},
    votes: [],
    evidence,
    mayApprove: [{ person: PersonId.parse("mara"), name: "Mara Silva", kind: "finance" }],
    auditAnchor: "#41 9f2c1b7e0d4a",
    outcome: null,
  };
}

export const sampleCatalogue: readonly ActionDeclaration[] = [
  {
    id: "R08",
    name: "release-invoice",
    title: "Release an invoice",
    group: "financialWrite",
    tier: 4,
    judgement: true,
    forCauses: ["INV-8"],
    sinks: { invoice: "destination" },
    idempotency: "natural",
    reversible: "counter-entry",
    undo: "A credit note takes it back.",
  },
];

/** Services over the sample; `proposed` collects what reached `propose`. */
export function sampleServices(names: SampleNames = {}): {
  services: ServerServices;
  proposed: ProposeRequest[];
} {
  const proposed: ProposeRequest[] = [];
  const delay = sampleDelay(names);
  const known = ["INV-1042", formatRef(delay.invoice.ref)];
  const explain = async (invoice: string): Promise<InvoiceDelay> => {
    if (!known.includes(invoice)) throw new CountersignError("UNKNOWN_INVOICE", { invoice });
    return delay;
  };
  const services: ServerServices = {
    operations: null,
    listProjects: async () => [
      sampleProject(names.project),
      sampleProject("Borealis audit", "PRJ-4"),
    ],
    listLateInvoices: async () => [
      {
        ref: delay.invoice.ref,
        number: delay.invoice.number,
        clientName: delay.invoice.clientName,
        projectName: delay.invoice.projectName,
        net: delay.invoice.net,
        status: delay.status,
        lateByMinutes: 3_600,
        minutesPerDay: 480,
        causes: delay.causes.map(({ code, title, totalMinutes, open }) => ({
          code,
          title,
          totalMinutes,
          open,
        })),
      },
    ],
    explainInvoice: async (_, invoice) => explain(invoice),
    candidates: async (_, invoice) => {
      const { invoice: found } = await explain(invoice);
      return [{ action: "R08", title: "Release it", target: found.ref, causes: ["INV-8"] }];
    },
    listProposals: async (_, { state }) => {
      const proposal = sampleProposal();
      return !state || state === proposal.state ? [proposal] : [];
    },
    getProposal: async (_, id) => {
      const proposal = sampleProposal();
      if (id !== proposal.id) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
      return sampleView(proposal);
    },
    propose: async (_, request) => {
      proposed.push(request);
      return sampleView(sampleProposal({ id: ProposalId.parse("P-NEWONE1") }));
    },
  };
  return { services, proposed };
}
