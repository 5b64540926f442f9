import { expect, test } from "vitest";
import { evalFirm } from "./eval-firm.ts";
import { oracleShown } from "./health-oracle.ts";
import { judgeHealth, weeklyInstants } from "./judge-health.ts";

const firm = evalFirm({ seed: "judged", size: "S", anchor: "2026-11-20" });

test("every rule, dimension and colour of a firm agrees with the oracle, week after week", () => {
  const verdict = judgeHealth(firm, weeklyInstants(firm.firm.now, [10, 2]));
  expect(verdict.disagreements).toEqual([]);
  expect(verdict.agreed).toBe(verdict.compared);
  // A firm on which no rule ever fires would agree with anything.
  const coloured = Object.values(verdict.bands).filter(
    ({ amber, red }) => (amber ?? 0) + (red ?? 0) > 0,
  );
  expect(coloured.length).toBeGreaterThan(12);
  expect(Object.keys(verdict.active).toSorted()).toEqual(["amber", "green", "red"]);
});

test("colours worsen at once and improve after two evaluations, to the worse of them", () => {
  expect(oracleShown("green", "green", "red")).toBe("red");
  expect(oracleShown("red", "red", "green")).toBe("red");
  expect(oracleShown("red", "amber", "green")).toBe("amber");
  expect(oracleShown("amber", "green", "green")).toBe("green");
});
