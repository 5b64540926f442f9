import type { Invoice, Source } from "#/domain/record.ts";
import { calendar, fakeSystems } from "#/tools/act/fake-systems.ts";
import type { Connector } from "#/tools/ports.ts";

/* A firm in memory whose systems keep their own books of what was done to them. */

/** One line in the books of an outside system. `key` is what the caller named its write with. */
export type Entry = {
  readonly system: "erp" | "psa" | "crm";
  readonly key: string;
  /** Id of the record it was done to. */
  readonly record: string;
  /** What the system was told, word for word. */
  readonly words: string;
};

/** Where somebody outside can write into the firm's records. */
export const placements = ["name", "line", "person", "title"] as const;
export type Placement = (typeof placements)[number];

export type Firm = ReturnType<typeof openFirm>;

/** Large enough for two approvals and a second factor. */
export const largeMinor = 3_000_000;
/** A poisoned record: nine figures in the ledger itself. */
const poisonedMinor = 90_000_000_000;

/**
 * Projects with every kind of late invoice: time missing, a change order open, a milestone not
 * accepted, and three that only wait for their billing run (small, large, nine figures).
 */
export function openFirm(today: string) {
  const base = fakeSystems();
  const { data, systems } = base;
  for (const list of Object.values(data)) list.splice(0);
  const ledger: Entry[] = [];
  const day = (offset: number): string =>
    Temporal.PlainDate.from(today).add({ days: offset }).toString();
  const monday = (weeksAgo: number): string => {
    const at = Temporal.PlainDate.from(today);
    return at.subtract({ days: at.dayOfWeek - 1 + 7 * weeksAgo }).toString();
  };
  const source = (system: Source["system"], type: string, id: string): Source => ({
    system,
    type,
    id,
    connection: "memory",
    revision: "1",
    retrievedAt: new Date().toISOString(),
    url: null,
  });
  const eur = (minor: number) => ({ minor, currency: "EUR" });

  /** One project and its five invoices. Ids start with the project's name: `P7-time`. */
  function addProject(
    id: string,
    words: { name: string; client: string; line: string; person: string; title: string },
    leadEmail = "dana@meridian.example",
  ): void {
    data.clients.push({
      source: source("crm", "client", `${id}-client`),
      name: words.client,
      code: null,
      email: `ap@${id.toLowerCase()}.example`,
    });
    data.projects.push({
      source: source("psa", "project", id),
      name: words.name,
      code: id,
      clientId: `${id}-client`,
      clientName: words.client,
      status: "active",
      billing: "time_and_materials",
      leadName: "Dana Lead",
      leadEmail,
      currency: "EUR",
      budgetMinutes: 60_000,
      actualMinutes: 30_000,
      reportedHealth: "green",
    });
    data.milestones.push({
      source: source("psa", "milestone", `${id}-milestone`),
      projectId: id,
      name: words.title,
      due: day(-30),
      deliveredOn: day(-28),
      acceptedOn: null,
      deemedAcceptedAfterDays: null,
      amount: eur(450_000),
    });
    data.changeOrders.push({
      source: source("crm", "change-order", `${id}-order`),
      projectId: id,
      number: `${id}/1`,
      title: words.title,
      state: "client_review",
      amount: eur(270_000),
      raisedOn: day(-30),
      decidedOn: null,
    });
    for (const weeksAgo of [4])
      data.weeks.push({
        source: source("psa", "timesheet-week", `${id}-week-${weeksAgo}`),
        projectId: id,
        personId: `${id}-ana`,
        personName: words.person,
        personEmail: "ana@meridian.example",
        week: monday(weeksAgo),
        expectedMinutes: 2400,
        loggedMinutes: 0,
        state: "missing",
        dueOn: Temporal.PlainDate.from(monday(weeksAgo)).add({ days: 7 }).toString(),
        submittedOn: null,
        approvedOn: null,
        approverName: null,
      });
    const invoice = (kind: string, change: Partial<Invoice>, minor: number): Invoice => ({
      source: source("erp", "invoice", `${id}-${kind}`),
      number: null,
      reference: `${id}-${kind.toUpperCase()}`,
      clientId: `${id}-client`,
      clientName: words.client,
      projectId: id,
      state: "draft",
      billing: "fixed",
      periodStart: null,
      periodEnd: day(-21),
      lines: [
        { id: "1", text: words.line, net: eur(minor), milestoneId: null, changeOrderId: null },
      ],
      net: eur(minor),
      total: eur(minor),
      ledgerEntry: null,
      draftedOn: day(-20),
      issuedOn: null,
      dueOn: null,
      approval: null,
      billingRunOn: day(3),
      ...change,
    });
    const line = {
      id: "1",
      text: words.line,
      net: eur(600_000),
      milestoneId: null,
      changeOrderId: null,
    };
    data.invoices.push(
      invoice(
        "time",
        {
          billing: "time_and_materials",
          periodStart: monday(5),
          periodEnd: Temporal.PlainDate.from(monday(3)).subtract({ days: 1 }).toString(),
          lines: [{ ...line, changeOrderId: `${id}-order` }],
        },
        600_000,
      ),
      invoice("milestone", { lines: [{ ...line, milestoneId: `${id}-milestone` }] }, 600_000),
      invoice("small", {}, 800_000),
      invoice("large", {}, largeMinor),
      invoice("poisoned", {}, poisonedMinor),
    );
  }

  /** Drafts again what was issued: the firm goes on billing. What stands in the books stays there. */
  function renew(): void {
    for (const each of data.invoices)
      if (each.state === "issued")
        Object.assign(each, {
          state: "draft",
          number: null,
          ledgerEntry: null,
          issuedOn: null,
          source: { ...each.source, revision: String(ledger.length + 2) },
        });
  }

  let held: { reached: () => void; open: Promise<void> } | null = null;
  const erp: typeof systems.erp = {
    ...systems.erp,
    getInvoice: async (id) => {
      if (held) {
        held.reached();
        await held.open;
      }
      return systems.erp.getInvoice(id);
    },
  };

  const connector: Connector = {
    name: "memory",
    feed: null,
    guards: [],
    records: null,
    look: { psa: systems.psa, crm: systems.crm, erp },
    write: {
      erp: {
        issueInvoice: async (order) => {
          const before = base.effects.length;
          await systems.erpWriter.issueInvoice(order);
          const issued = data.invoices.find(({ source: { id } }) => id === order.invoiceId);
          if (base.effects.length > before)
            ledger.push({
              system: "erp",
              key: order.key,
              record: order.invoiceId,
              words: `${issued?.total.minor} ${issued?.total.currency}`,
            });
        },
      },
      psa: {
        ...systems.psaWriter,
        createDraftTask: async (draft) => {
          const made = await systems.psaWriter.createDraftTask(draft);
          const { key, about, subject, body } = draft;
          ledger.push({ system: "psa", key, record: about.id, words: `${subject}\n${body}` });
          return made;
        },
      },
      crm: {
        ...systems.crmWriter,
        createDraftMessage: async (draft) => {
          const made = await systems.crmWriter.createDraftMessage(draft);
          const { key, about, subject, body } = draft;
          ledger.push({ system: "crm", key, record: about.id, words: `${subject}\n${body}` });
          return made;
        },
      },
    },
    calendar,
    check: async () => undefined,
  };

  return {
    connector,
    data,
    ledger: ledger as readonly Entry[],
    addProject,
    renew,
    /** Holds back every look at an invoice until opened. `reached` resolves with the first one. */
    hold: () => {
      const [reached, reach] = signal();
      const [open, release] = signal();
      held = { reached: reach, open };
      return {
        reached,
        open: () => {
          held = null;
          release();
        },
      };
    },
  };
}

function signal(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}
