import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  breachShare,
  furtherWait,
  shareLongerThan,
  stillWaiting,
  survivalCurve,
  waitOf,
} from "./survival.ts";

const over = (days: number) => ({ days, over: true });
const going = (days: number) => ({ days, over: false });

describe("Kaplan–Meier", () => {
  test("unfinished waits count for as long as they were watched", () => {
    const curve = survivalCurve([over(1), going(2), over(3), over(3), going(4), over(5)]);
    // 5/6, then 2 of 4 end at 3, then the last one at 5.
    expect(shareLongerThan(curve, 0.5)).toBe(1);
    expect(shareLongerThan(curve, 1)).toBeCloseTo(5 / 6);
    expect(shareLongerThan(curve, 2.5)).toBeCloseTo(5 / 6);
    expect(shareLongerThan(curve, 3)).toBeCloseTo(5 / 12);
    expect(shareLongerThan(curve, 5)).toBe(0);
    expect(stillWaiting(curve, 2.5)).toBe(4);
  });

  test("a wait that ends where another is broken off ends while that one still waits", () => {
    expect(shareLongerThan(survivalCurve([going(2), over(2)]), 2)).toBeCloseTo(0.5);
  });

  test("with every wait finished it is the plain share", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }), fc.nat(22), (days, t) => {
        const share = days.filter((d) => d > t).length / days.length;
        expect(shareLongerThan(survivalCurve(days.map(over)), t)).toBeCloseTo(share, 9);
      }),
    );
  });

  test("P(breach | waited) is 1 once the limit is reached, and unknown where nobody ever got", () => {
    const curve = survivalCurve([1, 2, 3, 4, 10].map(over));
    expect(breachShare(curve, { limit: 5, waited: 0 })).toBeCloseTo(0.2);
    expect(breachShare(curve, { limit: 5, waited: 3 })).toBeCloseTo(0.5);
    expect(breachShare(curve, { limit: 5, waited: 4 })).toBeCloseTo(1);
    expect(breachShare(curve, { limit: 5, waited: 5 })).toBe(1);
    expect(breachShare(curve, { limit: 50, waited: 20 })).toBeNull();
  });

  test("the further wait starts now", () => {
    const curve = survivalCurve([1, 2, 3, 4].map(over));
    expect(furtherWait(curve, { waited: 0, level: 0.5 })).toBe(2);
    expect(furtherWait(curve, { waited: 2, level: 0.5 })).toBe(1);
    expect(
      furtherWait(survivalCurve([over(1), going(2), going(3)]), { waited: 1, level: 0.5 }),
    ).toBeNull();
    expect(waitOf(curve, 0.25)).toBe(1);
  });
});
