import { describe, expect, test } from "vitest";
import { calendarDays } from "./business-clock.ts";
import { dayMs, lastAt, startedAt } from "./case-history.ts";
import { logStart, syntheticCases } from "./log-fixture.ts";
import { forecastWait, learnWaitingTimes } from "./waiting-times.ts";

const cases = syntheticCases({ seed: 21, cases: 3000 });
const asOf = logStart + 500 * dayMs;
const ended = cases.filter((history) => lastAt(history) < asOf);
const open = cases.filter((history) => startedAt(history) < asOf && lastAt(history) >= asOf);
const times = learnWaitingTimes({ ended, open }, { asOf, daysBetween: calendarDays });

describe("waits", () => {
  test("an exponential wait breaches as often after any age as it should", () => {
    for (const waited of [0, 2, 5]) {
      const forecast = forecastWait(times, { activity: "approved", waited, limit: waited + 4 });
      if (forecast.kind === "no-forecast") throw new Error(forecast.reason);
      expect(Math.abs(forecast.breachShare - Math.exp(-1))).toBeLessThan(0.06);
      expect(forecast.furtherP50).toBeGreaterThan(4 * Math.LN2 * 0.85);
      expect(forecast.furtherP50).toBeLessThan(4 * Math.LN2 * 1.15);
    }
  });

  test("what is not known yet cannot be learnt: steps at or after the instant change nothing", () => {
    const known = open.map(({ id, steps }) => ({ id, steps: steps.filter(({ at }) => at < asOf) }));
    expect(learnWaitingTimes({ ended, open: known }, { asOf, daysBetween: calendarDays })).toEqual(
      times,
    );
  });

  test("it abstains under twenty waits of that age and for steps it never saw", () => {
    const asked = { waited: 60, limit: 80 };
    expect(forecastWait(times, { activity: "approved", ...asked })).toMatchObject({
      kind: "no-forecast",
    });
    expect(forecastWait(times, { activity: "audited", waited: 0, limit: 5 })).toEqual({
      kind: "no-forecast",
      reason: "0 past waits lasted as long; 20 are needed",
    });
  });
});
