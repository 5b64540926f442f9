import { expect, test } from "vitest";
import { median, quantile, ratioOf } from "./ratio.ts";

test("a quantile is a measured value, by nearest rank", () => {
  expect(quantile([5, 1, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.95)).toBe(4);
  expect(median([7])).toBe(7);
});

test("both sides are called equally often, and what does twice the work takes longer", () => {
  const calls = { ours: 0, floor: 0 };
  const work = (times: number): number => {
    let sum = 0;
    for (let turn = 0; turn < times; turn += 1) sum += Math.sqrt(turn);
    return sum;
  };
  const { ratio } = ratioOf(
    {
      ours: () => work(40_000 + (calls.ours += 1)),
      floor: () => work(10_000 + (calls.floor += 1)),
    },
    { rounds: 5, callsPerRound: 10 },
  );
  expect(calls.ours).toBe(calls.floor);
  expect(ratio).toBeGreaterThan(1);
});
