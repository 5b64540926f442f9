import { expect, test } from "vitest";
import { swapExperiment, swaps } from "./swap.ts";

test("P3: whatever is changed between approval and effect, nothing is executed, and the state says why", {
  timeout: 180_000,
}, async () => {
  const result = await swapExperiment({ rounds: 1 });
  expect(result.violations).toEqual([]);
  expect(result.lines).toHaveLength(swaps.length);
});
