import { expect, test } from "vitest";
import { lostExperiment } from "./lost.ts";

test("P4: a write whose answer is refused for now, lost or late has one effect, and its run a named end", {
  timeout: 180_000,
}, async () => {
  const only = [
    "R08 429, 503, then good",
    "R08 answer lost once",
    "R14 answer lost once",
    "R16 acts after 7 s, we wait 5",
  ];
  const result = await lostExperiment({ rounds: 1, only });
  expect(result.violations).toEqual([]);
  expect(result.lines.map(({ experiment }) => experiment)).toEqual(only);
});
