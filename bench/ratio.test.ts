import { expect, test } from "vitest";
import { median, quantile, ratioOf, slopeOfLogs } from "./ratio.ts";

test("a quantile is a measured value, by nearest rank", () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(median([7])).toBe(7);
});

test("both sides are called equally often, whoever goes first", () => {
  const calls = { ours: 0, floor: 0 };
  const { ratio } = ratioOf(
    { ours: () => (calls.ours += 1), floor: () => (calls.floor += 1) },
    { rounds: 5, callsPerRound: 10 },
  );
  expect(calls).toEqual({ ours: 60, floor: 60 });
  expect(ratio).toBeGreaterThan(0);
});

test("the exponent of growth is found whatever the factor", () => {
  expect(slopeOfLogs([10, 100, 1_000].map((x) => [x, 7 * x ** 1.1]))).toBeCloseTo(1.1, 10);
  expect(slopeOfLogs([10, 20, 40].map((x) => [x, 3]))).toBeCloseTo(0, 10);
});
