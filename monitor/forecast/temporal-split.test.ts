import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationMs, lastAt, startedAt, stepAt } from "./case-history.ts";
import { historiesOf, syntheticCases, syntheticEvents } from "./log-fixture.ts";
import { plainSplit, publishedSplit } from "./temporal-split.ts";

const logs = fc
  .record({ seed: fc.nat(1e6), cases: fc.integer({ min: 30, max: 120 }) })
  .map(syntheticCases);

describe("temporal splits", () => {
  test("nothing that is learnt from ended at or after the cut, and nothing that is asked lies before it", () => {
    fc.assert(
      fc.property(logs, (cases) => {
        for (const split of [publishedSplit(cases), plainSplit(cases)]) {
          if (!split) continue;
          expect(split.train.every((history) => lastAt(history) < split.cutAt)).toBe(true);
          for (const { history, length } of split.test) {
            expect(stepAt(history, length - 1).at).toBeGreaterThanOrEqual(split.cutAt);
            expect(length).toBeGreaterThanOrEqual(2);
            expect(length).toBeLessThan(history.steps.length);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test("the published protocol trims at most the longest 5 % and the tail of the log", () => {
    const cases = syntheticCases({ seed: 3, cases: 600 });
    const split = publishedSplit(cases);
    const longest = split?.maximumDurationMs ?? 0;
    const trimmed = cases.filter((history) => durationMs(history) > longest);
    expect(trimmed.length).toBeLessThanOrEqual(0.05 * cases.length);
    expect(split?.kept.every((history) => startedAt(history) <= (split.lastTestAt ?? 0))).toBe(
      true,
    );
    expect(split?.train.length).toBeGreaterThan(400);
  });

  test("the plain protocol cuts at the start of the case four fifths on", () => {
    const cases = syntheticCases({ seed: 3, cases: 100 });
    const split = plainSplit(cases);
    const eightieth = cases[80];
    expect(eightieth && split?.cutAt).toBe(eightieth && startedAt(eightieth));
    expect(new Set(split?.test.map(({ history }) => history)).size).toBe(20);
  });

  test("a log that cannot be split gives none", () => {
    const one = syntheticEvents({ seed: 1, cases: 1 });
    expect(publishedSplit([])).toBeNull();
    expect(plainSplit([])).toBeNull();
    expect(publishedSplit(historiesOf(one))).toBeNull();
    expect(plainSplit(historiesOf(one))).toBeNull();
    // Cases of two steps only: nothing to ask.
    const short = historiesOf(
      syntheticEvents({ seed: 1, cases: 50 }).filter(
        ({ activity }) => activity === "submitted" || activity === "paid",
      ),
    );
    expect(plainSplit(short)).toBeNull();
  });
});
