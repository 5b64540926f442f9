import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { median, percentile } from "./percentile.ts";
import {
  compare,
  decimal,
  minus,
  over,
  plus,
  rational,
  rounded,
  times,
  toNumber,
} from "./rational.ts";

describe("exact fractions", () => {
  test("a decimal is exactly what was written", () => {
    expect(decimal(0.95)).toEqual({ n: 19n, d: 20n });
    expect(decimal("-0.0061")).toEqual({ n: -61n, d: 10_000n });
    expect(compare(plus(decimal(0.1), decimal(0.2)), decimal(0.3))).toBe(0);
    expect(() => decimal("1e3")).toThrow(RangeError);
    expect(() => decimal("∞")).toThrow(RangeError);
    expect(() => rational(1, 0)).toThrow(RangeError);
  });

  test("halves round away from zero", () => {
    expect(
      [rational(1, 2), rational(-1, 2), rational(3, 2), rational(49, 100)].map(rounded),
    ).toEqual([1n, -1n, 2n, 0n]);
    expect([
      toNumber(rational(2, 3)),
      toNumber(rational(-1, 8)),
      toNumber(rational(-1, 99_999)),
    ]).toEqual([0.6667, -0.125, 0]);
    expect(toNumber(rational(9_007_199_254_740_991n))).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("arithmetic is that of fractions", () => {
    const fraction = fc
      .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 1, max: 9999 }))
      .map(([n, d]) => rational(n, d));
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(times(a, plus(b, c))).toEqual(plus(times(a, b), times(a, c)));
        expect(minus(plus(a, b), b)).toEqual(a);
        const divisor = b.n === 0n ? rational(1) : b;
        expect(times(over(a, divisor), divisor)).toEqual(a);
        expect(Math.sign(compare(a, b))).toBe(0 - Math.sign(compare(b, a)));
      }),
    );
  });

  test("medians and percentiles by hand", () => {
    expect(median([])).toBeNull();
    expect(median([5])).toEqual(rational(5));
    expect(median([9, 1, 4, 6])).toEqual(rational(5));
    expect(median([1, 2])).toEqual(rational(3, 2));
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([10, 50, 90, 99, 100].map((p) => percentile(ten, p))).toEqual([1, 5, 9, 10, 10]);
    expect(percentile([], 90)).toBeNull();
  });
});
