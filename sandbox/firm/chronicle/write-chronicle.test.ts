import { describe, expect, test } from "vitest";
import { createBooks } from "../../systems/books.ts";
import { buildFirm } from "../build-firm.ts";
import { type Firm, netCents } from "../firm.ts";
import { addDays, firmDays } from "../firm-days.ts";
import { writeChronicle } from "./write-chronicle.ts";

const seed = "meridian";
const anchors = [
  ...Array.from({ length: 7 }, (_, day) => addDays("2026-11-23", day)),
  "2027-01-01",
  "2028-02-29",
];
const firmOn = (anchor: string): Firm => buildFirm({ seed, anchor });
const booksOf = (firm: Firm) => {
  const books = createBooks();
  books.append(writeChronicle(firm));
  return books;
};

describe("the story firm's past", () => {
  test("the same firm has the same past, and every event its own name", () => {
    const events = writeChronicle(firmOn("2026-11-23"));
    expect(writeChronicle(firmOn("2026-11-23"))).toEqual(events);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  test.each(anchors)(
    "on %s it ends before anybody's clock, in the order of recording",
    (anchor) => {
      const recorded = writeChronicle(firmOn(anchor)).map(({ recordedAt }) => recordedAt);
      expect(recorded).toEqual(recorded.toSorted());
      // The anchor's own events lie in its first half hour.
      const midnight = Temporal.PlainDate.from(anchor).toZonedDateTime("Europe/Berlin");
      expect(Date.parse(recorded.at(-1) ?? "")).toBeLessThan(
        midnight.epochMilliseconds + 1_800_000,
      );
    },
  );

  test.each(anchors)("on %s it ends in what the systems show", (anchor) => {
    const firm = firmOn(anchor);
    const books = booksOf(firm);
    for (const { id, name, lead, budgetMinutes } of firm.projects)
      expect(books.find("project", id)).toMatchObject({ name, leadId: lead, budgetMinutes });
    for (const { id, deliveredOn, acceptedOn, dueOn } of firm.milestones)
      expect(books.find("milestone", id)).toMatchObject({ deliveredOn, acceptedOn, due: dueOn });
    for (const row of firm.timesheets.filter(({ expectedMinutes }) => expectedMinutes > 0))
      expect(books.find("timesheet-week", row.id)).toMatchObject({
        loggedMinutes: row.loggedMinutes,
        submittedOn: row.submittedOn,
        approvedOn: row.approvedOn,
      });
    for (const { id, decidedOn, raisedOn } of firm.changeOrders)
      expect(books.find("change-order", id)).toMatchObject({ decidedOn, raisedOn });
    const live = firm.invoices.filter(({ state }) => !["cancelled", "credited"].includes(state));
    for (const invoice of live)
      expect(books.find("invoice", invoice.id)).toMatchObject({
        netCents: netCents(invoice),
        issuedOn: invoice.postedOn,
        ledgerEntry: invoice.ledgerEntry,
      });
    expect(books.all("invoice")).toHaveLength(live.length);
  });

  test.each(anchors)(
    "on %s healthy projects are on plan and the story's troubles show",
    (anchor) => {
      const firm = firmOn(anchor);
      const books = booksOf(firm);
      const sheets = Map.groupBy(books.all("timesheet-week"), ({ projectId }) => projectId);
      for (const { id, budgetMinutes, plannedEndOn, percentComplete, forecastEndOn } of books
        .all("project")
        .filter(({ status }) => status === "active")) {
        expect(forecastEndOn).toBe(plannedEndOn);
        // What was worked is what was earned, but for two weeks at most.
        const worked = (sheets.get(id) ?? []).reduce((sum, { loggedMinutes: m }) => sum + m, 0);
        const [earned, used] = [percentComplete, (worked / budgetMinutes) * 100];
        expect([id, Math.abs(earned - used) < 12]).toEqual([id, true]);
        expect(books.all("contract").some(({ projectId }) => projectId === id)).toBe(true);
        expect(books.all("assignment").some(({ projectId }) => projectId === id)).toBe(true);
        const reports = books.all("progress-report").filter(({ projectId }) => projectId === id);
        expect(reports.length).toBeGreaterThan(10);
      }
      const overdue = books.all("task").filter(({ dueOn, doneOn }) => dueOn < anchor && !doneOn);
      expect(overdue).toEqual([]);
      // Nobody is booked beyond their contract.
      const booked = Map.groupBy(books.all("assignment"), ({ personId }) => personId);
      for (const { id, weeklyMinutes } of books.all("person")) {
        const minutes = (booked.get(id) ?? []).reduce((sum, { minutesPerWeek: m }) => sum + m, 0);
        expect([id, minutes <= weeklyMinutes]).toEqual([id, true]);
      }
      const pending = books.all("approval").filter(({ state }) => state === "pending");
      expect(pending.map(({ subjectId }) => subjectId)).toEqual(
        expect.arrayContaining(["SI-1047", `TS-103-dalvarez-${firmDays(anchor).week(-3)}`]),
      );
      const begun = books.find("change-order", "CR-101-1");
      expect(begun?.workStartedOn).not.toBeNull();
      expect(String(begun?.workStartedOn) < String(begun?.raisedOn)).toBe(true);
      expect(books.find("project", "PRJ-104")?.reportedHealth).toBe("amber");
    },
  );
});
