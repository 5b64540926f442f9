import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrated, type IssuedForecast, rollingConformal, splitConformal } from "./conformal.ts";
import { createRandom } from "./log-fixture.ts";

const dayMs = 86_400_000;
const issued = (days: number, { madeAt = 0, p10 = 1, p50 = 2, p90 = 3 } = {}): IssuedForecast => ({
  madeAt,
  endedAt: madeAt + days * dayMs,
  p10,
  p50,
  p90,
});

describe("conformal ranges", () => {
  test("the move is the score that four fifths of (n + 1) do not exceed", () => {
    // Ends on days 3.00, 3.02, … 4.98: scores 0, 0.01, … 0.99 widths above the range.
    const forecasts = Array.from({ length: 100 }, (_, index) => issued(3 + index / 50));
    const calibration = splitConformal(forecasts);
    expect(calibration?.upper).toBeCloseTo(0.8, 6);
    expect(calibration?.lower).toBeCloseTo(-0.8, 6);
    expect(calibration).toMatchObject({ forecasts: 100, resolved: 100 });
  });

  test("a range that was too wide shrinks", () => {
    const forecasts = Array.from({ length: 200 }, (_, index) => issued(1.9 + (index % 20) / 100));
    expect(splitConformal(forecasts)?.upper).toBeLessThan(0);
  });

  test("under fifty forecasts that came true nothing is calibrated", () => {
    const forecasts = Array.from({ length: 49 }, () => issued(2));
    expect(splitConformal(forecasts)).toBeNull();
    expect(rollingConformal(forecasts, 100 * dayMs)).toBeNull();
    expect(splitConformal([...forecasts, issued(2)])).not.toBeNull();
  });

  test("ranges calibrated on one half of exchangeable forecasts hold on the other as often as they say", () => {
    const misses: number[] = [];
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = createRandom(seed);
      const draw = () => issued(-Math.log(1 - random()) * 5, { p10: 2, p50: 3, p90: 4 });
      const calibration = splitConformal(Array.from({ length: 500 }, draw));
      const range = calibration && calibrated({ p10: 2, p50: 3, p90: 4 }, calibration);
      const fresh = Array.from({ length: 500 }, draw);
      const held = fresh.filter(({ endedAt }) => {
        const days = (endedAt ?? 0) / dayMs;
        return range && days >= range.p10 && days <= range.p90;
      }).length;
      misses.push(1 - held / 500);
    }
    const mean = misses.reduce((sum, miss) => sum + miss, 0) / misses.length;
    // 20 × 500 draws and 20 calibrations of 500: three standard deviations are 0.014.
    expect(Math.abs(mean - 0.2)).toBeLessThan(0.015);
  });

  test("forecasts still open count as longer than so far: leaving them out would make ends look early", () => {
    const random = createRandom(8);
    const asOf = 60 * dayMs;
    const all = Array.from({ length: 4000 }, (_, index) =>
      issued(-Math.log(1 - random()) * 20, {
        madeAt: (index / 4000) * asOf,
        p10: 2.1,
        p50: 13.9,
        p90: 46,
      }),
    );
    const over = all.filter(({ endedAt }) => (endedAt ?? 0) < asOf);
    const withOpen = rollingConformal(all, asOf);
    const withoutOpen = rollingConformal(over, asOf);
    // The range is right: P10 and P90 of an exponential of 20 days. It should hardly move.
    expect(Math.abs(withOpen?.upper ?? 1)).toBeLessThan(0.12);
    expect(withoutOpen?.upper).toBeLessThan(-0.3);
  });

  test("what becomes known after the instant changes nothing", () => {
    const random = createRandom(3);
    const asOf = 30 * dayMs;
    const forecasts = Array.from({ length: 300 }, (_, index) =>
      issued(random() * 20, { madeAt: (index / 300) * 40 * dayMs }),
    );
    const expected = rollingConformal(forecasts, asOf);
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 300, maxLength: 300 }), (later) => {
        const changed = forecasts.map((forecast, index) => {
          if (forecast.madeAt >= asOf) return { ...forecast, p90: later[index] ?? 0 };
          if ((forecast.endedAt ?? 0) < asOf) return forecast;
          return { ...forecast, endedAt: asOf + (later[index] ?? 0) * dayMs };
        });
        expect(rollingConformal(changed, asOf)).toEqual(expected && { ...expected });
      }),
      { numRuns: 50 },
    );
  });

  test("a calibrated range is never below zero, never crossed, and holds its middle", () => {
    const days = fc.double({ min: 0, max: 500, noNaN: true });
    const move = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(days, days, days), move, move, (values, lower, upper) => {
        const [p10 = 0, p50 = 0, p90 = 0] = values.toSorted((a, b) => a - b);
        const range = calibrated({ p10, p50, p90 }, { lower, upper, forecasts: 1, resolved: 1 });
        expect(range.p10).toBeGreaterThanOrEqual(0);
        expect(range.p50).toBeGreaterThanOrEqual(range.p10);
        expect(range.p90).toBeGreaterThanOrEqual(range.p50);
      }),
    );
  });
});
