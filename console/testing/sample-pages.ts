import { InvoiceDelay } from "#/domain/assessment.ts";
import { AuditEvent } from "#/domain/audit-event.ts";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { ExceptionId, PersonId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { Proposal, payloadHash } from "#/domain/proposal.ts";
import type { Source } from "#/domain/record.ts";
import type { LateInvoice, ProposalView } from "#/workflows/services.ts";
import type { AuditTail } from "../audit-page.ts";
import type { ConsoleNeeds } from "../console.ts";

/* A firm with three late invoices, one unknown one and some proposals, for the tests of the pages. */

export const asOf = "2026-11-23T10:00:00.000Z";
const tenant = TenantId.parse("meridian");

export const principal: Principal = {
  tenant,
  person: PersonId.parse("lena"),
  name: "Lena Brandt",
  kind: "person",
  capabilities: new Set(["read"]),
};

const source = (system: Source["system"], type: string, id: string): Source => ({
  system,
  type,
  id,
  connection: "sandbox",
  revision: "7",
  retrievedAt: asOf,
  url: `http://127.0.0.1:9/${system}/${type}/${id}`,
});

type Piece = [code: string, title: string, minutes: number, detail: string];

export function sampleDelay(
  id: string,
  { client, pieces, unexplained = 0 }: { client: string; pieces: Piece[]; unexplained?: number },
): InvoiceDelay {
  const invoice = source("erp", "invoice", id);
  const ref = { system: invoice.system, type: invoice.type, id: invoice.id };
  const week = source("psa", "timesheet-week", `TW-${id}`);
  const facts = [
    observe(invoice, "state", "draft"),
    observe(invoice, "net", 4_820_000),
    observe(week, "state", "missing"),
    observe(week, "detail", `${client} said so`, "TEXT"),
    observe(invoice, "periodCloseDays", 5, "DERIVED"),
  ];
  const cited = facts.slice(2, 4).map((fact) => fact.id);
  const explained = pieces.reduce((sum, [, , minutes]) => sum + minutes, 0);
  return InvoiceDelay.parse({
    tenant,
    invoice: {
      ref,
      number: id,
      reference: null,
      clientName: client,
      projectId: "PRJ-3",
      projectName: `${client} data platform`,
      state: "draft",
      net: { minor: 4_820_000, currency: "EUR" },
    },
    asOf,
    status: "late",
    window: {
      start: "2026-11-02T08:00:00.000Z",
      end: asOf,
      businessMinutes: explained + unexplained,
    },
    causes: pieces.map(([code, title, minutes, detail], index) => ({
      code,
      title,
      open: index === 0,
      totalMinutes: minutes,
      soleMinutes: Math.round(minutes * 0.75),
      sharedMinutes: minutes - Math.round(minutes * 0.75),
      savedMinutes: Math.round(minutes * 0.75),
      confidence: index === 0 ? "high" : "medium",
      blockers: [
        {
          cause: code,
          record: { system: "psa", type: "timesheet-week", id: `TW-${id}` },
          detail,
          start: "2026-11-09T08:00:00.000Z",
          end: index === 0 ? null : "2026-11-16T08:00:00.000Z",
          evidence: cited,
        },
      ],
      evidence: cited,
    })),
    unexplainedMinutes: unexplained,
    minutesPerDay: 480,
    gaps: ["The CRM keeps no history before 2026-11-01."],
    evidence: facts,
    rulesVersion: "rules-1",
  });
}

const rowOf = (delay: InvoiceDelay): LateInvoice => ({
  ref: delay.invoice.ref,
  number: delay.invoice.number,
  clientName: delay.invoice.clientName,
  projectName: delay.invoice.projectName,
  net: delay.invoice.net,
  status: delay.status,
  lateByMinutes: delay.window?.businessMinutes ?? 0,
  minutesPerDay: delay.minutesPerDay,
  causes: delay.causes.map(({ code, title, totalMinutes, open }) => ({
    code,
    title,
    totalMinutes,
    open,
  })),
});

export function sampleProposal(change: Partial<Proposal> & { client: string }): Proposal {
  const { client, ...rest } = change;
  const target = { system: "erp" as const, type: "invoice", id: "INV-1042" };
  const payload: Proposal["payload"] = {
    tenant,
    action: "R08",
    group: "financialWrite",
    tier: 4,
    target,
    title: `Release invoice INV-1042 to ${client}`,
    arguments: [
      {
        name: "invoice",
        sink: "destination",
        label: "SOR",
        value: "INV-1042",
        from: { record: target, field: "id" },
      },
      { name: "note", sink: "text", label: "TEXT", value: `For ${client}`, from: null },
    ],
    effects: [{ record: target, field: "state", before: "draft", after: "issued" }],
    amount: { minor: 4_820_000, currency: "EUR" },
    preconditions: [],
    undo: "A credit note takes it back; the client has seen it by then.",
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
    nonce: "nonce-of-the-buttons",
    state: "waiting",
    stateReason: null,
    causes: ["INV-8"],
    evidence: ["ev_0123456789abcdef"],
    why: `All time is in and ${client} has accepted; only the release is missing.`,
    producedBy: { mind: "rules-1", promptHash: null },
    requestedBy: { kind: "agent", person: null, name: "Countersign" },
    decision: {
      effect: "require",
      need: { finance: 1 },
      waits: [],
      policies: [
        { id: "T03", reason: "Money leaves draft: a finance manager decides." },
        { id: "G07", reason: "The project's lead may not approve money on it." },
      ],
      policySetHash: "4f".repeat(32),
    },
    thread: null,
    createdAt: "2026-11-23T09:41:00.000Z",
    expiresAt: "2026-11-25T09:41:00.000Z",
    ...rest,
  });
}

const auditLine = (seq: number, [kind, actor, subject]: string[]): AuditEvent =>
  AuditEvent.parse({
    tenant,
    seq,
    at: `2026-11-23T09:4${seq % 10}:00.000Z`,
    body: JSON.stringify({ kind, actor, subject, detail: {} }),
    prev: String(seq - 1).padStart(64, "a"),
    hash: String(seq).padStart(64, "b"),
  });

export const sampleAudit: AuditTail = {
  events: [
    auditLine(1, ["signal.received", "system:ingest", "erp:invoice:INV-1042"]),
    auditLine(2, ["exception.opened", "system:worker", "exception:X-7K3M2Q"]),
    auditLine(3, ["proposal.submitted", "agent:planner", "proposal:P-7K3M2Q:1"]),
    auditLine(4, ["vote.refused", "person:lena", "proposal:P-7K3M2Q:1"]),
    auditLine(5, ["proposal.approved", "person:mara", "proposal:P-7K3M2Q:1"]),
    auditLine(6, ["effect.verified", "system:worker", "proposal:P-7K3M2Q:1"]),
  ],
  chain: { lines: 6, fault: null, checkedAt: asOf },
};

/** Everything the console needs; `client` names the client of the first invoice. */
export function samplePages(client = "Aurora Health"): ConsoleNeeds {
  const delays = [
    sampleDelay("INV-1042", {
      client,
      pieces: [
        ["INV-1", "Timesheets missing", 2_160, `Ana Kovac for ${client}: 0 of 40 h submitted`],
        ["INV-3", "Change order not signed", 960, "CO-9 was with the client"],
        ["INV-8", "Waiting for release", 720, "The draft was complete"],
      ],
      unexplained: 480,
    }),
    sampleDelay("INV-1047", {
      client: "Borealis Energy",
      pieces: [
        ["INV-2", "Timesheets not approved", 1_440, "Two weeks wait for approval"],
        ["INV-4", "Milestone not accepted", 1_200, "Milestone 2 was delivered on 9 Nov"],
      ],
    }),
    sampleDelay("INV-1051", {
      client: "Cassini Robotics",
      pieces: [["INV-12", "Billing run missed", 960, "The next run is on 30 Nov"]],
    }),
  ];
  const unknown: LateInvoice = {
    ref: { system: "erp", type: "invoice", id: "INV-1060" },
    number: "INV-1060",
    clientName: "Delphi Labs",
    projectName: null,
    net: { minor: 900_000, currency: "EUR" },
    status: "unknown",
    lateByMinutes: 0,
    minutesPerDay: 480,
    causes: [],
  };
  const waiting = sampleProposal({ client });
  const proposals = [
    waiting,
    sampleProposal({ client, id: "P-8M4N3R" as Proposal["id"], state: "done" }),
    sampleProposal({ client, id: "P-9P5Q4S" as Proposal["id"], state: "unknown" }),
    sampleProposal({ client, id: "P-2A6B7C" as Proposal["id"], state: "rejected" }),
  ];
  const first = delays[0];
  const viewOf = (proposal: Proposal): ProposalView => ({
    proposal,
    need: { finance: 1 },
    have: proposal.state === "done" ? { finance: 1 } : {},
    votes:
      proposal.state === "done"
        ? [
            {
              name: "Mara Silva",
              kind: "finance",
              verdict: "approve",
              reason: `Checked with ${client}.`,
              at: asOf,
            },
          ]
        : [],
    evidence: first?.evidence ?? [],
    mayApprove: [{ person: PersonId.parse("mara"), name: "Mara Silva", kind: "finance" }],
    auditAnchor: "#41 9f2c1b7e0d4a",
    outcome: proposal.state === "done" ? `INV-1042 was issued to ${client} and read back.` : null,
  });
  return {
    services: {
      listLateInvoices: async () => [...delays.map(rowOf), unknown],
      listExceptions: async () => [
        {
          tenant,
          id: ExceptionId.parse("X-7K3M2Q"),
          kind: "invoice-delay",
          subject: { system: "erp", type: "invoice", id: "INV-1042" },
          title: `Invoice INV-1042 of ${client} is late`,
          state: "open",
          openedAt: "2026-11-20T08:00:00.000Z",
          closedAt: null,
        },
        {
          tenant,
          id: ExceptionId.parse("X-8N4P3R"),
          kind: "invoice-delay",
          subject: { system: "erp", type: "invoice", id: "INV-1039" },
          title: `Invoice INV-1039 of ${client} was late`,
          state: "open",
          openedAt: "2026-11-18T08:00:00.000Z",
          closedAt: null,
        },
      ],
      listProposals: async () => proposals,
      getProposal: async (_, id) => {
        const found = proposals.find((proposal) => proposal.id === id);
        if (!found) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
        return viewOf(found);
      },
      explainInvoice: async (_, query) => {
        const found = delays.find(({ invoice }) => query.endsWith(invoice.ref.id));
        if (!found) throw new CountersignError("UNKNOWN_INVOICE", { invoice: query });
        return found;
      },
    },
    principal,
    links: [
      { title: "Chat", href: "http://127.0.0.1:9/chat", note: "Ask why something is late." },
      { title: "AI clients", href: "http://127.0.0.1:9/mcp", note: "The MCP endpoint." },
      { title: "Audit", href: "http://127.0.0.1:9/audit", note: "Every step, chained." },
    ],
    auditTail: async () => sampleAudit,
    allowedHosts: ["127.0.0.1", "localhost"],
    now: () => asOf,
    log: { error: () => undefined },
  };
}
