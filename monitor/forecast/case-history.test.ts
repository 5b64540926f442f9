import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collectCases, prefixOf } from "./case-history.ts";
import { historiesOf, syntheticEvents } from "./log-fixture.ts";

const event = (id: string, activity: string, at: string) => ({
  case: id,
  activity,
  at,
  resource: null,
  role: null,
  group: null,
  attributes: {},
});

describe("case histories", () => {
  test("an event that repeats case, activity and instant counts once; the same instant alone does not", () => {
    const collector = collectCases();
    for (const activity of ["b", "a", "b", "c"])
      collector.add(event("1", activity, "2026-01-01T00:00:00.000Z"));
    const { cases, duplicates } = collector.finish();
    expect(duplicates).toBe(1);
    expect(cases[0]?.steps.map((step) => step.activity)).toEqual(["b", "a", "c"]);
  });

  test("the order in which events arrive does not matter", () => {
    const events = syntheticEvents({ seed: 7, cases: 12 });
    const expected = historiesOf(events);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(historiesOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  test("events of the same instant keep the order of the source", () => {
    const at = "2026-01-01T00:00:00.000Z";
    const [history] = historiesOf([event("1", "z", at), event("1", "a", at), event("1", "m", at)]);
    expect(history && prefixOf(history, 2).steps.map(({ activity }) => activity)).toEqual([
      "z",
      "a",
    ]);
  });

  test("an event without a valid instant is an error, not a hole", () => {
    expect(() => collectCases().add(event("1", "a", "yesterday"))).toThrow("valid instant");
  });
});
