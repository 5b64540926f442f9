import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rational } from "../kpi/rational.ts";
import { type BridgeStep, bridgeParts, layBridge } from "./bridge.ts";

const amount = fc.integer({ min: -5_000_000, max: 5_000_000 });
const fraction = fc
  .tuple(amount, fc.integer({ min: 1, max: 60 }))
  .map(([top, bottom]) => rational(top, bottom));
const step = fc
  .record({
    part: fc.constantFrom(...bridgeParts.filter((part) => part !== "residual")),
    revenue: fraction,
    cost: fraction,
  })
  .map((one): BridgeStep => ({ ...one, code: null, title: "", inputs: [] }));
const position = fc.record({
  revenueMinor: fc.integer({ min: 0, max: 50_000_000 }),
  costMinor: fc.integer({ min: 0, max: 50_000_000 }),
});
const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

describe("a bridge between two margins", () => {
  test("its lines add up to the variance, in money and in points, whatever the steps", () => {
    fc.assert(
      fc.property(position, position, fc.array(step, { maxLength: 12 }), (from, to, steps) => {
        const { lines, minor, points } = layBridge(from, { to, steps });
        expect(lines.map(({ part }) => part)).toEqual(bridgeParts);
        expect(minor).toBe(to.revenueMinor - to.costMinor - (from.revenueMinor - from.costMinor));
        expect(sum(lines.map((line) => line.minor))).toBe(minor);
        for (const line of lines) expect(sum(line.shares.map((one) => one.minor))).toBe(line.minor);
        if (points === null) return;
        expect(sum(lines.map((line) => line.points))).toBe(points);
        const percent = ({ revenueMinor, costMinor }: typeof from) =>
          (10_000 * (revenueMinor - costMinor)) / revenueMinor;
        // Both ends are rounded to a hundredth of a point.
        expect(Math.abs(points - (percent(to) - percent(from)))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("what the steps miss is in the residual and nowhere else", () => {
    const { lines } = layBridge(
      { revenueMinor: 1000, costMinor: 600 },
      {
        to: { revenueMinor: 1000, costMinor: 700 },
        steps: [
          {
            part: "mix",
            code: "MAR-3",
            title: "",
            revenue: rational(0),
            cost: rational(241, 4),
            inputs: [],
          },
        ],
      },
    );
    expect(
      lines.filter(({ minor }) => minor !== 0).map(({ part, minor }) => [part, minor]),
    ).toEqual([
      ["mix", -60],
      ["residual", -40],
    ]);
  });

  test("where nothing is sold there are no points, and the money still adds up", () => {
    const { points, minor, lines } = layBridge(
      { revenueMinor: 0, costMinor: 0 },
      { to: { revenueMinor: 0, costMinor: 500 }, steps: [] },
    );
    expect(points).toBeNull();
    expect(minor).toBe(-500);
    expect(lines.every((line) => line.points === null)).toBe(true);
  });
});
