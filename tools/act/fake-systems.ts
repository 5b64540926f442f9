import type { BusinessCalendar } from "#/domain/business-time.ts";
import type {
  ChangeOrder,
  Client,
  Invoice,
  Milestone,
  Opportunity,
  Project,
  RecordRef,
  Source,
  TimesheetWeek,
} from "#/domain/record.ts";
import { type Receipt, Refused } from "#/domain/run.ts";
import type { ActSystems, Draft } from "#/tools/ports.ts";
import { fakeRecordRows, fakeRecords } from "./fake-records.ts";

/* The firm's systems in memory, for tests: real state, a count of real effects, faults on demand. */

export const calendar: BusinessCalendar = {
  zone: "Europe/Ljubljana",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};

const source = (system: Source["system"], type: string, id: string): Source => ({
  system,
  type,
  id,
  connection: "fake",
  revision: "1",
  retrievedAt: "2026-11-23T10:00:00Z",
  url: `https://${system}.example/${type}/${id}`,
});

const eur = (minor: number) => ({ minor, currency: "EUR" });

const records = () => ({
  projects: [
    {
      source: source("psa", "project", "P-1"),
      name: "Aurora migration",
      code: "AUR",
      clientId: "C-1",
      clientName: "Aurora Health",
      status: "active",
      billing: "time_and_materials",
      leadName: "Dana Lead",
      leadEmail: "dana@firm.example",
      currency: "EUR",
      budgetMinutes: 60_000,
      actualMinutes: 30_000,
      reportedHealth: "green",
    },
  ] as Project[],
  milestones: [
    {
      source: source("psa", "milestone", "M-1"),
      projectId: "P-1",
      name: "Cutover",
      due: "2026-11-02",
      deliveredOn: "2026-11-10",
      acceptedOn: null,
      deemedAcceptedAfterDays: null,
      amount: eur(450_000),
    },
  ] as Milestone[],
  weeks: [
    {
      source: source("psa", "timesheet-week", "TW-1"),
      projectId: "P-1",
      personId: "E-1",
      personName: "Ana Kovac",
      personEmail: "ana@firm.example",
      week: "2026-11-02",
      expectedMinutes: 2400,
      loggedMinutes: 0,
      state: "missing",
      dueOn: "2026-11-09",
      submittedOn: null,
      approvedOn: null,
      approverName: null,
    },
  ] as TimesheetWeek[],
  clients: [
    {
      source: source("crm", "client", "C-1"),
      name: "Aurora Health",
      code: "AUH",
      email: "ap@aurora.example",
    },
  ] as Client[],
  opportunities: [
    {
      source: source("crm", "opportunity", "O-1"),
      name: "Second phase",
      clientId: "C-1",
      clientName: "Aurora Health",
      stage: "proposal",
      amount: eur(9_000_000),
      closeOn: "2027-01-31",
    },
  ] as Opportunity[],
  changeOrders: [
    {
      source: source("crm", "change-order", "CO-1"),
      projectId: "P-1",
      number: "AUR/1",
      title: "More scope",
      state: "client_review",
      amount: eur(270_000),
      raisedOn: "2026-11-06",
      decidedOn: null,
    },
  ] as ChangeOrder[],
  invoices: [
    {
      source: source("erp", "invoice", "INV-1"),
      number: null,
      reference: "AUR-10",
      clientId: "C-1",
      clientName: "Aurora Health",
      projectId: "P-1",
      state: "draft",
      billing: "time_and_materials",
      periodStart: "2026-10-01",
      periodEnd: "2026-10-31",
      lines: [
        {
          id: "1",
          text: "Consulting, October",
          net: eur(4_000_000),
          milestoneId: null,
          changeOrderId: null,
        },
      ],
      net: eur(4_000_000),
      total: eur(4_760_000),
      ledgerEntry: null,
      draftedOn: "2026-11-02",
      issuedOn: null,
      dueOn: null,
      approval: null,
      billingRunOn: "2026-11-27",
    },
  ] as Invoice[],
});

/** What goes wrong with the next write. */
export type Fault =
  | "none"
  /** The write happens, the answer never arrives. */
  | "lost-response"
  /** Nothing arrives at the target. */
  | "unreachable"
  /** The answer is good and nothing was written. */
  | "no-effect";

export function fakeSystems() {
  const data = { ...records(), rows: fakeRecordRows() };
  const effects: string[] = [];
  const drafts = new Map<string, Receipt>();
  const messages = new Map<string, Receipt>();
  const world = { fault: "none" as Fault, issuedTotal: null as number | null };

  const find = <T extends { source: Source }>(list: readonly T[], id: string): T | null =>
    structuredClone(list.find((record) => record.source.id === id) ?? null);

  async function write(effect: string, apply: () => void): Promise<void> {
    const { fault } = world;
    world.fault = "none";
    if (fault === "unreachable") throw new Error("connect ECONNREFUSED");
    if (fault !== "no-effect") {
      apply();
      effects.push(effect);
    }
    if (fault === "lost-response") throw new Error("socket hang up");
  }
  const receipt = (record: RecordRef, externalId: string, observed: Receipt["observed"]) => ({
    record,
    externalId,
    url: null,
    observed,
    verifiedAt: "2026-11-23T10:00:01Z",
  });
  async function draft(kind: string, { key, about, subject, body }: Draft): Promise<Receipt> {
    const made = receipt(about, `${kind}-${drafts.size + 1}`, { subject, body });
    await write(`${kind} ${subject}`, () => drafts.set(key, made));
    return made;
  }

  const systems: ActSystems = {
    records: fakeRecords(data.rows, write),
    psa: {
      connection: "fake",
      listProjects: async () => structuredClone(data.projects),
      getProject: async (id) => find(data.projects, id),
      listMilestones: async (id) =>
        structuredClone(data.milestones.filter((m) => m.projectId === id)),
      getMilestone: async (id) => find(data.milestones, id),
      listTimesheetWeeks: async ({ projectId, from, to }) =>
        structuredClone(
          data.weeks.filter((w) => w.projectId === projectId && w.week >= from && w.week <= to),
        ),
      getTimesheetWeek: async (id) => find(data.weeks, id),
    },
    crm: {
      connection: "fake",
      listClients: async () => structuredClone(data.clients),
      getClient: async (id) => find(data.clients, id),
      listOpportunities: async () => structuredClone(data.opportunities),
      listChangeOrders: async (id) =>
        structuredClone(data.changeOrders.filter((order) => order.projectId === id)),
      getChangeOrder: async (id) => find(data.changeOrders, id),
    },
    erp: {
      connection: "fake",
      listInvoices: async () => structuredClone(data.invoices),
      getInvoice: async (id) => find(data.invoices, id),
    },
    psaWriter: {
      createDraftTask: (order) => draft("task", order),
      findDraftTask: async (key) => drafts.get(key) ?? null,
    },
    crmWriter: {
      createDraftMessage: (order) => draft("message", order),
      findDraftMessage: async (key) => drafts.get(key) ?? null,
    },
    erpWriter: {
      async issueInvoice({ invoiceId, revision }) {
        const invoice = data.invoices.find((each) => each.source.id === invoiceId);
        if (!invoice) throw new Refused("invalid", "no such invoice");
        if (invoice.state === "issued") return;
        if (revision !== invoice.source.revision) throw new Refused("conflict", "it has changed");
        await write(`issue ${invoiceId}`, () => {
          Object.assign(invoice, {
            state: "issued",
            number: "2026-0042",
            ledgerEntry: "GL-42",
            issuedOn: "2026-11-23",
            source: { ...invoice.source, revision: "2" },
            total: eur(world.issuedTotal ?? invoice.total.minor),
          });
        });
      },
    },
    messenger: {
      async sendToColleague({ key, email, text }) {
        const known = messages.get(key);
        if (known) return known;
        const made = receipt(
          { system: "messenger", type: "direct-message", id: email },
          `dm-${messages.size + 1}`,
          { email, text },
        );
        await write(`dm ${email}`, () => messages.set(key, made));
        return made;
      },
    },
  };
  return { systems, data, effects, world };
}
