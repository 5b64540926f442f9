import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BusinessCalendar, isBusinessDay } from "#/domain/business-time.ts";
import { endOfDay } from "../civil-time.ts";
import { businessDays, eveningOf, plusDays } from "./civil-days.ts";

const calendar = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    holidays: fc.array(fc.integer({ min: 0, max: 400 })),
    zone: fc.constantFrom("Europe/Ljubljana", "America/New_York", "Asia/Kolkata"),
  })
  .map(
    ({ days, holidays, zone }): BusinessCalendar => ({
      zone,
      days,
      opensAt: 540,
      closesAt: 1020,
      holidays: holidays.map((offset) => plusDays("2026-01-01", offset)),
    }),
  );
const date = fc.integer({ min: -60, max: 460 }).map((offset) => plusDays("2026-01-01", offset));

test("business days counted from sums are those counted one by one, in both directions", () => {
  fc.assert(
    fc.property(calendar, date, date, (firm, one, other) => {
      const [from, to] = one <= other ? [one, other] : [other, one];
      let count = 0;
      for (let day = plusDays(from, 1); day <= to; day = plusDays(day, 1))
        if (isBusinessDay(firm, Temporal.PlainDate.from(day))) count += 1;
      expect(businessDays(firm, from, to)).toBe(count);
      expect(businessDays(firm, to, from)).toBe(count === 0 ? 0 : -count);
    }),
  );
});

test("a remembered evening is the evening, over a change of the clocks too", () => {
  fc.assert(
    fc.property(calendar, date, (firm, day) => {
      expect(eveningOf(firm, day)).toBe(endOfDay(firm, day));
      expect(eveningOf(firm, day)).toBe(endOfDay(firm, day));
    }),
  );
});
