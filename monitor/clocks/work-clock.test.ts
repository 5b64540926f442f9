import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BusinessCalendar, businessMinutes } from "#/domain/business-time.ts";
import { createWorkClock, type WorkClock } from "./work-clock.ts";
import { personalSchedule, type Shift, scheduleOf } from "./work-schedule.ts";

const nineToFive = (zone: string, holidays: string[] = []): BusinessCalendar => ({
  zone,
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays,
});
const clockOf = (calendar: BusinessCalendar) => createWorkClock(scheduleOf(calendar));
const berlin = clockOf(nineToFive("Europe/Berlin", ["2026-12-25"]));
const always = (zone: string): BusinessCalendar => ({
  zone,
  days: [1, 2, 3, 4, 5, 6, 7],
  opensAt: 0,
  closesAt: 1440,
  holidays: [],
});
/** Half-hour clock change, no clock change at 5:45, both hemispheres. */
const zones = ["Europe/Ljubljana", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
const week = (hours: Record<number, Shift[]>) =>
  new Map(Object.entries(hours).map(([day, shifts]) => [Number(day), shifts]));
const morning = { opensAt: 540, closesAt: 720 };
const afternoon = { opensAt: 780, closesAt: 1020 };

describe("a firm's clock", () => {
  test.each([
    ["one full day", "2026-11-23T00:00:00Z", "2026-11-23T23:00:00Z", 480],
    ["a weekend", "2026-11-20T16:00:00Z", "2026-11-23T08:00:00Z", 0],
    ["over a holiday and a weekend", "2026-12-24T16:00:00Z", "2026-12-28T08:00:00Z", 0],
    ["backwards", "2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z", 0],
    ["month end", "2026-11-30T08:00:00Z", "2026-12-01T16:00:00Z", 960],
    ["a leap day", "2028-02-28T00:00:00Z", "2028-03-01T00:00:00Z", 960],
    ["no leap day in 2100", "2100-02-26T00:00:00Z", "2100-03-02T00:00:00Z", 960],
    [
      "Friday to Monday over the spring change",
      "2026-03-27T08:00:00Z",
      "2026-03-30T15:00:00Z",
      960,
    ],
    [
      "Friday to Monday over the autumn change",
      "2026-10-23T07:00:00Z",
      "2026-10-26T16:00:00Z",
      960,
    ],
  ])("counts %s", (_, start, end, expected) => {
    expect(berlin.minutes(start, end)).toBe(expected);
  });

  test.each([
    ["Europe/Ljubljana", "2026-03-29", 23 * 60],
    ["Europe/Ljubljana", "2026-10-25", 25 * 60],
    ["America/New_York", "2026-03-08", 23 * 60],
    ["America/New_York", "2026-11-01", 25 * 60],
    ["Australia/Lord_Howe", "2026-10-04", 23 * 60 + 30],
    ["Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30],
    ["Asia/Kathmandu", "2026-03-29", 24 * 60],
  ])("in %s the day %s has as many minutes as passed", (zone, date, expected) => {
    const day = Temporal.PlainDate.from(date);
    const start = day.toZonedDateTime(zone).toInstant().toString();
    const end = day.add({ days: 1 }).toZonedDateTime(zone).toInstant().toString();
    expect(clockOf(always(zone)).minutes(start, end)).toBe(expected);
  });

  test.each(zones)(
    "in %s agrees with counting day by day, whatever the order of questions",
    (zone) => {
      const calendar = nineToFive(zone, ["2026-03-30", "2026-10-05"]);
      const clock = clockOf(calendar);
      fc.assert(
        fc.property(minuteOf2026, minuteOf2026, (a, b) => {
          expect(clock.minutes(a, b)).toBe(businessMinutes(calendar, a, b));
        }),
        { numRuns: 40 },
      );
    },
  );

  test("a placeholder such as the year 9999 is a very long time, not an endless loop", () => {
    const toEnd = berlin.minutes("2026-11-23T08:00:00Z", "9999-12-31T00:00:00Z");
    expect(toEnd).toBe(berlin.minutes("2026-11-23T08:00:00Z", "2200-01-01T00:00:00Z"));
    expect(toEnd).toBeGreaterThan(170 * 250 * 480);
    expect(berlin.minutes("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z")).toBe(0);
  });

  test("text that is no instant is refused, and so is an unknown zone", () => {
    expect(() => berlin.minutes("yesterday", "2026-11-23T00:00:00Z")).toThrow(RangeError);
    expect(() =>
      clockOf(nineToFive("Europe/Nowhere")).minutes("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
    ).toThrow(RangeError);
  });
});

describe("a person's clock", () => {
  const firm = nineToFive("Europe/Berlin");
  const minutesOf = (clock: WorkClock, from: string, to: string) =>
    clock.minutes(`${from}T00:00:00+01:00`, `${to}T00:00:00+01:00`);

  test("part-time: other weekdays, other hours, a lunch break", () => {
    const clock = createWorkClock(
      personalSchedule(firm, {
        week: week({ 1: [morning, afternoon], 2: [morning], 4: [morning] }),
      }),
    );
    expect(minutesOf(clock, "2026-11-23", "2026-11-30")).toBe(420 + 180 + 180);
    // A business day stays the firm's, so "two business days" is the same limit for everybody.
    expect(clock.dayMinutes).toBe(480);
  });

  test("shifts that overlap are worked once", () => {
    const clock = createWorkClock(
      personalSchedule(firm, { week: week({ 1: [morning, { opensAt: 600, closesAt: 780 }] }) }),
    );
    expect(minutesOf(clock, "2026-11-23", "2026-11-24")).toBe(240);
  });

  test("their own zone decides when Monday begins", () => {
    const clock = createWorkClock(personalSchedule(firm, { zone: "Pacific/Auckland" }));
    expect(clock.minutes("2026-11-22T20:00:00Z", "2026-11-22T21:00:00Z")).toBe(60);
    expect(berlin.minutes("2026-11-22T20:00:00Z", "2026-11-22T21:00:00Z")).toBe(0);
  });

  test("leave takes whole days or part of one, and holidays are those of the place", () => {
    const clock = createWorkClock(
      personalSchedule(firm, {
        holidays: ["2026-11-26"],
        leave: [
          { from: "2026-11-23", to: "2026-11-24", part: null },
          { from: "2026-11-25", to: "2026-11-25", part: { opensAt: 720, closesAt: 1440 } },
        ],
      }),
    );
    expect(minutesOf(clock, "2026-11-23", "2026-11-30")).toBe(180 + 480);
    expect(clock.after("2026-11-23T00:00:00Z", 1)).toBe("2026-11-25T08:01:00.000Z");
  });

  test("somebody who never works has no minutes and no end", () => {
    const clock = createWorkClock(personalSchedule(firm, { week: new Map() }));
    expect(minutesOf(clock, "2026-01-01", "2026-12-31")).toBe(0);
    expect(clock.after("2026-11-23T00:00:00Z", 1)).toBeNull();
  });
});

describe("invariants, to the second and over clock changes", () => {
  const clocks = fc.constantFrom(
    ...zones.map((zone) => clockOf(nineToFive(zone))),
    ...zones.map((zone) => clockOf(always(zone))),
    createWorkClock(
      personalSchedule(nineToFive("Europe/Ljubljana"), {
        week: week({ 1: [morning, afternoon], 7: [{ opensAt: 0, closesAt: 240 }] }),
      }),
    ),
  );

  test("minutes add up wherever a stretch is cut", () => {
    fc.assert(
      fc.property(clocks, fc.array(secondOf2026, { minLength: 2, maxLength: 8 }), (clock, cuts) => {
        const sorted = cuts.toSorted();
        const pieces = sorted
          .slice(1)
          .map((end, index) => clock.minutes(sorted[index] ?? end, end));
        expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(
          clock.minutes(sorted[0] ?? "", sorted.at(-1) ?? ""),
        );
      }),
    );
  });

  test("a longer stretch never has fewer minutes, and never more than passed", () => {
    fc.assert(
      fc.property(clocks, secondOf2026, secondOf2026, secondOf2026, (clock, ...instants) => {
        const [a = "", b = "", c = ""] = instants.toSorted();
        expect(clock.minutes(a, c)).toBeGreaterThanOrEqual(clock.minutes(a, b));
        const passed = (Date.parse(c) - Date.parse(a)) / 60_000;
        expect(clock.minutes(a, c)).toBeLessThanOrEqual(Math.ceil(passed));
        expect(clock.minutes(c, a)).toBe(0);
      }),
    );
  });

  test("`after` is the first instant at which that much has been worked", () => {
    fc.assert(
      fc.property(
        clocks,
        secondOf2026,
        fc.integer({ min: 1, max: 20_000 }),
        (clock, start, minutes) => {
          const end = clock.after(start, minutes) ?? "";
          expect(clock.minutes(start, end)).toBe(minutes);
          const justBefore = new Date(Date.parse(end) - 1).toISOString();
          expect(clock.minutes(start, justBefore)).toBe(minutes - 1);
        },
      ),
    );
  });
});

const instantOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
const start2026 = Date.UTC(2026, 0, 1);
const minuteOf2026 = fc
  .integer({ min: 0, max: 365 * 1440 })
  .map((minute) => instantOf(start2026 + minute * 60_000));
const secondOf2026 = fc
  .integer({ min: 0, max: 365 * 86_400 })
  .map((second) => instantOf(start2026 + second * 1000));
