import { describe, expect, test } from "vitest";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { TenantId } from "#/domain/ids.ts";
import { attributeInvoiceDelay } from "#/monitor/attribute-invoice-delay.ts";
import type { InvoiceFacts } from "#/monitor/invoice-facts.ts";
import { openBlockers } from "#/monitor/open-blockers.ts";
import { encodeDate } from "#/tools/connectors/tryton/decode-values.ts";
import { createTrytonConnector } from "#/tools/connectors/tryton/tryton-connector.ts";
import { actOutside, type OutsideWorld, stageTryton } from "./stage-tryton.ts";
import { makeMilestoneCase } from "./stage-tryton-milestone.ts";
import { type Office, openOffice } from "./stage-tryton-office.ts";

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
const billingWeekday = 4;
const today = Temporal.Now.plainDateISO(calendar.zone).toString();
const connector = createTrytonConnector({
  ...access,
  connection: "tryton",
  calendar,
  billingWeekday,
});
const { psa, crm, erp } = connector.look;
const release = (invoiceId: string, revision: string | null) =>
  connector.write.erp.issueInvoice({ key: "0".repeat(64), invoiceId, revision });

async function factsOf(invoiceId: number): Promise<InvoiceFacts> {
  const invoice = await erp.getInvoice(String(invoiceId));
  if (invoice?.projectId == null) throw new Error("the staged invoice names no project");
  const { projectId, periodStart: from, periodEnd: to } = invoice;
  return {
    tenant: TenantId.parse("meridian"),
    invoice,
    project: await psa.getProject(projectId),
    milestones: await psa.listMilestones(projectId),
    changeOrders: await crm.listChangeOrders(projectId),
    timesheetWeeks:
      from === null || to === null ? [] : await psa.listTimesheetWeeks({ projectId, from, to }),
    calendar,
    asOf: Temporal.Now.instant().toString({ smallestUnit: "millisecond" }),
    targetBusinessDays: 5,
  };
}

let atWork: Promise<Office> | undefined;
let outsideWorld: Promise<OutsideWorld> | undefined;
const worldOutside = () => (outsideWorld ??= actOutside(access, today));

/** A draft of its own for one test. */
async function freshDraft() {
  const office = await (atWork ??= openOffice(access, today));
  const { invoice } = await makeMilestoneCase(office, "ready", billingWeekday);
  return { office, id: invoice };
}

describe.skipIf(url === undefined)(
  "a staged Tryton (needs TEST_TRYTON_URL, TEST_TRYTON_USER and TEST_TRYTON_PASSWORD)",
  () => {
    test("staging twice is the same stage, and every case reads as it was meant", async () => {
      const stage = await stageTryton(access, today);
      expect(await stageTryton(access, today)).toEqual(stage);

      const late = attributeInvoiceDelay(await factsOf(stage.delayed.invoice));
      expect(late.status).toBe("late");
      expect(late.gaps).toEqual([]);
      expect(Object.fromEntries(late.causes.map(({ code, open }) => [code, open]))).toEqual({
        "INV-1": true,
        "INV-3": true,
        "INV-4": true,
      });
      for (const { totalMinutes } of late.causes) expect(totalMinutes).toBeGreaterThan(0);
      expect(late.invoice).toMatchObject({ reference: stage.delayed.reference, state: "draft" });

      const ready = await factsOf(stage.ready.invoice);
      expect(openBlockers(ready)).toEqual([]);
      const waiting = attributeInvoiceDelay(ready);
      expect(waiting.status).toBe("late");
      expect(waiting.causes.map(({ code, open }) => [code, open])).toEqual([["INV-12", true]]);

      const healthy = await factsOf(stage.healthy.invoice);
      expect(attributeInvoiceDelay(healthy).status).toBe("on-time");
      expect(healthy.invoice.ledgerEntry).not.toBeNull();
    });

    test("what people do outside takes each cause away, and the next stage has a new case", async () => {
      const { delayed } = await stageTryton(access, today);
      const outside = await worldOutside();
      const open = async () => openBlockers(await factsOf(delayed.invoice)).length;
      expect(await open()).toBe(3);
      await outside.logMissingTime(delayed);
      expect(await open()).toBe(2);
      await outside.executeChangeOrder(delayed);
      expect(await open()).toBe(1);
      await outside.acceptMilestone(delayed);
      expect(await open()).toBe(0);
      // The lines that the change order pays for are still on the draft.
      expect((await factsOf(delayed.invoice)).invoice.lines).toHaveLength(3);
      await outside.logMissingTime(delayed);
      await outside.executeChangeOrder(delayed);
      await outside.acceptMilestone(delayed);
      expect(await open()).toBe(0);
      const next = await stageTryton(access, today);
      expect(next.delayed.invoice).not.toBe(delayed.invoice);
    });

    test("P3: an invoice that changed after approval is not issued, also when only a line changed", async () => {
      const { office, id } = await freshDraft();
      const approved = (await erp.getInvoice(String(id)))?.source.revision ?? "";
      const [line] = await office.find("account.invoice.line", [["invoice", "=", id]]);
      await office.change("account.invoice.line", Number(line), { description: "Something else" });
      const changed = (await erp.getInvoice(String(id)))?.source.revision ?? "";
      // Tryton's own token did not move.
      expect(changed.split("~")[0]).toBe(approved.split("~")[0]);
      await expect(release(String(id), approved)).rejects.toMatchObject({
        name: "Refused",
        code: "conflict",
      });
      const outside = await worldOutside();
      expect(await outside.readInvoice(id)).toEqual({
        id,
        state: "draft",
        number: null,
        move: null,
      });
      await release(String(id), changed);
      expect((await outside.readInvoice(id)).state).toBe("posted");
    });

    test("P4: issuing twice gives one number and one ledger entry", async () => {
      const { id } = await freshDraft();
      const revision = (await erp.getInvoice(String(id)))?.source.revision ?? null;
      await release(String(id), revision);
      const outside = await worldOutside();
      const first = await outside.readInvoice(id);
      expect(first.state).toBe("posted");
      expect(first.number).not.toBeNull();
      await release(String(id), revision);
      expect(await outside.readInvoice(id)).toEqual(first);
    });

    test("P4: six executors at once make one ledger entry, and each learns that it is issued", async () => {
      const { office, id } = await freshDraft();
      const revision = (await erp.getInvoice(String(id)))?.source.revision ?? null;
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, () => release(String(id), revision)),
      );
      expect(results.map(({ status }) => status)).toEqual(Array(6).fill("fulfilled"));
      const moves = await office.find("account.move", [["origin", "=", `account.invoice,${id}`]]);
      expect(moves).toHaveLength(1);
    });

    test("two invoices issued in the same moment are both issued", async () => {
      const drafts = [await freshDraft(), await freshDraft(), await freshDraft()];
      await Promise.all(drafts.map(({ id }) => release(String(id), null)));
      const outside = await worldOutside();
      const numbers = await Promise.all(
        drafts.map(async ({ id }) => (await outside.readInvoice(id)).number),
      );
      expect(new Set(numbers).size).toBe(3);
    });

    test("a warning of the ERP is handed to people, and the invoice stays a draft", async () => {
      const { office, id } = await freshDraft();
      const past = Temporal.PlainDate.from(today).subtract({ days: 90 }).toString();
      await office.change("account.invoice", id, { payment_term_date: encodeDate(past) });
      await expect(release(String(id), null)).rejects.toMatchObject({
        name: "Refused",
        code: "needs-acknowledgement",
      });
      const outside = await worldOutside();
      expect(await outside.readInvoice(id)).toEqual({
        id,
        state: "draft",
        number: null,
        move: null,
      });
      await office.press("account.invoice", "cancel", id);
    });

    test("P3: a cancelled invoice, and one that is not there, are refused", async () => {
      const { office, id } = await freshDraft();
      await office.press("account.invoice", "cancel", id);
      await expect(release(String(id), null)).rejects.toMatchObject({ code: "invalid" });
      await expect(release("999999999", null)).rejects.toMatchObject({ code: "invalid" });
    });
  },
);
