import * as fc from "fast-check";
import { expect, test } from "vitest";
import { calendar } from "../sample-facts.ts";
import { businessDays, civilDays, dateIn, plusDays } from "./civil-days.ts";
import { waitAt } from "./pending-age.ts";
import { createWorkClock } from "./work-clock.ts";
import { scheduleOf } from "./work-schedule.ts";

test("days between dates hold over months, leap days and clock changes", () => {
  expect(civilDays("2028-02-28", "2028-03-01")).toBe(2);
  expect(civilDays("2026-03-28", "2026-03-30")).toBe(2);
  expect(civilDays("2026-12-31", "2026-01-01")).toBe(-364);
  expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(businessDays(calendar, "2026-11-20", "2026-11-24")).toBe(2);
  expect(businessDays(calendar, "2026-11-24", "2026-11-20")).toBe(-2);
  expect(businessDays(calendar, "2026-11-21", "2026-11-22")).toBe(0);
});

test("the zone decides the date", () => {
  expect(dateIn("Pacific/Auckland", "2026-11-22T20:00:00Z")).toBe("2026-11-23");
  expect(dateIn("America/New_York", "2026-11-23T03:00:00Z")).toBe("2026-11-22");
});

test("business days add up at any date, and change sign with direction", () => {
  const date = fc.integer({ min: 0, max: 800 }).map((day) => plusDays("2026-01-01", day));
  fc.assert(
    fc.property(date, date, date, (a, b, c) => {
      const between = (from: string, to: string) => businessDays(calendar, from, to);
      expect(between(a, b) + between(b, c) - between(a, c)).toBe(0);
      expect(between(a, b)).toBe(0 - between(b, a));
    }),
    { numRuns: 30 },
  );
});

test("a wait is as old as it was at the instant asked about", () => {
  const clock = createWorkClock(scheduleOf(calendar));
  const wait = { since: "2026-11-23T08:00:00Z", until: "2026-11-24T16:00:00Z" };
  expect(waitAt(clock, wait, "2026-11-23T07:59:00Z")).toBeNull();
  expect(waitAt(clock, wait, "2026-11-23T10:00:00Z")).toEqual({ pending: true, minutes: 120 });
  expect(waitAt(clock, wait, "2026-11-24T16:00:00Z")).toEqual({ pending: false, minutes: 960 });
  expect(waitAt(clock, wait, "2026-12-24T16:00:00Z")).toEqual({ pending: false, minutes: 960 });
});
