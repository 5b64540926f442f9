import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastAt, stepAt } from "./case-history.ts";
import { lengthMeans } from "./length-means.ts";
import {
  createRandom,
  historiesOf,
  meanPaymentDays,
  syntheticCases,
  syntheticEvents,
} from "./log-fixture.ts";
import { askTables, learnProcess, type ProcessModel } from "./process-model.ts";

const forever = Number.MAX_SAFE_INTEGER;
const learnt = (cases: ReturnType<typeof syntheticCases>): ProcessModel => {
  const model = learnProcess(cases, { through: forever });
  if (model.kind === "no-model") throw new Error(model.reason);
  return model;
};
const stationary = syntheticCases({ seed: 11, cases: 2500 });
const steady = learnt(stationary);
const approvedCase = (cases: ReturnType<typeof syntheticCases>) => {
  const history = cases.find(({ steps }) => steps[2]?.activity === "approved");
  if (!history) throw new Error("no case is approved at its third step");
  return history;
};

describe("what is learnt from ended cases", () => {
  test("the quantiles of a known distribution come back", () => {
    const history = approvedCase(stationary);
    const { remaining } = askTables(steady.tables, history, { length: 3, waitedDays: 0 });
    // Of an exponential wait: -mean · ln(1 - level).
    expect(remaining?.p10).toBeCloseTo(meanPaymentDays * -Math.log(0.9), 0);
    expect(remaining?.p50).toBeGreaterThan(meanPaymentDays * Math.LN2 * 0.9);
    expect(remaining?.p50).toBeLessThan(meanPaymentDays * Math.LN2 * 1.1);
    expect(remaining?.p90).toBeGreaterThan(meanPaymentDays * Math.LN10 * 0.88);
    expect(remaining?.p90).toBeLessThan(meanPaymentDays * Math.LN10 * 1.12);
  });

  test("an exponential wait has no memory: having waited does not shorten what is left", () => {
    const history = approvedCase(stationary);
    const waited = askTables(steady.tables, history, { length: 3, waitedDays: 3 });
    expect(waited.remaining?.p50).toBeGreaterThan(meanPaymentDays * Math.LN2 * 0.85);
    expect(waited.remaining?.p50).toBeLessThan(meanPaymentDays * Math.LN2 * 1.15);
  });

  test("the next step comes with its share", () => {
    const { tables } = steady;
    const { next } = askTables(tables, approvedCase(stationary), { length: 2, waitedDays: 0 });
    const shares = Object.fromEntries(
      (next?.shares ?? []).map(({ code, share }) => [tables.activities[code], share]),
    );
    expect(shares["approved"]).toBeCloseTo(0.8, 1);
    expect(shares["rejected"]).toBeCloseTo(0.2, 1);
  });

  test("a process that closes after a fixed time is learnt by its total time", () => {
    const cases = syntheticCases({ seed: 2, cases: 800, closesAfterDays: 60 });
    const { tables, measured } = learnt(cases);
    expect(tables.quantiles.target).toBe("total");
    expect(measured.meanDays).toBeLessThan(0.2 * measured.dummyMeanDays);
    const history = approvedCase(cases);
    const { remaining } = askTables(tables, history, { length: 3, waitedDays: 10 });
    const left = (lastAt(history) - stepAt(history, 2).at) / 86_400_000 - 10;
    expect(Math.abs((remaining?.p50 ?? 0) - left)).toBeLessThan(0.5);
  });

  test("an activity that was never seen backs off to what is known of all", () => {
    const cases = syntheticCases({ seed: 5, cases: 300 });
    const { tables } = learnt(cases);
    const step = { activity: "audited", at: 0, resource: null, role: null, group: null };
    const strange = { id: "x", steps: [step] };
    const { remaining } = askTables(tables, strange, { length: 1, waitedDays: 0 });
    expect(remaining?.support).toBeGreaterThan(300);
    expect(remaining?.key).toEqual([]);
  });

  test("cases that end after the day of learning are left out, whatever is passed in", () => {
    const cases = syntheticCases({ seed: 9, cases: 200 });
    const through = lastAt(cases[100] ?? { id: "", steps: [] });
    const ended = cases.filter((history) => lastAt(history) < through);
    const answers = (list: typeof cases) => {
      const model = learnProcess(list, { through });
      if (model.kind === "no-model") throw new Error(model.reason);
      expect(model.tables.cases).toBe(ended.length);
      const asked = cases.map((c) => askTables(model.tables, c, { length: 2, waitedDays: 0 }));
      return { asked, measured: model.measured, calibration: model.calibration };
    };
    expect(answers(cases)).toEqual(answers(ended));
  });

  test("the same cases in any order give the same bytes", () => {
    const events = syntheticEvents({ seed: 4, cases: 60 });
    const asked = historiesOf(events).slice(0, 5);
    const answers = (list: typeof events) => {
      const { tables, measured } = learnt(historiesOf(list));
      const said = asked.map((c) => askTables(tables, c, { length: 2, waitedDays: 0 }));
      return JSON.stringify({ said, measured });
    };
    const expected = answers(events);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(answers(shuffled)).toBe(expected);
      }),
      { numRuns: 8 },
    );
  });

  test("the error is measured on the newest fifth, against means of the older cases", () => {
    const { measured, earlier } = steady;
    const newest = stationary.filter((c) => lastAt(c) >= earlier.learntThrough);
    const dummy = lengthMeans(stationary.filter((c) => lastAt(c) < earlier.learntThrough));
    const errors = newest.flatMap((history) =>
      Array.from({ length: history.steps.length - 1 }, (_, index) => {
        const actual = (lastAt(history) - stepAt(history, index).at) / 86_400_000;
        return Math.abs(actual - dummy(index + 1));
      }),
    );
    expect(measured.forecasts).toBe(errors.length);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(measured.dummyMeanDays).toBeCloseTo(mean, 9);
  });

  test("fewer than twenty ended cases teach nothing, and it says so", () => {
    const cases = syntheticCases({ seed: 1, cases: 19 });
    expect(learnProcess(cases, { through: forever })).toMatchObject({
      kind: "no-model",
      cases: 19,
    });
    expect(learnProcess([], { through: forever })).toMatchObject({ kind: "no-model" });
    expect(learnProcess(syntheticCases({ seed: 1, cases: 20 }), { through: forever }).kind).toBe(
      "model",
    );
  });

  test("cases that all end at one instant are learnt without a newer fifth", () => {
    const random = createRandom(1);
    const cases = Array.from({ length: 40 }, (_, index) => ({
      id: `c${index}`,
      steps: [Math.floor(random() * 1e9), 2e9].map((at, order) => ({
        activity: order === 0 ? "open" : "closed",
        at,
        resource: null,
        role: null,
        group: null,
      })),
    }));
    expect(learnt(cases).tables.cases).toBe(40);
  });
});
