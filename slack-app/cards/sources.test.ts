import { array, assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { observe } from "#/domain/evidence.ts";
import { hostile, invoiceSource, mrkdwnOf } from "../test-views.ts";
import { marksOf } from "./answer-message.ts";
import { sourceLine, sourcesOf } from "./sources.ts";
import { fieldText, marked, mindText, readableDates } from "./words.ts";

const week = {
  ...invoiceSource,
  system: "psa" as const,
  type: "timesheet-week",
  id: "TS-101-akovac-2026-11-02",
  url: null,
};

test("P5: facts of one record, read together, are one source that a reader can open", () => {
  const later = { ...week, retrievedAt: "2026-11-23T10:07:00.000Z" };
  const facts = [
    observe(week, "dueOn", "2026-11-10"),
    observe(invoiceSource, "issuedOn", null),
    observe(week, "expectedMinutes", 1440),
    observe(week, "state", "client_review"),
    observe(later, "state", "submitted"),
    observe(invoiceSource, "words", "paid already", "TEXT"),
  ];
  const read = (minute: string) =>
    `read <!date^${Date.parse(`2026-11-23T10:${minute}:00Z`) / 1000}^{date_short_pretty} {time}|2026-11-23 10:${minute} UTC>`;
  expect(sourcesOf(facts).map(sourceLine)).toEqual([
    `PSA timesheet week TS-101-akovac-2026-11-02: state client review · expected 24 h · due on 10 Nov 2026 · ${read("00")}`,
    `ERP invoice INV-1042: issued on none · words paid already (free text, not verified) · ${read("00")} · <https://erp.example/invoices/INV-1042|open>`,
    `PSA timesheet week TS-101-akovac-2026-11-02: state submitted · ${read("07")}`,
  ]);
});

test("the longest line of a source fits into a context block", () => {
  const id = "&".repeat(128);
  const url = `https://erp.example/${"x".repeat(280)}`;
  const facts = Array.from({ length: 20 }, (_, at) =>
    observe({ ...week, id, url }, `fieldOfALongName${at}`, "<".repeat(500), "CHOICE"),
  );
  for (const source of sourcesOf(facts)) expect(sourceLine(source).length).toBeLessThan(1900);
});

test("hostile values in a source stay words", () => {
  for (const text of hostile) {
    const fact = observe(week, "note", "");
    const record = { ...fact.record, id: text.slice(0, 100) };
    const [source] = sourcesOf([{ ...fact, record, value: text }]);
    const shown = mrkdwnOf(marked(source ? sourceLine(source) : "")).join();
    expect(shown).not.toMatch(/<!channel>|<!here>|<@U|<https:/);
    expect(shown).not.toMatch(/[*~`]/);
  }
});

test("citations: each number once, in order, three and more in a row as a range", () => {
  expect(marksOf([])).toBe("");
  expect(marksOf([2, 1, 1])).toBe("[1] [2]");
  expect(marksOf([3, 1, 2, 7, 9, 8, 5])).toBe("[1–3] [5] [7–9]");
  assert(
    property(array(integer({ min: 1, max: 30 })), (numbers) => {
      const shown = [...marksOf(numbers).matchAll(/\[(\d+)(?:–(\d+))?\]/g)].flatMap(
        ([, first, last]) => {
          const from = Number(first);
          return Array.from({ length: Number(last ?? first) - from + 1 }, (_, at) => from + at);
        },
      );
      expect(shown).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    }),
  );
});

test("days, fields and minds read as people say them; ids that hold a day stay as they are", () => {
  expect(readableDates("week of 2026-11-02, due 2026-11-10.")).toBe(
    "week of 2 Nov 2026, due 10 Nov 2026.",
  );
  for (const same of [
    "TS-101-akovac-2026-11-02",
    "2026-13-01",
    "2026-11-00",
    "12026-11-02",
    "2026-11-23T10:00",
  ])
    expect(readableDates(same)).toBe(same);
  expect(["issuedOn", "draft.subject", "approval.requestedOn", "net"].map(fieldText)).toEqual([
    "issued on",
    "draft subject",
    "approval requested on",
    "net",
  ]);
  expect(mindText("rules-1")).toBe("fixed rules, no AI");
  expect(mindText("a-model + rules-1")).toBe("AI (a-model + rules-1)");
});
