import type { InvoiceDelay } from "#/domain/assessment.ts";
import { contentHash } from "#/domain/canonical-json.ts";
import { type Evidence, observe } from "#/domain/evidence.ts";
import { formatMoney, type Money } from "#/domain/money.ts";
import { formatRef, type RecordRef, type Source } from "#/domain/record.ts";
import type { ToolResult, ToolSession } from "./tool-session.ts";

/*
 * A small firm behind a tool session, for tests of this room: four open invoices, two of them late
 * for reasons of people and one waiting in a queue. It keeps what was proposed and what was called.
 */

const day = 480;
const asOf = "2026-11-23T09:00:00.000Z";

const source = (ref: RecordRef): Source => ({
  ...ref,
  connection: "sandbox",
  revision: "7",
  retrievedAt: asOf,
  url: null,
});
const see = (ref: RecordRef, fields: Record<string, Evidence["value"]>): Evidence[] =>
  Object.entries(fields).map(([field, value]) => observe(source(ref), field, value));

const eur = (minor: number): Money => ({ minor, currency: "EUR" });
const invoiceRef = (id: string): RecordRef => ({ system: "erp", type: "invoice", id });
const weekRef = (id: string): RecordRef => ({ system: "psa", type: "timesheet-week", id });
const milestoneRef: RecordRef = { system: "psa", type: "milestone", id: "MS-31" };
const changeOrderRef: RecordRef = { system: "crm", type: "change-order", id: "CO-7" };

const people = [
  { id: "TW-17", personName: "Ana Kovac", expected: 2400, logged: 720, state: "draft" },
  { id: "TW-18", personName: "Ben Ito", expected: 1920, logged: 0, state: "missing" },
] as const;
const submitted = {
  id: "TW-19",
  personName: "Cora Lind",
  expected: 2400,
  logged: 2400,
  state: "submitted",
} as const;
const missing = people.map((p) => ({
  ref: weekRef(p.id),
  detail: `${p.personName}, week of 2026-11-02: 0 of ${p.expected / 60} h submitted, due 2026-11-06`,
  facts: see(weekRef(p.id), {
    state: p.state,
    expectedMinutes: p.expected,
    loggedMinutes: p.logged,
    dueOn: "2026-11-06",
    submittedOn: null,
  }),
}));
const acceptance = {
  ref: milestoneRef,
  detail: "Milestone “UAT sign-off”: delivered 2026-11-10, not accepted",
  facts: see(milestoneRef, { deliveredOn: "2026-11-10", acceptedOn: null }),
};
const undecided = {
  ref: changeOrderRef,
  detail:
    "Change order CO-7 is billed on this invoice and still in the client's review, raised 2026-10-30",
  facts: see(changeOrderRef, { state: "client_review", raisedOn: "2026-10-30", decidedOn: null }),
};
const queue = {
  ref: invoiceRef("INV-1044"),
  detail: "Approval in the ERP asked on 2026-11-12 (Dana Fox), not given",
  facts: see(invoiceRef("INV-1044"), {
    "approval.requestedOn": "2026-11-12",
    "approval.approvedOn": null,
  }),
};

type Held = { ref: RecordRef; detail: string; facts: Evidence[] };
const cause = (
  code: InvoiceDelay["causes"][number]["code"],
  title: string,
  { minutes, held }: { minutes: number; held: readonly Held[] },
): InvoiceDelay["causes"][number] => ({
  code,
  title,
  open: true,
  totalMinutes: minutes,
  soleMinutes: minutes,
  sharedMinutes: 0,
  savedMinutes: Math.floor(minutes / 2),
  confidence: "high",
  blockers: held.map(({ ref, detail, facts }) => ({
    cause: code,
    record: ref,
    detail,
    start: "2026-11-06T17:00:00.000Z",
    end: null,
    evidence: facts.map((fact) => fact.id),
  })),
  evidence: held.flatMap(({ facts }) => facts.map((fact) => fact.id)),
});

type Case = {
  id: string;
  client: string;
  project: string;
  net: Money;
  status: InvoiceDelay["status"];
  windowMinutes: number;
  causes: InvoiceDelay["causes"];
  held: readonly Held[];
  unexplained: number;
};
const cases: readonly Case[] = [
  {
    id: "INV-1042",
    client: "Northwind Energy",
    project: "Grid Portal",
    net: eur(4_820_000),
    status: "late",
    windowMinutes: 5_520,
    causes: [
      cause("INV-1", "Time entries are missing", { minutes: 2_976, held: missing }),
      cause("INV-4", "A delivered milestone is not accepted", {
        minutes: 1_968,
        held: [acceptance],
      }),
    ],
    held: [...missing, acceptance],
    unexplained: 576,
  },
  {
    id: "INV-1043",
    client: "Aurora Health",
    project: "Care Data Hub",
    net: eur(1_275_000),
    status: "late",
    windowMinutes: 3_360,
    causes: [
      cause("INV-3", "A change order is not decided", { minutes: 3_360, held: [undecided] }),
    ],
    held: [undecided],
    unexplained: 0,
  },
  {
    id: "INV-1044",
    client: "Borealis Rail",
    project: "Timetable",
    net: eur(990_000),
    status: "late",
    windowMinutes: 2_880,
    causes: [
      cause("INV-8", "The invoice waits in the approval queue", { minutes: 2_880, held: [queue] }),
    ],
    held: [queue],
    unexplained: 0,
  },
  {
    id: "INV-1045",
    client: "Cobalt Bank",
    project: "Ledger Move",
    net: eur(310_000),
    status: "on-time",
    windowMinutes: 480,
    causes: [],
    held: [],
    unexplained: 0,
  },
];

const invoiceFacts = (c: Case): Evidence[] =>
  see(invoiceRef(c.id), {
    state: "draft",
    net: formatMoney(c.net),
    clientName: c.client,
    issuedOn: null,
  });

const delayOf = (c: Case): InvoiceDelay => ({
  tenant: "meridian" as InvoiceDelay["tenant"],
  invoice: {
    ref: invoiceRef(c.id),
    number: c.id,
    reference: null,
    clientName: c.client,
    projectId: `PRJ-${c.id.slice(-1)}`,
    projectName: c.project,
    state: "draft",
    net: c.net,
  },
  asOf,
  status: c.status,
  window: { start: "2026-11-06T17:00:00.000Z", end: asOf, businessMinutes: c.windowMinutes },
  causes: c.causes,
  unexplainedMinutes: c.unexplained,
  minutesPerDay: day,
  gaps: [],
  evidence: [...invoiceFacts(c), ...c.held.flatMap((h) => h.facts)],
  rulesVersion: "1",
});

const candidatesOf = (c: Case) =>
  c.causes.flatMap(({ code, blockers }) =>
    blockers.map(({ record }) => {
      const [action, title] =
        code === "INV-1"
          ? [
              "R01",
              `Remind ${people.find((p) => p.id === record.id)?.personName} about missing time`,
            ]
          : code === "INV-4"
            ? ["R14", `Draft a message that chases the acceptance of ${record.id}`]
            : code === "INV-3"
              ? ["R16", `Draft a message that chases the decision on ${record.id}`]
              : ["R08", `Release invoice ${record.id} to ${c.client}`];
      return { action, title, target: record, causes: [code] };
    }),
  );

export type FirmCall = { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
export type FirmProposal = {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly title: string;
  readonly action: string;
  readonly target: string;
  readonly evidence: readonly string[];
  readonly why: string;
};

export type FixtureFirm = {
  readonly session: ToolSession;
  readonly calls: FirmCall[];
  readonly proposals: FirmProposal[];
};

const paging = {
  state: { type: "string" },
  limit: { type: "integer" },
  cursor: { type: "string" },
};

type Answer = (args: Readonly<Record<string, unknown>>) => unknown;

/** `replace` puts another answer, or a failure, in the place of a tool's own. */
export function fixtureFirm({
  mayPropose = true,
  replace = {},
}: {
  mayPropose?: boolean;
  replace?: Readonly<Record<string, Answer>>;
} = {}): FixtureFirm {
  const calls: FirmCall[] = [];
  const proposals: FirmProposal[] = [];
  const find = (query: unknown): Case => {
    const text = String(query).toLowerCase().replace("erp:invoice:", "");
    const found = cases.filter((c) =>
      [c.id, c.client, c.project].some((name) => name.toLowerCase().includes(text)),
    );
    const [only] = found;
    if (!only || found.length > 1) throw new Refusal(`No invoice matches “${text}”.`);
    return only;
  };
  const everything = cases.flatMap((c) => [...invoiceFacts(c), ...c.held.flatMap((h) => h.facts)]);
  const projects = cases.map((c) => {
    const ref: RecordRef = { system: "psa", type: "project", id: `PRJ-${c.id.slice(-1)}` };
    return { ref, name: c.project, clientName: c.client };
  });
  const tools: Record<string, { input: Record<string, unknown>; answer: Answer }> = {
    late_invoice_list: {
      input: {},
      answer: () => ({
        invoices: cases.map((c) => ({
          ref: invoiceRef(c.id),
          number: c.id,
          clientName: c.client,
          projectName: c.project,
          net: c.net,
          status: c.status,
          lateByMinutes: Math.max(0, c.windowMinutes - 2 * day),
          minutesPerDay: day,
          causes: c.causes.map(({ code, title, totalMinutes, open }) => ({
            code,
            title,
            totalMinutes,
            open,
          })),
        })),
        evidence: cases.flatMap(invoiceFacts),
      }),
    },
    invoice_delay_explain: {
      input: { invoice: { type: "string" } },
      answer: ({ invoice }) => {
        const delay = delayOf(find(invoice));
        return { delay, evidence: delay.evidence };
      },
    },
    remediation_candidate_list: {
      input: { invoice: { type: "string" } },
      answer: ({ invoice }) => {
        const c = find(invoice);
        return { candidates: candidatesOf(c), evidence: c.held.flatMap((h) => h.facts) };
      },
    },
    project_list: {
      input: {},
      answer: () => ({
        projects: projects.map(({ ref, name, clientName }) => ({
          source: source(ref),
          name,
          code: ref.id,
          clientId: null,
          clientName,
          status: "active",
          billing: "time_and_materials",
          leadName: "Dana Fox",
          leadEmail: null,
          currency: "EUR",
          budgetMinutes: null,
          actualMinutes: null,
          reportedHealth: "green",
        })),
        evidence: projects.flatMap(({ ref, name }) => see(ref, { name, status: "active" })),
      }),
    },
    timesheet_week_list: {
      input: { projectId: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
      answer: ({ projectId }) => ({
        weeks: (projectId === "PRJ-5" ? [submitted] : people).map((p) => ({
          source: source(weekRef(p.id)),
          projectId: "PRJ-2",
          personId: p.id,
          personName: p.personName,
          personEmail: null,
          week: "2026-11-02",
          expectedMinutes: p.expected,
          loggedMinutes: p.logged,
          state: p.state,
          dueOn: "2026-11-06",
          submittedOn: p.state === "submitted" ? "2026-11-06" : null,
          approvedOn: null,
          approverName: null,
        })),
        evidence:
          projectId === "PRJ-5"
            ? see(weekRef(submitted.id), { state: submitted.state, submittedOn: "2026-11-06" })
            : missing.flatMap((m) => m.facts),
      }),
    },
    proposal_list: {
      input: {},
      answer: ({ state }) => ({
        proposals: proposals.filter((p) => state === undefined || p.state === state),
        evidence: everything.filter((e) => proposals.some((p) => p.evidence.includes(e.id))),
      }),
    },
    proposal_get: {
      input: { proposalId: { type: "string" } },
      answer: ({ proposalId }) => {
        const proposal = proposals.find((p) => p.id === proposalId);
        if (!proposal) throw new Refusal("No proposal of that id that you may see.");
        return { proposal, evidence: everything.filter((e) => proposal.evidence.includes(e.id)) };
      },
    },
    ...(mayPropose
      ? {
          remediation_propose: {
            input: {
              action: { type: "string" },
              target: { type: "string" },
              invoice: { type: "string" },
              why: { type: "string" },
              evidence: { type: "array", items: { type: "string" } },
              idempotencyKey: { type: "string" },
            },
            answer: (args: Readonly<Record<string, unknown>>) => {
              const c = find(args["invoice"]);
              const candidate = candidatesOf(c).find(
                (one) => one.action === args["action"] && formatRef(one.target) === args["target"],
              );
              if (!candidate) throw new Refusal("That is not a candidate for this case.");
              const id = `P-${contentHash(args["idempotencyKey"]).slice(0, 6).toUpperCase()}`;
              const known = proposals.find((p) => p.id === id);
              const proposal = known ?? {
                id,
                version: 1,
                state: "waiting",
                title: candidate.title ?? "",
                action: candidate.action ?? "",
                target: formatRef(candidate.target),
                evidence: args["evidence"] as string[],
                why: String(args["why"]),
              };
              if (!known) proposals.push(proposal);
              return { proposalId: id, version: 1, state: "waiting" };
            },
          },
        }
      : {}),
  };
  const session: ToolSession = {
    listTools: async () =>
      Object.entries(tools).map(([name, { input }]) => ({
        name,
        description: name,
        inputSchema: {
          type: "object",
          properties: { ...input, ...(name.endsWith("_list") ? paging : {}) },
          required: Object.keys(input),
          additionalProperties: false,
        },
      })),
    callTool: async (name, args, { signal }): Promise<ToolResult> => {
      signal.throwIfAborted();
      calls.push({ name, args });
      try {
        const structured = (replace[name] ?? tools[name]?.answer)?.(args);
        return { isError: false, text: "", structured };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { isError: true, text: error.message, structured: undefined };
      }
    },
  };
  return { session, calls, proposals };
}

class Refusal extends Error {}
