import { textTable } from "../text-table.ts";
import type { LogResult } from "./forecast-eval.ts";
import { gatesOf } from "./forecast-gates.ts";
import type { LogJudgement, Measured } from "./judge-log.ts";
import { publishedCaveat, publishedSource } from "./published-results.ts";

const percent = (share: number): string => (share * 100).toFixed(1);
const withInterval = ({ value, ci95 }: Measured, show: (value: number) => string): string =>
  ci95 ? `${show(value)} (${show(ci95[0])}-${show(ci95[1])})` : show(value);

/** The whole report as text: errors, ranges, waits, bars, and what none of it shows. */
export function forecastText(results: readonly LogResult[]): string {
  const judged = results.flatMap(({ name, published, judgements }) =>
    judgements.flatMap((one) => (one.kind === "judgement" ? [{ name, published, one }] : [])),
  );
  const abstained = results.flatMap(({ name, judgements }) =>
    judgements.flatMap((one) =>
      one.kind === "abstained" ? [`${name}, ${one.protocol}: no forecast, ${one.reason}.`] : [],
    ),
  );
  if (judged.length === 0) return abstained.join("\n");
  return [
    "Remaining time and next step, deterministic state tables, no language model",
    textTable([
      [
        "log",
        "protocol",
        "train cases",
        "test cases",
        "forecasts",
        "MAE days: dummy",
        "ours (95 %)",
        "published: SuTraN / ED-LSTM / THP-M / best of 8",
        "next step %: ours (95 %)",
        "published: SuTraN / ED-LSTM",
      ],
      ...judged.map(({ name, published, one }) => {
        const shown = one.protocol === "published-strict" ? published : null;
        return [
          name,
          one.protocol,
          String(one.report.trainCases),
          String(one.report.testCases),
          String(one.report.forecasts),
          one.report.dummyMeanAbsoluteDays.toFixed(2),
          withInterval(one.meanAbsoluteDays, (days) => days.toFixed(2)),
          shown ? Object.values(shown.remainingDays).join(" / ") : "-",
          withInterval(one.nextStepRight, percent),
          shown ? Object.values(shown.nextStepPercent).join(" / ") : "-",
        ];
      }),
    ]),
    "80 % ranges: how often the end fell inside, and mean width in days",
    textTable([
      [
        "log",
        "protocol",
        "calibrated daily (95 %)",
        "width",
        "calibrated once, at the cut",
        "width",
        "uncalibrated",
        "width",
        "refused by the product %",
      ],
      ...judged.map(({ name, one }) => [
        name,
        one.protocol,
        withInterval(one.ranges.rolling.coverage, percent),
        one.ranges.rolling.meanWidthDays.toFixed(1),
        percent(one.ranges.frozen.coverage.value),
        one.ranges.frozen.meanWidthDays.toFixed(1),
        percent(one.ranges.raw.coverage.value),
        one.ranges.raw.meanWidthDays.toFixed(1),
        percent(one.report.refusedShare),
      ]),
    ]),
    "P(next step takes over 5 business days | it has taken this long), plain-strict, Monday to Friday, UTC",
    textTable([
      [
        "log",
        "waited days",
        "waits",
        "forecast %",
        "came true %",
        "Brier",
        "Brier of the base rate",
        "AUC",
        "no forecast",
      ],
      ...judged
        .filter(({ one }) => one.protocol === "plain-strict")
        .flatMap(({ name, one }) =>
          one.waits.map((wait) => [
            name,
            String(wait.waited),
            String(wait.waits),
            percent(wait.expectedShare),
            percent(wait.actualShare),
            wait.brier.toFixed(3),
            wait.brierBase.toFixed(3),
            wait.auc === null ? "-" : wait.auc.toFixed(2),
            String(wait.abstained),
          ]),
        ),
    ]),
    "How",
    ...judged.map(({ name, one }) => howText(name, one)),
    ...abstained,
    "Bars",
    textTable([
      ["log", "protocol", "bar", "wanted", "measured", ""],
      ...judged.flatMap(({ name, published, one }) =>
        gatesOf(one, published).map((gate) => [
          name,
          one.protocol,
          gate.metric,
          gate.bar,
          String(gate.value),
          gate.reached ? "reached" : "NOT REACHED",
        ]),
      ),
    ]),
    ...(judged.some(({ published }) => published)
      ? [`Published: ${publishedSource}\n${publishedCaveat}`]
      : []),
    "What this does not show: one split per protocol; one process per log; a case counts as ended at its last event; intervals resample cases, not months.",
  ].join("\n\n");
}

function howText(name: string, one: LogJudgement): string {
  const trimmed =
    one.maximumDurationDays === null
      ? "nothing trimmed"
      : `cases over ${one.maximumDurationDays.toFixed(1)} days trimmed`;
  const drift = one.report.drift ? ` Drift: ${one.report.drift}` : "";
  return `${name}, ${one.protocol}: cut ${one.report.trainedThrough.slice(0, 10)}, tested to ${one.report.testedTo.slice(0, 10)}, ${trimmed}. ${one.target === "total" ? "Total" : "Remaining"} time by ${one.remainingTimeBy.join(" > ") || "nothing"}; next step by ${one.nextStepBy.join(" > ") || "nothing"}.${drift}`;
}
