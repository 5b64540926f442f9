import { beforeEach, describe, expect, test } from "vitest";
import type { InvoiceDelay } from "#/domain/assessment.ts";
import { CountersignError } from "#/domain/errors.ts";
import { ExceptionId } from "#/domain/ids.ts";
import { formatRef, type Invoice, type TimesheetWeek } from "#/domain/record.ts";
import { changeOrder, invoice, project, source, week } from "#/monitor/sample-facts.ts";
import { findInvoice } from "./explain-invoice.ts";
import type { Reads } from "./reads.ts";
import { firm } from "./sample-firm.ts";
import { type WatchNeeds, watchInvoices } from "./watch-portfolio.ts";

type World = { invoices: Invoice[]; weeks: TimesheetWeek[]; now: string };
type Case = { id: ExceptionId; delay: InvoiceDelay; state: "open" | "closed"; title: string };

let world: World;
let cases: Case[];
let told: string[];
let crmIsAway: boolean;

const missing: TimesheetWeek = {
  ...week,
  state: "missing",
  loggedMinutes: 0,
  submittedOn: null,
  approvedOn: null,
};

beforeEach(() => {
  world = { invoices: [invoice], weeks: [missing], now: "2026-11-23T10:00:00Z" };
  cases = [];
  told = [];
  crmIsAway = false;
});

const reads = (): Reads => ({
  psa: {
    listProjects: async () => [project],
    getProject: async (id) => (id === project.source.id ? project : null),
    listMilestones: async () => [],
    listTimesheetWeeks: async () => world.weeks,
  },
  crm: {
    listChangeOrders: async () => {
      if (crmIsAway) throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: "The CRM" });
      return [changeOrder];
    },
  },
  erp: {
    listInvoices: async () => world.invoices,
    getInvoice: async (id) => world.invoices.find((each) => each.source.id === id) ?? null,
  },
});

const note = (line: string) => async (): Promise<void> => void told.push(line);
const needs = (): WatchNeeds => ({
  reads,
  now: () => world.now,
  log: () => undefined,
  start: { investigate: (_tenant, id, reason) => note(`investigate ${id} ${reason}`) },
  store: {
    tenant: async () => firm,
    openExceptions: async () =>
      cases
        .filter(({ state }) => state === "open")
        .map(({ id, delay, title, state }) => ({
          tenant: firm.id,
          id,
          kind: "invoice-delay" as const,
          subject: delay.invoice.ref,
          title,
          state,
          openedAt: world.now,
          closedAt: null,
          delay,
        })),
    openException: async (delay, title, enqueue) => {
      const id = ExceptionId.parse(`X-00000${cases.length + 1}`);
      cases.push({ id, delay, title, state: "open" });
      told.push(`open ${id}`);
      await enqueue(id)(null);
      return id;
    },
    updateException: async (id, delay, enqueue) => {
      const found = cases.find((each) => each.id === id);
      if (found) found.delay = delay;
      told.push(`update ${id}`);
      await enqueue?.(null);
    },
    closeException: async (id, _delay, reason) => {
      const found = cases.find((each) => each.id === id);
      if (found) found.state = "closed";
      told.push(`close ${id}: ${reason}`);
    },
  },
});
const look = () => watchInvoices(firm.id, needs());
const news = (): string[] => told.splice(0).map((line) => line.replace(/ [0-9a-f]{16}$/, " …"));

describe("one look at the firm", () => {
  test("opens one case for a late invoice and has it investigated; looking again changes nothing", async () => {
    await look();
    expect(news()).toEqual(["open X-000001", "investigate X-000001 …"]);
    expect(cases[0]?.title).toBe("Invoice AUR-10 to Aurora Health is late (EUR 40,000.00)");
    await look();
    world.now = "2026-11-24T10:00:00Z";
    await look();
    expect(news()).toEqual([]);
  });

  test("tells again when the causes change, and once only", async () => {
    await look();
    news();
    world.weeks = [
      { ...missing, state: "submitted", loggedMinutes: 2400, submittedOn: "2026-11-23" },
    ];
    await look();
    expect(news()).toEqual(["update X-000001", "investigate X-000001 …"]);
    await look();
    expect(news()).toEqual([]);
  });

  test("another amount or another day alone is not news", async () => {
    await look();
    news();
    world.invoices = [{ ...invoice, net: { minor: 1, currency: "EUR" } }];
    world.now = "2026-11-27T10:00:00Z";
    await look();
    expect(news()).toEqual([]);
  });

  test("P6: a source that is away makes the case incomplete, and never closes it", async () => {
    world.invoices = [
      { ...invoice, lines: invoice.lines.map((line) => ({ ...line, changeOrderId: "CO-1" })) },
    ];
    await look();
    news();
    crmIsAway = true;
    await look();
    expect(news()).toEqual(["update X-000001", "investigate X-000001 …"]);
    expect(cases[0]).toMatchObject({ state: "open" });
    expect(cases[0]?.delay.gaps.length).toBeGreaterThan(0);
    crmIsAway = false;
    await look();
    expect(news()).toEqual(["update X-000001", "investigate X-000001 …"]);
    expect(cases[0]?.delay.gaps).toEqual([]);
  });

  test("P6: what cannot be judged opens no case, and is not called on time either", async () => {
    crmIsAway = true;
    world.weeks = [week];
    world.now = "2026-11-02T10:00:00Z";
    await look();
    expect(news()).toEqual([]);
  });

  test.each(["issued", "paid", "void", "credited"] as const)(
    "closes the case when the invoice is %s, and does not open it again",
    async (state) => {
      await look();
      news();
      world.invoices = [{ ...invoice, state, issuedOn: "2026-11-23" }];
      await look();
      expect(news()).toEqual([`close X-000001: the invoice is ${state}`]);
      await look();
      expect(news()).toEqual([]);
    },
  );

  test("closes the case when the draft was deleted at the source", async () => {
    await look();
    news();
    world.invoices = [];
    await look();
    expect(news()).toEqual(["close X-000001: the ERP no longer has the invoice"]);
    await look();
    expect(news()).toEqual([]);
  });

  test("a second case opens for the same invoice only after the first was closed", async () => {
    await look();
    world.invoices = [{ ...invoice, state: "issued", issuedOn: "2026-11-23" }];
    await look();
    world.invoices = [invoice];
    await look();
    expect(cases.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "X-000001 closed",
      "X-000002 open",
    ]);
  });
});

describe("which invoice somebody means", () => {
  const of = (id: string, change: Partial<Invoice>): Invoice => ({
    ...invoice,
    source: source("erp", "invoice", id),
    ...change,
  });
  beforeEach(() => {
    world.invoices = [
      of("INV-1", { reference: "AUR-10" }),
      of("INV-2", { reference: "AUR-11", projectId: null }),
      of("INV-3", { reference: "BAL-1", clientName: "Baltic Freight", projectId: null }),
      of("INV-4", {
        number: "2026-07",
        reference: "BAL-0",
        clientName: "Baltic Freight",
        state: "paid",
        projectId: null,
      }),
    ];
  });
  const found = async (query: string) => formatRef((await findInvoice(reads(), query)).source);

  test.each([
    ["INV-2", "erp:invoice:INV-2"],
    ["erp:invoice:INV-3", "erp:invoice:INV-3"],
    ["aur-11", "erp:invoice:INV-2"],
    [" 2026-07 ", "erp:invoice:INV-4"],
    ["Aurora migration", "erp:invoice:INV-1"],
    ["AUR", "erp:invoice:INV-1"],
    ["baltic", "erp:invoice:INV-3"],
  ])("“%s” is %s", async (query, ref) => {
    expect(await found(query)).toBe(ref);
  });

  test.each(["aurora", "Aurora Health"])("“%s” means two, and both are named", async (query) => {
    await expect(found(query)).rejects.toMatchObject({ code: "AMBIGUOUS_NAME" });
    await expect(found(query)).rejects.toThrow(/AUR-10.*AUR-11/);
  });

  test.each(["", "  ", "INV-9", "erp:invoice:", "psa:project:P-1", "%", "a".repeat(9000)])(
    "“%s” means none",
    async (query) => {
      await expect(found(query)).rejects.toMatchObject({ code: "UNKNOWN_INVOICE" });
    },
  );

  test("an ERP that does not know the id still finds it by name; one that is broken is not “unknown”", async () => {
    const picky: Reads = {
      ...reads(),
      erp: {
        listInvoices: async () => world.invoices,
        getInvoice: async () => {
          throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: "The ERP" });
        },
      },
    };
    expect((await findInvoice(picky, "AUR-11")).source.id).toBe("INV-2");
    const broken: Reads = {
      ...picky,
      erp: {
        ...picky.erp,
        listInvoices: async () => {
          throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: "The ERP" });
        },
      },
    };
    await expect(findInvoice(broken, "AUR-11")).rejects.toMatchObject({
      code: "CONNECTOR_UNAVAILABLE",
    });
  });
});
