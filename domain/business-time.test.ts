import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addBusinessDays,
  type BusinessCalendar,
  businessMinutes,
  formatDays,
  isBusinessDay,
  localTime,
  minutesPerDay,
  startOfDay,
} from "./business-time.ts";

const berlin: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: ["2026-12-25"],
};
const minutes = (start: string, end: string) => businessMinutes(berlin, start, end);

describe("business time", () => {
  test.each([
    ["one full day", "2026-11-23T00:00:00Z", "2026-11-23T23:00:00Z", 480],
    ["a weekend", "2026-11-20T16:00:00Z", "2026-11-23T08:00:00Z", 0],
    ["a week", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z", 5 * 480],
    ["part of a morning", "2026-11-23T08:30:00Z", "2026-11-23T09:15:00Z", 45],
    ["over a holiday and a weekend", "2026-12-24T16:00:00Z", "2026-12-28T08:00:00Z", 0],
    ["nothing, backwards", "2026-11-24T00:00:00Z", "2026-11-23T00:00:00Z", 0],
    ["month end", "2026-11-30T08:00:00Z", "2026-12-01T16:00:00Z", 960],
    ["a leap day", "2028-02-28T00:00:00Z", "2028-03-01T00:00:00Z", 960],
    ["less than a minute", "2026-11-23T08:00:00Z", "2026-11-23T08:00:59Z", 0],
  ])("%s", (_, start, end, expected) => {
    expect(minutes(start, end)).toBe(expected);
  });

  test("opening hours follow the wall clock through both clock changes", () => {
    // Friday before and Monday after the change in March and in October.
    expect(minutes("2026-03-27T08:00:00Z", "2026-03-30T15:00:00Z")).toBe(960);
    expect(minutes("2026-10-23T07:00:00Z", "2026-10-26T16:00:00Z")).toBe(960);
  });

  test("a day that loses an hour while people work has an hour less", () => {
    const always: BusinessCalendar = {
      ...berlin,
      days: [1, 2, 3, 4, 5, 6, 7],
      opensAt: 0,
      closesAt: 1440,
      holidays: [],
    };
    const dayOf = (date: string, next: string) =>
      businessMinutes(always, startOfDay(always, date), startOfDay(always, next));
    expect(dayOf("2026-03-29", "2026-03-30")).toBe(23 * 60);
    expect(dayOf("2026-10-25", "2026-10-26")).toBe(25 * 60);
  });

  test("the zone decides which day it is", () => {
    const auckland = { ...berlin, zone: "Pacific/Auckland", holidays: [] };
    // Sunday evening in UTC is Monday morning there.
    expect(businessMinutes(auckland, "2026-11-22T20:00:00Z", "2026-11-22T21:00:00Z")).toBe(60);
    expect(minutes("2026-11-22T20:00:00Z", "2026-11-22T21:00:00Z")).toBe(0);
  });

  test("business days are added over weekends and holidays, both ways", () => {
    expect(addBusinessDays(berlin, "2026-11-20", 1)).toBe("2026-11-23");
    expect(addBusinessDays(berlin, "2026-11-21", 1)).toBe("2026-11-23");
    expect(addBusinessDays(berlin, "2026-12-24", 1)).toBe("2026-12-28");
    expect(addBusinessDays(berlin, "2026-11-23", -1)).toBe("2026-11-20");
    expect(addBusinessDays(berlin, "2026-11-21", 0)).toBe("2026-11-21");
  });

  test("local time says the minute of the day and whether people work", () => {
    expect(localTime(berlin, "2026-11-23T10:00:00Z")).toEqual({
      minuteOfDay: 660,
      businessDay: true,
    });
    expect(localTime(berlin, "2026-12-25T10:00:00Z").businessDay).toBe(false);
    expect(isBusinessDay(berlin, Temporal.PlainDate.from("2026-11-22"))).toBe(false);
  });

  test("days are for people: one decimal of the firm's own day", () => {
    expect(minutesPerDay(berlin)).toBe(480);
    expect(formatDays(660, 480)).toBe("1.4");
    expect(formatDays(0, 480)).toBe("0");
  });

  test("minutes add up at any minute where a stretch is cut", () => {
    const at = (minute: number) =>
      Temporal.Instant.from("2026-10-20T00:00:00Z").add({ minutes: minute }).toString();
    const minute = fc.integer({ min: 0, max: 20 * 1440 });
    fc.assert(
      fc.property(minute, minute, minute, (a, b, c) => {
        const [x = 0, y = 0, z = 0] = [a, b, c].toSorted((m, n) => m - n);
        expect(minutes(at(x), at(y)) + minutes(at(y), at(z))).toBe(minutes(at(x), at(z)));
      }),
    );
  });
});
