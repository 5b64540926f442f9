import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BusinessCalendar, businessMinutes } from "#/domain/business-time.ts";
import { createBusinessClock } from "./business-clock.ts";

const from = Date.parse("2026-03-01T00:00:00Z");
const to = Date.parse("2026-11-30T00:00:00Z");

test.each(["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"])(
  "the table agrees with the walk over the days, clock changes included: %s",
  (zone) => {
    const calendars: BusinessCalendar[] = [
      { zone, days: [1, 2, 3, 4, 5], opensAt: 540, closesAt: 1020, holidays: ["2026-05-01"] },
      { zone, days: [1, 2, 3, 4, 5, 6, 7], opensAt: 0, closesAt: 1440, holidays: [] },
    ];
    const minute = fc.integer({ min: 0, max: (to - from) / 60_000 });
    for (const calendar of calendars) {
      const daysBetween = createBusinessClock(calendar, { from, to });
      const day = calendar.closesAt - calendar.opensAt;
      fc.assert(
        fc.property(minute, fc.integer({ min: 0, max: 60 * 24 * 40 }), (start, length) => {
          const a = from + start * 60_000;
          const b = Math.min(to, a + length * 60_000);
          const walked = businessMinutes(
            calendar,
            new Date(a).toISOString(),
            new Date(b).toISOString(),
          );
          expect(daysBetween(a, b)).toBeCloseTo(walked / day, 9);
        }),
        { numRuns: 40 },
      );
    }
  },
);

test("backwards is nothing, and outside the span the nearest end counts", () => {
  const calendar = { zone: "UTC", days: [1, 2, 3, 4, 5], opensAt: 0, closesAt: 1440, holidays: [] };
  const daysBetween = createBusinessClock(calendar, { from, to });
  expect(daysBetween(to, from)).toBe(0);
  expect(daysBetween(0, from)).toBe(0);
});
