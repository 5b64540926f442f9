import { textTable } from "../text-table.ts";
import { type MonitorResult, missedBars } from "./monitor-eval.ts";
import type { SeedRow } from "./seed-table.ts";

/** The result for people. The label stands over every table: none of this is a real firm's number. */
export function monitorText(result: MonitorResult): string {
  const { label, seeds, size, anchor, seconds } = result;
  const head = `${label} (${seeds.join(", ")}; size ${size}; anchor ${anchor})`;
  const missed = missedBars(result);
  return [
    `Monitor: ${head}`,
    table(result.rows, seeds),
    `What one gets without looking: ${head}`,
    table(result.baselines, seeds),
    `Does it look like a real firm: ${head}`,
    table(result.realism, seeds),
    missed.length === 0
      ? `Every bar is reached. ${seconds.toFixed(0)} s.`
      : `${missed.length} bar${missed.length === 1 ? "" : "s"} NOT reached: ${missed.map(({ metric }) => metric).join("; ")}. ${seconds.toFixed(0)} s.`,
  ].join("\n\n");
}

function table(rows: readonly SeedRow[], seeds: readonly string[]): string {
  return textTable([
    ["metric", ...seeds, "mean", "95 %", "n", "bar", "pass"],
    ...rows.map(({ metric, values, mean, interval, n, bar, pass }) => [
      metric,
      ...values.map(({ value }) => figure(value)),
      figure(mean),
      interval === null ? "–" : interval.map(figure).join(" … "),
      String(n),
      bar ?? "–",
      pass === null ? "–" : pass ? "yes" : "NO",
    ]),
  ]);
}

const figure = (value: number | null): string => {
  if (value === null) return "–";
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Math.round(value * 1000) / 1000);
};
