import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judged } from "./judged.ts";
import { type CountedRow, reaches, seedRows, wilson } from "./seed-table.ts";

const share = (part: number, whole: number): CountedRow => ({
  ...judged("recall", part / whole, whole, { atLeast: 0.9 }),
  counts: { part, whole },
});

describe("seeds side by side", () => {
  test("shares of cases are pooled: a seed with one case weighs as one case", () => {
    const [row] = seedRows([
      { seed: "a", rows: [share(0, 1)] },
      { seed: "b", rows: [share(99, 99)] },
    ]);
    expect(row).toMatchObject({ mean: 0.99, n: 100, bar: "≥ 0.9", pass: true });
    expect(row?.values.map(({ value }) => value)).toEqual([0, 1]);
  });

  test("other numbers are means of seeds; one seed has no interval", () => {
    const lead = (value: number | null) => [judged("lead", value, 5, { atLeast: 5 })];
    expect(
      seedRows([
        { seed: "a", rows: lead(4) },
        { seed: "b", rows: lead(6) },
        { seed: "c", rows: lead(null) },
      ])[0],
    ).toMatchObject({ mean: 5, pass: true, interval: [4, 6] });
    expect(seedRows([{ seed: "a", rows: lead(4) }])[0]).toMatchObject({
      interval: null,
      pass: false,
    });
  });

  test("nothing judged passes no bar", () => {
    expect(
      seedRows([{ seed: "a", rows: [judged("lead", null, 0, { atLeast: 5 })] }])[0]?.pass,
    ).toBe(null);
  });
});

test.each([
  ["≥ 0.9", 0.9, true],
  ["≥ 0.9", 0.8999, false],
  ["≤ 0.3", 0.1 + 0.2, true],
  ["< 0.45", 0.45, false],
  ["0.75-0.85", 0.85, true],
  ["0.75-0.85", 0.8501, false],
  ["0", 0, true],
  ["0", 1, false],
])("the bar %s and %d", (bar, value, reached) => {
  expect(reaches(bar, value)).toBe(reached);
});

test("a bar that nobody can read is an error and no pass", () => {
  expect(() => reaches("good", 1)).toThrow(RangeError);
});

describe("Wilson's interval", () => {
  test("90 of 100 is 82.6 to 94.5 per cent", () => {
    const [low, high] = wilson(90, 100) ?? [];
    expect(low).toBeCloseTo(0.826, 3);
    expect(high).toBeCloseTo(0.945, 3);
  });

  test("it holds the share, stays within 0 and 1, and narrows with more cases", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (whole, seed) => {
        const part = seed % (whole + 1);
        const [low = 2, high = -1] = wilson(part, whole) ?? [];
        const [lower = 2, higher = -1] = wilson(part * 10, whole * 10) ?? [];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(part / whole + 1e-9);
        expect(high).toBeGreaterThanOrEqual(part / whole - 1e-9);
        expect(higher - lower).toBeLessThan(high - low);
      }),
    );
    expect(wilson(0, 0)).toBe(null);
  });
});
