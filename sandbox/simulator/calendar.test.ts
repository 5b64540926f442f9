import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, createCalendar, dayOfDate } from "./calendar.ts";
import { drawsFor } from "./draws.ts";

const calendar = createCalendar(
  { country: "DE", zone: "Europe/Berlin" },
  dayOfDate("2025-01-01"),
  dayOfDate("2027-12-31"),
);
const moment = (text: string): number => {
  const [date = "", time = "00:00"] = text.split(" ");
  const [hour = "0", minute = "0"] = time.split(":");
  return at(dayOfDate(date), Number(hour) * 60 + Number(minute));
};

describe("the firm's calendar", () => {
  test("weekends and holidays are no working time", () => {
    // Good Friday and Easter Monday of 2026 make a gap of four days.
    expect(calendar.between(moment("2026-04-02 17:00"), moment("2026-04-07 09:00"))).toBe(0);
    expect(calendar.between(moment("2026-04-02 09:00"), moment("2026-04-07 17:00"))).toBe(2);
  });

  test("an instant knows summer and winter time", () => {
    expect(calendar.instant(moment("2026-01-15 09:30"))).toBe("2026-01-15T08:30:00.000Z");
    expect(calendar.instant(moment("2026-07-15 00:30"))).toBe("2026-07-14T22:30:00.000Z");
  });

  test("what is added can be counted again", () => {
    const inside = fc.integer({ min: moment("2025-02-01"), max: moment("2027-01-31") });
    fc.assert(
      fc.property(inside, fc.integer({ min: 0, max: 40 * 480 }), (from, minutes) => {
        expect(calendar.between(from, calendar.add(from, minutes / 480))).toBeCloseTo(
          minutes / 480,
          9,
        );
      }),
    );
  });

  test("a day outside is refused", () => {
    expect(() => calendar.instant(moment("2031-01-01"))).toThrow(RangeError);
  });
});

describe("draws", () => {
  test("one more question never changes another answer", () => {
    const one = drawsFor("seed").of("project", "P1");
    const other = drawsFor("seed").of("project", "P1");
    one.uniform("something else");
    expect(one.normal("slip")).toBe(other.normal("slip"));
    expect(drawsFor("seed").of("project", "P2").uniform("slip")).not.toBe(one.uniform("slip"));
  });

  test("numbers are spread as they should be", () => {
    const draws = drawsFor("spread").of("test", "1");
    const numbers = Array.from({ length: 20_000 }, (_, index) => draws.uniform(String(index)));
    const normals = Array.from({ length: 20_000 }, (_, index) => draws.normal(String(index)));
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(numbers)).toBeCloseTo(0.5, 1);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share =
        numbers.filter((value) => value >= tenth / 10 && value < (tenth + 1) / 10).length /
        numbers.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
    }
    expect(Math.abs(mean(normals))).toBeLessThan(0.03);
    expect(Math.abs(mean(normals.map((value) => value ** 2)) - 1)).toBeLessThan(0.05);
    const poisson = Array.from({ length: 5_000 }, (_, index) => draws.poisson(`p${index}`, 2.5));
    expect(Math.abs(mean(poisson) - 2.5)).toBeLessThan(0.1);
  });
});
