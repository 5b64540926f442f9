import { describe, expect, test } from "vitest";
import { dayMs, prefixOf } from "./case-history.ts";
import { forecastCase } from "./forecast-case.ts";
import { driftNote, recentCoverage } from "./forecast-record.ts";
import { logStart, syntheticCases } from "./log-fixture.ts";
import { learnProcess } from "./process-model.ts";

const cases = syntheticCases({ seed: 31, cases: 1500 });
const model = learnProcess(cases, { through: logStart + 1000 * dayMs });
const full = cases.find(({ steps }) => steps.length === 4) ?? { id: "", steps: [] };
const open = prefixOf(full, 3);
const lastStep = open.steps[2]?.at ?? 0;

describe("the forecast of one case", () => {
  test("carries its range, its support, its key and its measured error", () => {
    const forecast = forecastCase(model, open, { asOf: lastStep });
    expect(forecast).toMatchObject({
      kind: "forecast",
      confidence: "normal",
      range: "calibrated",
      modelVersion: "state-tables-1",
      nextSteps: [{ activity: "paid" }],
    });
    if (forecast.kind === "no-forecast") throw new Error(forecast.reason);
    expect(forecast.remaining.p10).toBeLessThan(forecast.remaining.p50);
    expect(forecast.remaining.p50).toBeLessThan(forecast.remaining.p90);
    expect(forecast.keyUsed).toContain("activity");
    expect(forecast.measured.meanDays).toBeLessThan(forecast.measured.dummyMeanDays);
    expect(forecast.measured.coverage).toBeGreaterThan(0.7);
  });

  test("steps after the instant are not looked at", () => {
    const asOf = lastStep + 1000;
    expect(forecastCase(model, full, { asOf })).toEqual(forecastCase(model, open, { asOf }));
  });

  test("early in a case confidence is low", () => {
    const asOf = open.steps[1]?.at ?? 0;
    expect(forecastCase(model, open, { asOf })).toMatchObject({ confidence: "low" });
  });

  test("no step, too few cases, or a wait nobody waited: no forecast, with the reason", () => {
    expect(forecastCase(model, { id: "x", steps: [] }, { asOf: 0 })).toEqual({
      kind: "no-forecast",
      reason: "the case has no step yet",
    });
    expect(forecastCase(model, open, { asOf: lastStep + 300 * dayMs })).toMatchObject({
      kind: "no-forecast",
      reason: expect.stringContaining("20 are needed"),
    });
    const few = learnProcess(cases.slice(0, 1), { through: logStart + 1000 * dayMs });
    expect(forecastCase(few, open, { asOf: lastStep })).toEqual({
      kind: "no-forecast",
      reason: "1 ended cases; 20 are needed",
    });
  });

  test.each([
    [0.8, "calibrated"],
    [0.72, "calibrating"],
    [0.88, "calibrating"],
  ])("newest ranges that held %s of the time are called %s", (held, range) => {
    const recent = { held, longer: 0.5, forecasts: 200 };
    expect(forecastCase(model, open, { asOf: lastStep, recent })).toMatchObject({ range });
  });

  test.each([0.64, 0.96])("when the newest ranges held %s of the time it abstains", (held) => {
    const recent = { held, longer: 0.5, forecasts: 200 };
    expect(forecastCase(model, open, { asOf: lastStep, recent })).toMatchObject({
      kind: "no-forecast",
    });
  });
});

describe("the record of past forecasts", () => {
  const shown = { p10: 1, p50: 2, p90: 3 };
  const record = (days: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...shown,
      shown,
      madeAt: index * 1000,
      endedAt: index * 1000 + days * dayMs,
    }));

  test("counts four weeks or the newest two hundred that came true, and is silent under two hundred", () => {
    const asOf = 60 * dayMs;
    expect(recentCoverage(record(2.5, 199), asOf)).toBeNull();
    expect(recentCoverage(record(2.5, 300), asOf)).toEqual({ held: 1, longer: 1, forecasts: 200 });
    // The newest end within the four weeks; those still open at the instant do not count.
    const mixed = [...record(2.5, 200), ...record(50, 250), ...record(90, 90)];
    expect(recentCoverage(mixed, asOf)).toEqual({ held: 0, longer: 1, forecasts: 250 });
  });

  test("says when a process slows down, speeds up or spreads, and nothing when it is steady", () => {
    expect(driftNote({ held: 0.8, longer: 0.5, forecasts: 200 })).toBeNull();
    expect(driftNote(null)).toBeNull();
    expect(driftNote({ held: 0.6, longer: 0.7, forecasts: 200 })).toBe(
      "Of the newest 200 forecasts, 70 % took longer than the middle of the forecast: it has slowed; 60 % ended inside an 80 % range: more varied than it was.",
    );
    expect(driftNote({ held: 0.93, longer: 0.3, forecasts: 200 })).toContain("sped up");
  });
});
