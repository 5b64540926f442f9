import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BackTest, backTest } from "./back-test.ts";
import { type CaseHistory, dayMs, lastAt, startedAt, stepAt } from "./case-history.ts";
import { syntheticCases } from "./log-fixture.ts";
import { predictReport } from "./predict-report.ts";
import { askTables } from "./process-model.ts";
import { plainSplit, prefixesOf, publishedSplit, type TemporalSplit } from "./temporal-split.ts";

function tested(split: TemporalSplit | null): BackTest {
  const result = split && backTest(split);
  if (result?.kind !== "back-test") throw new Error("the log could not be tested");
  return result;
}

describe("a back-test", () => {
  test("on a steady process the ranges hold as often as they say, and the dummy is beaten", () => {
    const report = predictReport(tested(plainSplit(syntheticCases({ seed: 41, cases: 3000 }))));
    // About 600 independent cases: three standard deviations are 5 points.
    expect(Math.abs(report.coverage - 0.8)).toBeLessThan(0.05);
    expect(report.meanAbsoluteDays).toBeLessThan(report.dummyMeanAbsoluteDays);
    expect(report.nextStepRight).toBeGreaterThan(0.75);
    expect(report.refusedShare).toBeLessThan(0.05);
    expect(report.drift).toBeNull();
  });

  test("when a process slows down for good, ranges that are calibrated on the way recover", () => {
    const cases = syntheticCases({
      seed: 42,
      cases: 3000,
      pace: (share) => (share > 0.65 ? 2 : 1),
    });
    const { judged } = tested(plainSplit(cases));
    const held = (name: "raw" | "rolling") =>
      judged.filter((one) => one.actualDays >= one[name].p10 && one.actualDays <= one[name].p90)
        .length / judged.length;
    expect(held("raw")).toBeLessThan(0.72);
    expect(held("rolling")).toBeGreaterThan(0.75);
    expect(held("rolling")).toBeLessThan(0.85);
  });

  test("nothing that happens after an instant changes a forecast made before it", () => {
    const cases = syntheticCases({ seed: 43, cases: 260 });
    const split = plainSplit(cases);
    if (!split) throw new Error("no split");
    const original = tested(split).judged;
    const span = { from: split.cutAt, to: original.at(-1)?.madeAt ?? split.cutAt };
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.array(fc.record({ delay: fc.integer({ min: 1, max: 60 }), rename: fc.boolean() }), {
          minLength: 5,
          maxLength: 5,
        }),
        (share, changes) => {
          const instant = span.from + share * (span.to - span.from);
          const later = (history: CaseHistory, index: number): CaseHistory => {
            const { delay, rename } = changes[index % changes.length] ?? {
              delay: 1,
              rename: false,
            };
            return {
              id: history.id,
              steps: history.steps.map((step) =>
                step.at < instant
                  ? step
                  : {
                      ...step,
                      at: step.at + delay * dayMs,
                      activity: rename ? "changed" : step.activity,
                    },
              ),
            };
          };
          const changed = cases.map(later);
          const known = new Map(changed.map((history) => [history.id, history]));
          const kept = split.kept.map((history) => known.get(history.id) ?? history);
          const asked = kept
            .filter((history) => startedAt(history) >= split.cutAt)
            .flatMap((history) =>
              Array.from({ length: Math.max(0, history.steps.length - 2) }, (_, index) => ({
                history,
                length: index + 2,
              })),
            );
          const train = kept.filter((history) => lastAt(history) < split.cutAt);
          const again = tested({ ...split, kept, train, test: asked }).judged;
          const said = (judged: typeof original) =>
            judged
              .filter(({ madeAt }) => madeAt < instant)
              .map(({ caseId, length, raw, frozen, rolling, support, dummyDays, refused }) => ({
                caseId,
                length,
                raw,
                frozen,
                rolling,
                support,
                dummyDays,
                refused,
              }));
          expect(said(again)).toEqual(said(original));
          expect(said(original).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  test("too little to learn from is said, not thrown", () => {
    const split = plainSplit(syntheticCases({ seed: 1, cases: 40 }));
    expect(split && backTest(split)).toMatchObject({ kind: "no-model" });
  });

  test("ranges are calibrated on forecasts of tables that had not learnt from those cases", () => {
    const { model, shown, split } = tested(plainSplit(syntheticCases({ seed: 45, cases: 600 })));
    const before = shown.filter(({ madeAt }) => madeAt < split.cutAt);
    const after = shown.filter(({ madeAt }) => madeAt >= split.cutAt);
    expect(before.length).toBeGreaterThan(100);
    expect(model.earlier.learntThrough).toBeLessThanOrEqual(before[0]?.madeAt ?? 0);
    const said = (tables: typeof model.tables) => {
      const found = new Set<string>();
      for (const { history, length } of split.kept.flatMap(prefixesOf)) {
        const { remaining } = askTables(tables, history, { length, waitedDays: 0 });
        if (remaining) found.add(`${stepAt(history, length - 1).at} ${remaining.p50}`);
      }
      return found;
    };
    const earlier = said(model.earlier);
    const final = said(model.tables);
    expect(before.every(({ madeAt, p50 }) => earlier.has(`${madeAt} ${p50}`))).toBe(true);
    expect(before.every(({ madeAt, p50 }) => final.has(`${madeAt} ${p50}`))).toBe(false);
    expect(after.every(({ madeAt, p50 }) => final.has(`${madeAt} ${p50}`))).toBe(true);
  });

  test("both protocols judge every forecast they ask for", () => {
    const cases = syntheticCases({ seed: 44, cases: 400 });
    for (const split of [publishedSplit(cases), plainSplit(cases)])
      expect(tested(split).judged.length).toBe(split?.test.length);
  });
});
