import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { businessDays, plusDays } from "../clocks/civil-days.ts";
import { sampleCalendar } from "../erosion/sample-project.ts";
import { fitDays, sweepBlockers } from "./share-days.ts";
import { slipOrder } from "./slip-causes.ts";

const held = (code: (typeof slipOrder)[number], from: string, to: string) => ({
  code,
  from,
  to,
  detail: "",
  open: false,
  inputs: [],
});

describe("days of a slip", () => {
  test("a day held by two goes to the upstream one, once, as shared", () => {
    const shares = sweepBlockers(sampleCalendar, [
      held("SLP-3", "2026-02-02", "2026-02-09"),
      held("SLP-8", "2026-02-05", "2026-02-12"),
    ]);
    expect(shares).toEqual([
      { code: "SLP-3", days: 5, sole: 3, shared: 2 },
      { code: "SLP-8", days: 3, sole: 3, shared: 0 },
    ]);
  });

  test("more days than the slip has give way in proportion", () => {
    const claims = [
      { code: "SLP-3" as const, days: 10, sole: 10, shared: 0 },
      { code: "SLP-8" as const, days: 5, sole: 5, shared: 0 },
    ];
    expect(fitDays(claims, 6).map(({ days }) => days)).toEqual([4, 2]);
    expect(fitDays(claims, 20)).toEqual(claims);
    expect(fitDays(claims, 0)).toEqual([]);
  });

  test("swept days are those on which anything held, and fitted days never exceed the slip", () => {
    const day = fc.integer({ min: 0, max: 60 }).map((offset) => plusDays("2026-01-05", offset));
    const blocker = fc
      .tuple(fc.constantFrom(...slipOrder), day, day)
      .map(([code, one, other]) =>
        held(code, one < other ? one : other, one < other ? other : one),
      );
    fc.assert(
      fc.property(fc.array(blocker, { maxLength: 8 }), fc.nat(40), (blockers, slip) => {
        const swept = sweepBlockers(sampleCalendar, blockers);
        const total = swept.reduce((sum, { days }) => sum + days, 0);
        let union = 0;
        for (let offset = 0; offset < 60; offset += 1) {
          const [from, to] = [plusDays("2026-01-05", offset), plusDays("2026-01-05", offset + 1)];
          if (blockers.some((one) => one.from <= from && one.to >= to))
            union += businessDays(sampleCalendar, from, to);
        }
        expect(total).toBe(union);
        const fitted = fitDays(swept, slip);
        expect(fitted.reduce((sum, { days }) => sum + days, 0)).toBe(Math.min(total, slip));
        for (const { days, sole, shared } of fitted) expect(sole + shared).toBe(days);
      }),
    );
  });
});
