import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { syntheticCases } from "#/monitor/forecast/log-fixture.ts";
import { meanInterval } from "./bootstrap.ts";
import { evaluateLog } from "./forecast-eval.ts";
import { gatesOf } from "./forecast-gates.ts";
import { judgeLog } from "./judge-log.ts";
import { areaUnderCurve } from "./judge-waits.ts";
import { bestNetwork, publishedFor } from "./published-results.ts";

const shared = process.env["SHARED_DATA"] ?? join("..", "shared", "data");

describe("the judge of forecasts", () => {
  test("a log nobody tuned for is judged under both protocols, twice the same", () => {
    const cases = syntheticCases({ seed: 77, cases: 500 });
    const [published, plain] = judgeLog(cases);
    expect(published).toMatchObject({ kind: "judgement", protocol: "published-strict" });
    expect(plain).toMatchObject({ kind: "judgement", protocol: "plain-strict" });
    expect(judgeLog(cases)).toEqual([published, plain]);
  });

  test.each([0, 1, 15])("a log of %i cases abstains and does not throw", (count) => {
    for (const one of judgeLog(syntheticCases({ seed: 1, cases: count })))
      expect(one.kind).toBe("abstained");
  });

  test.each([
    ["one activity and nobody named", (at: number) => ({ activity: "step", at })],
    ["every step of the log at one instant", () => ({ activity: "step", at: 0 })],
    ["every step of its own kind", (at: number) => ({ activity: `step ${at}`, at })],
  ])("a strange log, %s, is judged or abstains with a reason", (_, stepOf) => {
    const cases = Array.from({ length: 200 }, (__, index) => ({
      id: `c${index}`,
      steps: Array.from({ length: 3 + (index % 4) }, (___, step) => ({
        ...stepOf(index * 40_000_000 + step * (1 + (index % 7)) * 10_000_000),
        resource: null,
        role: null,
        group: null,
      })),
    }));
    const found = judgeLog(cases);
    expect(found).toHaveLength(2);
    const numbers = found.flatMap((one) =>
      one.kind === "judgement"
        ? [one.meanAbsoluteDays.value, one.ranges.rolling.coverage.value, one.nextStepRight.value]
        : [one.reason.length],
    );
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  test("a bar that is missed is said to be missed", () => {
    const [judged] = judgeLog(syntheticCases({ seed: 77, cases: 500 }));
    if (judged?.kind !== "judgement") throw new Error("not judged");
    const worse = {
      ...judged,
      meanAbsoluteDays: { value: 99, ci95: null },
      nextStepRight: { value: 0.5, ci95: null },
      ranges: {
        ...judged.ranges,
        rolling: { coverage: { value: 0.6, ci95: null }, meanWidthDays: 1 },
      },
    };
    const gates = gatesOf(worse, publishedFor("DomesticDeclarations.csv.gz"));
    expect(gates).toHaveLength(4);
    expect(gates.every(({ reached }) => !reached)).toBe(true);
  });

  test("the area under the curve counts ties half", () => {
    const judged = [
      { expected: 0.1, actual: 0 },
      { expected: 0.5, actual: 1 },
      { expected: 0.5, actual: 0 },
      { expected: 0.9, actual: 1 },
    ];
    expect(areaUnderCurve(judged)).toBeCloseTo(0.875);
    expect(areaUnderCurve(judged.filter(({ actual }) => actual === 0))).toBeNull();
  });

  test("the interval resamples whole cases: observations that repeat within a case do not narrow it", () => {
    const values = Array.from({ length: 60 }, (_, index) => ({
      group: `${index}`,
      value: index % 7,
    }));
    const repeated = values.flatMap((one) => Array.from({ length: 10 }, () => one));
    expect(meanInterval(repeated)).toEqual(meanInterval(values));
    expect(meanInterval(values.slice(0, 1))).toBeNull();
  });
});

test.skipIf(!existsSync(join(shared, "bpic2020")))(
  "BPI 2020 Request for Payment: at or below the best network, ranges hold, 89 % of next steps (skipped without ../shared/data)",
  async () => {
    const path = join(shared, "bpic2020", "RequestForPayment.csv.gz");
    const { judgements, published } = await evaluateLog(path, {});
    const [judged] = judgements;
    if (judged?.kind !== "judgement" || !published) throw new Error("not judged");
    // The split is the published one to the case.
    expect(judged.report).toMatchObject({ trainCases: 4654, testCases: 1309, forecasts: 4161 });
    expect(judged.maximumDurationDays).toBeCloseTo(39.2, 1);
    expect(judged.report.dummyMeanAbsoluteDays).toBeCloseTo(3.49, 2);
    expect(judged.meanAbsoluteDays.value).toBeLessThanOrEqual(bestNetwork(published));
    expect(gatesOf(judged, published).filter(({ reached }) => !reached)).toEqual([]);
  },
);
