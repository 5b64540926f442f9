import { describe, expect, test } from "vitest";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { encodeDate, encodeMinutes } from "./decode-values.ts";
import { fakeTryton, fromTables } from "./fake-tryton.ts";
import { parseWeekId } from "./timesheet-weeks.ts";
import { createTrytonConnector } from "./tryton-connector.ts";

const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: ["2026-10-09"],
};

const instant = (day: string) => ({
  __class__: "datetime",
  year: Number(day.slice(0, 4)),
  month: Number(day.slice(5, 7)),
  day: Number(day.slice(8)),
  hour: 10,
  minute: 0,
  second: 0,
  microsecond: 0,
});

const work = (id: number, change: object = {}) => ({
  id,
  name: `Work ${id}`,
  type: id === 1 ? "project" : "task",
  parent: id === 1 ? null : 1,
  "party.": { id: 2, name: "Aurora" },
  "status.": { id: 1, name: "Open", progress: null },
  progress: null,
  comment: null,
  list_price: null,
  "product.": null,
  "currency.": { id: 1, code: "USD" },
  constraint_start_date: null,
  constraint_finish_date: null,
  actual_start_date: null,
  actual_finish_date: null,
  timesheet_available: id !== 1,
  timesheet_works: id === 1 ? [] : [id * 10],
  project_invoice_method: "timesheet",
  invoice_line: null,
  write_date: null,
  create_date: instant("2026-09-01"),
  _timestamp: "1",
  ...change,
});

const allocation = (id: number, employee: number, on: { work: number; percentage: number }) => ({
  id,
  employee,
  ...on,
  _timestamp: "1",
});
const line = (id: number, on: { employee: number; day: string; hours: number; made: string }) => ({
  id,
  employee: on.employee,
  date: encodeDate(on.day),
  duration: encodeMinutes(on.hours * 60),
  create_date: instant(on.made),
  _timestamp: "1",
});
const employee = (id: number, name: string, change: object = {}) => ({
  id,
  "party.": { id: id + 100, name, email: `${name.toLowerCase()}@firm.example` },
  start_date: null,
  end_date: null,
  ...change,
});

async function weeksOf(
  tables: Record<string, { id: number }[]>,
  period = { from: "2026-10-01", to: "2026-10-31" },
) {
  const server = fakeTryton(
    fromTables({ "project.work": [work(1), work(2)], "company.employee": [], ...tables }),
  );
  const { look } = createTrytonConnector({
    url: "https://erp.firm.example/firm/",
    user: "copilot",
    password: "correct horse battery",
    connection: "tryton",
    calendar,
    fetch: server.fetch,
  });
  return look.psa.listTimesheetWeeks({ projectId: "1", ...period });
}

const ana = employee(7, "Ana");

describe("weeks out of allocations and time lines", () => {
  test("one row per person and week whose working days all lie in the period", async () => {
    const weeks = await weeksOf({
      "company.employee": [ana],
      "project.allocation": [allocation(1, 7, { work: 2, percentage: 50 })],
    });
    // 1 October is a Thursday, 31 October a Saturday.
    expect(weeks.map(({ week }) => week)).toEqual([
      "2026-10-05",
      "2026-10-12",
      "2026-10-19",
      "2026-10-26",
    ]);
    expect(weeks[1]).toMatchObject({
      source: { id: "1-7-2026-10-12", type: "timesheet-week", connection: "tryton" },
      expectedMinutes: 1200,
      loggedMinutes: 0,
      state: "missing",
      dueOn: "2026-10-19",
      submittedOn: null,
      approvedOn: null,
      approverName: null,
      personEmail: "ana@firm.example",
    });
    // Friday the 9th is a holiday.
    expect(weeks[0]?.expectedMinutes).toBe(960);
  });

  test("loads on one project add up, on the works that are open in that week", async () => {
    const weeks = await weeksOf({
      "project.work": [
        work(1),
        work(2),
        work(3, { constraint_start_date: encodeDate("2026-10-19") }),
        work(4, { actual_finish_date: encodeDate("2026-10-16") }),
        work(5, { "status.": { id: 2, name: "Done", progress: 1 } }),
      ],
      "company.employee": [ana],
      "project.allocation": [2, 3, 4, 5].map((id) =>
        allocation(id, 7, { work: id, percentage: 20 }),
      ),
    });
    expect(weeks.map(({ expectedMinutes }) => expectedMinutes)).toEqual([768, 960, 960, 960]);
  });

  test("P6: nobody is expected before joining or after leaving", async () => {
    const weeks = await weeksOf({
      "company.employee": [
        employee(7, "Ana", {
          start_date: encodeDate("2026-10-14"),
          end_date: encodeDate("2026-10-23"),
        }),
      ],
      "project.allocation": [allocation(1, 7, { work: 2, percentage: 100 })],
    });
    expect(weeks.map(({ week }) => week)).toEqual(["2026-10-19"]);
  });

  test("enough hours count from the day the last needed line was recorded; fewer are a draft", async () => {
    const made = (id: number, day: string, recorded: string) =>
      line(id, { employee: 7, day, hours: 10, made: recorded });
    const weeks = await weeksOf({
      "company.employee": [ana],
      "project.allocation": [allocation(1, 7, { work: 2, percentage: 50 })],
      "timesheet.line": [
        made(1, "2026-10-12", "2026-10-13"),
        made(2, "2026-10-13", "2026-10-20"),
        made(3, "2026-10-14", "2026-11-02"),
        made(4, "2026-10-20", "2026-10-21"),
      ],
    });
    expect(weeks[1]).toMatchObject({
      state: "approved",
      loggedMinutes: 1800,
      submittedOn: "2026-10-20",
      approvedOn: "2026-10-20",
    });
    expect(weeks[2]).toMatchObject({ state: "draft", loggedMinutes: 600, submittedOn: null });
  });

  test("time without an allocation is shown, and nothing was expected", async () => {
    const weeks = await weeksOf({
      "company.employee": [ana],
      "timesheet.line": [line(1, { employee: 7, day: "2026-10-21", hours: 3, made: "2026-10-21" })],
    });
    expect(weeks).toHaveLength(1);
    expect(weeks[0]).toMatchObject({ expectedMinutes: 0, loggedMinutes: 180, state: "approved" });
  });
});

test("only ids of this form are weeks", () => {
  expect(parseWeekId("1-7-2026-10-12")).toEqual({ project: 1, week: "2026-10-12" });
  for (const id of ["1-7-2026-10-13", "1-7-2026-13-12", "7-2026-10-12", "TW-17", "0-7-2026-10-12"])
    expect(parseWeekId(id)).toBeNull();
});
