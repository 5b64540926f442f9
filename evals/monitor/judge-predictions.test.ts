import { describe, expect, test } from "vitest";
import { evalFirm } from "./eval-firm.ts";
import { forecastRows, tryForecasts } from "./judge-forecasts.ts";
import { judgeMargin } from "./judge-margin.ts";
import { judgeSlippage } from "./judge-slippage.ts";

describe("judges of margins, dates and forecasts, on a small firm", () => {
  const firm = evalFirm({ seed: "dev-2", size: "S", anchor: "2026-11-23" });

  test("every bridge and every slip adds up, and both have something to judge", () => {
    for (const rows of [judgeMargin(firm), judgeSlippage(firm)]) {
      const sums = rows.filter(({ bar }) => bar === "0");
      expect(sums).toHaveLength(1);
      expect(sums.every(({ pass, n }) => pass === true && n > 10)).toBe(true);
    }
  });

  test("forecasts are asked about open cases only, are not all refused, and are the same twice", () => {
    const { forecasts, refused } = tryForecasts(firm, { learn: "once" });
    expect(forecasts.length).toBeGreaterThan(100);
    expect(forecasts.every(({ width, error }) => width >= 0 && (error ?? 0) >= 0)).toBe(true);
    expect(tryForecasts(firm, { learn: "once" })).toMatchObject({ forecasts, refused });
  });

  test("nothing to judge passes no bar", () => {
    const rows = forecastRows({ learntDaily: [], learntOnce: [] });
    expect(rows.filter(({ bar }) => bar !== null).map(({ pass }) => pass)).toEqual([false]);
  });
});
