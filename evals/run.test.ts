import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { syntheticEvents } from "#/monitor/forecast/log-fixture.ts";
import type { MonitorResult } from "./monitor/monitor-eval.ts";
import type { RiskNotesResult } from "./risk-notes/risk-notes-eval.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-evals-"));
afterAll(() => rmSync(folder, { recursive: true }));

const evaluate = (...args: string[]) =>
  spawnSync(process.execPath, ["evals/run.ts", ...args], { encoding: "utf8" });

const log = join(folder, "unseen.csv");
const rows = syntheticEvents({ seed: 12, cases: 400 }).map(
  (event) => `${event.case},"${event.activity}",${event.at}`,
);
writeFileSync(log, ["case_id,activity,timestamp", "broken,row", ...rows].join("\n"));

describe("npm run eval", () => {
  test("an unseen log gives numbers for machines, twice the same, and reports the bad row", () => {
    const { stdout, stderr, status } = evaluate("forecast", "--log", log, "--json");
    expect(status).toBe(0);
    expect(stderr).toContain("line 2: 2 fields where the header has 3");
    const found = JSON.parse(stdout).rows as { metric?: string; protocol: string; value: number }[];
    const metrics = found.flatMap(({ metric, protocol }) =>
      protocol === "plain-strict" ? (metric ?? []) : [],
    );
    expect(metrics).toEqual([
      "remaining-time-mae-days",
      "next-step-accuracy",
      "coverage-80-rolling",
      "coverage-80-frozen",
      "coverage-80-raw",
    ]);
    const again = evaluate("forecast", "--log", log, "--json");
    expect(JSON.parse(again.stdout).rows).toEqual(found);
  });

  test("the table says what is ours, what the dummy reaches, and that nothing was published", () => {
    const { stdout, status } = evaluate("forecast", log);
    expect(status).toBe(0);
    expect(stdout).toContain("MAE days: dummy");
    expect(stdout).toMatch(/unseen\.csv \| published-strict/);
    expect(stdout).not.toContain("Published:");
  });

  test.each([
    [["forecast", "--log", join(folder, "nowhere.csv")], "does not exist"],
    [["astrology"], "no evaluation of that name"],
    [["forecast", "--lgo", "x"], "npm run eval"],
    [["forecast", "--column", "colour=x", log], "--column wants"],
    [["forecast", "--zone", "Mars/Olympus", log], "IANA zone"],
    [["monitor", "--size", "XXL"], "--size is one of"],
    [["monitor", "--pack", "moon"], "--pack is one of"],
    [["monitor", "--seeds", " , "], "--seeds wants"],
    [["monitor", "--anchor", "tomorrow"], "--anchor wants"],
    [["risk-notes", "--seeds", ","], "--seeds wants"],
    [["rating", "--train", log], "--train and --test go together"],
    [["rating", "--data", join(folder, "nowhere.jsonl")], "does not exist"],
    [["rating", "--train", log, "--test", log], "is wrong"],
  ])("%j is refused with the usage", (args, problem) => {
    const { stderr, status } = evaluate(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
  });

  test("without data it skips with one line", () => {
    const { stdout, status } = evaluate("--data", folder);
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stdout).toContain("skipped");
  });

  test("rating without data skips with one line", () => {
    const { stdout, status } = evaluate("rating", "--data", folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^rating: skipped[^\n]*\n$/);
  });

  test("risk notes are read, scored and reach their bars", () => {
    const { stdout, status } = evaluate("risk-notes", "--json", "--strict");
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as RiskNotesResult;
    expect(result.backend).toBe("rules");
    expect(result.simulated.map(({ seed }) => seed)).toEqual(["held-1"]);
  });

  test("monitor plays a firm of a seed, judges it and says what its numbers are not", () => {
    const { stdout, stderr, status } = evaluate(
      "monitor",
      "--seeds",
      "unseen",
      "--size",
      "S",
      "--json",
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/seed 1 of 1 \(unseen\): detection, [\d.]+ s/);
    const result = JSON.parse(stdout) as MonitorResult;
    expect(result.label).toBe("synthetic, seeds 1, parameter pack atlas");
    const rowOf = (metric: string) => result.rows.find((row) => row.metric === metric);
    for (const [metric, bar] of [
      ["health equals the rule oracle", "≥ 1"],
      ["detection recall", "≥ 0.9"],
      ["false alerts per project-week", "≤ 0.3"],
      ["detection lead, median business days", "≥ 5"],
      ["invoice top cause", "≥ 0.95"],
      ["approval top cause, none included", "≥ 0.85"],
    ] as const) {
      expect(rowOf(metric)?.bar).toBe(bar);
      expect(rowOf(metric)?.values[0]?.n).toBeGreaterThan(0);
    }
    expect(result.baselines.map(({ metric }) => metric)).toContain(
      "baseline (invoice causes) always INV-1, macro-F1",
    );
    expect(result.realism.map(({ metric }) => metric)).toContain("utilisation");
  });
});
