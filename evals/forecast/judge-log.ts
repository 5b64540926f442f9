import type { BusinessCalendar } from "#/domain/business-time.ts";
import { type BackTest, backTest, type JudgedForecast } from "#/monitor/forecast/back-test.ts";
import { createBusinessClock } from "#/monitor/forecast/business-clock.ts";
import { type CaseHistory, dayMs, lastAt, startedAt } from "#/monitor/forecast/case-history.ts";
import {
  errorDays,
  meanOf,
  type PredictReport,
  predictReport,
  rangeHolds,
} from "#/monitor/forecast/predict-report.ts";
import {
  plainSplit,
  publishedSplit,
  type TemporalSplit,
} from "#/monitor/forecast/temporal-split.ts";
import { type Interval, meanInterval } from "./bootstrap.ts";
import { type JudgedWaits, judgeWaits } from "./judge-waits.ts";

export type Measured = { readonly value: number; readonly ci95: Interval | null };
export type RangeMeasured = { readonly coverage: Measured; readonly meanWidthDays: number };
export type LengthBand = {
  readonly steps: string;
  readonly forecasts: number;
  readonly meanAbsoluteDays: number;
  readonly coverage: number;
};

/** What the product's own code reached on one log under one protocol. */
export type LogJudgement = {
  readonly kind: "judgement";
  readonly protocol: TemporalSplit["protocol"];
  readonly report: PredictReport;
  readonly maximumDurationDays: number | null;
  readonly target: string;
  readonly remainingTimeBy: readonly string[];
  readonly nextStepBy: readonly string[];
  readonly meanAbsoluteDays: Measured;
  readonly nextStepRight: Measured;
  /** As calibrated every midnight on what was known by then; at the cut only; and not at all. */
  readonly ranges: Readonly<Record<"rolling" | "frozen" | "raw", RangeMeasured>>;
  readonly byLength: readonly LengthBand[];
  /** What the model said of itself at the cut, from its newest fifth of training cases. */
  readonly foreseen: {
    readonly meanAbsoluteDays: number;
    readonly nextStepRight: number;
    readonly coverage: number | null;
  };
  readonly waits: readonly JudgedWaits[];
  readonly worst: readonly JudgedForecast[];
};
export type NotJudged = {
  readonly kind: "abstained";
  readonly protocol: string;
  readonly reason: string;
};

/** Five business days: the limit of the waiting table. */
const waitLimitDays = 5;
/** Monday to Friday around the clock in UTC: logs of other firms come without a calendar. */
const weekdays: BusinessCalendar = {
  zone: "UTC",
  days: [1, 2, 3, 4, 5],
  opensAt: 0,
  closesAt: 1440,
  holidays: [],
};

export const judgeLog = (cases: readonly CaseHistory[]): (LogJudgement | NotJudged)[] => [
  judgeSplit("published-strict", publishedSplit(cases)),
  judgeSplit("plain-strict", plainSplit(cases)),
];

function judgeSplit(protocol: string, split: TemporalSplit | null): LogJudgement | NotJudged {
  if (!split) {
    const reason = "too few cases of three steps or more on both sides of a cut";
    return { kind: "abstained", protocol, reason };
  }
  const tested = backTest(split);
  return tested.kind === "no-model"
    ? { kind: "abstained", protocol, reason: tested.reason }
    : summarise(tested);
}

function summarise(tested: BackTest): LogJudgement {
  const { model, split, judged } = tested;
  const { quantiles, nextSteps } = model.tables;
  const measure = (of: (forecast: JudgedForecast) => number): Measured => {
    const observations = judged.map((one) => ({ group: one.caseId, value: of(one) }));
    return { value: meanOf(judged, of), ci95: meanInterval(observations) };
  };
  const range = (name: "rolling" | "frozen" | "raw"): RangeMeasured => ({
    coverage: measure((one) => Number(rangeHolds(one[name], one.actualDays))),
    meanWidthDays: meanOf(judged, (one) => one[name].p90 - one[name].p10),
  });
  const span = {
    from: split.kept.reduce((first, history) => Math.min(first, startedAt(history)), Infinity),
    to: split.kept.reduce((last, history) => Math.max(last, lastAt(history)), -Infinity),
  };
  const daysBetween = createBusinessClock(weekdays, span);
  return {
    kind: "judgement",
    protocol: split.protocol,
    report: predictReport(tested),
    maximumDurationDays: split.maximumDurationMs === null ? null : split.maximumDurationMs / dayMs,
    target: quantiles.target,
    remainingTimeBy: quantiles.levels.flatMap(({ feature }) => feature ?? []),
    nextStepBy: nextSteps.levels.flatMap(({ feature }) => feature ?? []),
    meanAbsoluteDays: measure(errorDays),
    nextStepRight: measure(({ nextRight }) => Number(nextRight)),
    ranges: { rolling: range("rolling"), frozen: range("frozen"), raw: range("raw") },
    byLength: byLength(judged),
    foreseen: {
      meanAbsoluteDays: model.measured.meanDays,
      nextStepRight: model.measured.nextStepRight,
      coverage: model.measured.coverage,
    },
    waits: judgeWaits(split, { daysBetween, limit: waitLimitDays }),
    worst: judged
      .toSorted((a, b) => errorDays(b) - errorDays(a) || (a.caseId < b.caseId ? -1 : 1))
      .slice(0, 10),
  };
}

const bands: readonly { readonly steps: string; readonly from: number; readonly to: number }[] = [
  { steps: "2", from: 2, to: 2 },
  { steps: "3-5", from: 3, to: 5 },
  { steps: "6+", from: 6, to: Infinity },
];

const byLength = (judged: readonly JudgedForecast[]): LengthBand[] =>
  bands.map(({ steps, from, to }) => {
    const chosen = judged.filter(({ length }) => length >= from && length <= to);
    return {
      steps,
      forecasts: chosen.length,
      meanAbsoluteDays: meanOf(chosen, errorDays),
      coverage: meanOf(chosen, (one) => Number(rangeHolds(one.rolling, one.actualDays))),
    };
  });
