import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { formatMoney } from "#/domain/money.ts";
import { isRefused } from "#/domain/run.ts";
import { createTrytonClient } from "./tryton-client.ts";
import { createTrytonConnector, type TrytonConnection } from "./tryton-connector.ts";

const url = process.env["TEST_TRYTON_URL"];
const access = {
  url: url ?? "",
  user: process.env["TEST_TRYTON_USER"] ?? "",
  password: process.env["TEST_TRYTON_PASSWORD"] ?? "",
};
const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};
const connect = (change: Partial<TrytonConnection> = {}) =>
  createTrytonConnector({ ...access, connection: "tryton", calendar, ...change });

describe.skipIf(url === undefined)(
  "a real Tryton (needs TEST_TRYTON_URL, TEST_TRYTON_USER and TEST_TRYTON_PASSWORD)",
  () => {
    test("answers the check, and every list, in the shapes we expect", async () => {
      const connector = connect();
      await connector.check();
      const { look } = connector;
      const [projects, clients, opportunities, invoices] = await Promise.all([
        look.psa.listProjects(),
        look.crm.listClients(),
        look.crm.listOpportunities(),
        look.erp.listInvoices(),
      ]);
      for (const list of [projects, clients, opportunities, invoices])
        for (const { source } of list) {
          expect(source.connection).toBe("tryton");
          expect(source.revision).toMatch(/^\d+\.\d{6}/);
        }
      for (const { source } of projects) await look.psa.listMilestones(source.id);
    });

    test("a wrong password and a wrong key are CONNECTOR_AUTH, a dead port is CONNECTOR_UNAVAILABLE", async () => {
      await expect(connect({ password: "not it" }).check()).rejects.toMatchObject({
        code: "CONNECTOR_AUTH",
      });
      await expect(connect({ url: "http://127.0.0.1:9/firm/" }).check()).rejects.toMatchObject({
        code: "CONNECTOR_UNAVAILABLE",
      });
    });

    test("ids that are not Tryton's, or not there, find nothing", async () => {
      const { psa, crm, erp } = connect().look;
      for (const id of ["INV-1042", "999999999", "0", "1 or 1=1"]) {
        expect(await psa.getProject(id)).toBeNull();
        expect(await psa.getMilestone(id)).toBeNull();
        expect(await psa.getTimesheetWeek(id)).toBeNull();
        expect(await crm.getClient(id)).toBeNull();
        expect(await crm.getChangeOrder(id)).toBeNull();
        expect(await erp.getInvoice(id)).toBeNull();
      }
    });

    test("P10: every issued invoice carries the ledger's number, and no draft does", async () => {
      for (const invoice of await connect().look.erp.listInvoices()) {
        const issued = ["issued", "part_paid", "paid"].includes(invoice.state);
        expect([invoice.source.id, invoice.ledgerEntry !== null]).toEqual([
          invoice.source.id,
          issued,
        ]);
        const sum = invoice.lines.reduce((total, line) => total + line.net.minor, 0);
        expect(sum).toBe(invoice.net.minor);
      }
    });

    test("P4: a draft for the team is found after its answer was lost, and is there once", async () => {
      const [project] = await connect().look.psa.listProjects();
      if (project === undefined) throw new Error("no project in this database");
      let lose = true;
      const { psa } = connect({
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          const body = typeof init?.body === "string" ? init.body : "";
          if (!body.includes('"model.ir.note.create"') || !lose) return response;
          lose = false;
          await response.text();
          throw new TypeError("the connection was closed");
        },
      }).write;
      const key = randomBytes(32).toString("hex");
      const projectId = project.source.id;
      const about = { system: "psa", type: "project", id: projectId } as const;
      const draft = { key, about, projectId, subject: "Acceptance of M1", body: "Please accept." };
      expect(await psa.findDraftTask(key, projectId)).toBeNull();
      const error = await psa.createDraftTask(draft).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(isRefused(error)).toBe(false);
      const found = await psa.findDraftTask(key, projectId);
      expect(found?.observed).toEqual({ subject: draft.subject, body: draft.body });
      expect((await psa.createDraftTask(draft)).externalId).toBe(found?.externalId);
      // The approved version of the project is still the present one.
      expect((await connect().look.psa.getProject(projectId))?.source.revision).toBe(
        project.source.revision,
      );
      const client = createTrytonClient(access);
      const same = await client.call("model.ir.note.search_count", [
        [["message", "ilike", `%${key}%`]],
      ]);
      expect(same).toBe(1);
      await client.call("model.ir.note.delete", [[Number(found?.externalId)]]);
    });

    test("the seeded firm reads as it was seeded", async ({ skip }) => {
      const { psa, crm, erp } = connect().look;
      const aurora = await psa.getProject("1");
      if (aurora?.name !== "Aurora EHR migration") skip("this database has not the lab's seed");
      expect(aurora).toMatchObject({
        code: "P1",
        clientName: "Aurora Health Systems",
        status: "active",
        billing: "fixed",
        currency: "USD",
        budgetMinutes: 480 * 60,
        actualMinutes: 312 * 60,
        leadEmail: null,
        reportedHealth: null,
      });
      const milestones = await psa.listMilestones("1");
      expect(milestones.map(({ name, due, amount }) => [name, due, amount?.minor])).toEqual([
        ["M1 Discovery & assessment", "2026-09-24", 4_000_000],
        ["M2 Data migration design", "2026-11-09", 6_500_000],
        ["M3 Pilot cut-over", "2026-12-23", 8_000_000],
      ]);
      expect(milestones.map(({ acceptedOn }) => acceptedOn !== null)).toEqual([true, true, false]);

      const weeks = await psa.listTimesheetWeeks({
        projectId: "24",
        from: "2026-11-02",
        to: "2026-11-15",
      });
      expect(weeks.map(({ personName, week, state }) => [personName, week, state])).toEqual([
        ["Ana Kovac", "2026-11-02", "draft"],
        ["Ana Kovac", "2026-11-09", "missing"],
      ]);

      const [order] = await crm.listChangeOrders("1");
      expect(order).toMatchObject({ number: "CO-1", projectId: "1", raisedOn: "2026-11-23" });
      expect(order?.amount).toEqual({ minor: 480_000, currency: "USD" });
      expect((await crm.listClients()).map(({ name }) => name)).toContain(
        "Cobalt Mutual Insurance",
      );
      expect((await crm.listClients()).map(({ name }) => name)).not.toContain("Ana Kovac");

      const overdue = (await erp.listInvoices()).find(({ reference }) => reference === "COB-M1");
      expect(overdue).toMatchObject({ state: "issued", dueOn: "2026-10-09", projectId: null });
      expect(overdue && formatMoney(overdue.total)).toBe("USD 97,200.00");
      const paid = (await erp.listInvoices()).find(({ reference }) => reference === "AUR-M1");
      expect(paid?.state).toBe("paid");
    });
  },
);
