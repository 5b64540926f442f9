import { textTable } from "../text-table.ts";
import type { ClassRow } from "./judge-notes.ts";
import { type BarRow, missedNoteBars, type RiskNotesResult } from "./risk-notes-eval.ts";

/** The result for people. Every number is of the rules and of notes that we wrote ourselves. */
export function riskNotesText(result: RiskNotesResult): string {
  const { notes, rows, classes, baselines, cases, simulated, failures, seconds } = result;
  const missed = missedNoteBars(result);
  return [
    `Risk notes, back end rules, own notes: ${notes.test} test (${notes.train} training, ${notes.development} development)`,
    barTable(rows),
    textTable([
      ["reader", "macro-F1 on the test notes"],
      ...baselines.map(({ name, macroF1 }) => [name, figure(macroF1)]),
    ]),
    "By label",
    classTable(classes),
    "By hard case: notes whose present risks are exactly right",
    textTable([
      ["case", "right", "95 %", "n"],
      ...cases.map(({ metric, value, interval, n }) => [
        metric,
        figure(value),
        range(interval),
        String(n),
      ]),
    ]),
    ...simulated.flatMap((firm) => [
      `Notes of the simulated firm of seed ${firm.seed}, synthetic (its sentences are in the repository)`,
      barTable(firm.rows),
      classTable(firm.classes),
    ]),
    failures.length === 0
      ? "No test note was read wrongly."
      : `Read wrongly: ${failures.join(", ")}`,
    missed.length === 0
      ? `Every bar is reached. ${seconds.toFixed(1)} s.`
      : `NOT reached: ${missed.map(({ metric }) => metric).join("; ")}. ${seconds.toFixed(1)} s.`,
  ].join("\n\n");
}

const barTable = (rows: readonly BarRow[]): string =>
  textTable([
    ["metric", "value", "95 %", "n", "bar", "pass"],
    ...rows.map(({ metric, value, interval, n, bar, pass }) => [
      metric,
      figure(value),
      range(interval),
      String(n),
      bar ?? "–",
      pass === null ? "–" : pass ? "yes" : "NO",
    ]),
  ]);

const classTable = (rows: readonly ClassRow[]): string =>
  textTable([
    ["label", "precision", "95 %", "recall", "95 %", "F1", "n"],
    ...rows.map(({ code, precision, recall, f1 }) => [
      code,
      figure(precision.value),
      range(precision.interval),
      figure(recall.value),
      range(recall.interval),
      figure(f1),
      String(recall.n),
    ]),
  ]);

const figure = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
const range = (interval: readonly [number, number] | null): string =>
  interval === null ? "–" : interval.map((one) => one.toFixed(2)).join(" … ");
