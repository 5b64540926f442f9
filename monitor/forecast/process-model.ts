import { type CaseHistory, dayMs, lastAt, startedAt, stepAt } from "./case-history.ts";
import { chooseNextStepFeatures, chooseQuantileFeatures, type Fold } from "./choose-features.ts";
import {
  type Calibration,
  calibrated,
  type DayRange,
  type IssuedForecast,
  splitConformal,
} from "./conformal.ts";
import { lengthMeans } from "./length-means.ts";
import {
  askNextStep,
  type NextStepAnswer,
  type NextStepTable,
  nextNextLevel,
  rootNextLevel,
} from "./next-step-table.ts";
import {
  createStateCodes,
  rowsEndedWithin,
  type StateCodes,
  type StateFeature,
  type StateRows,
  stateRows,
} from "./process-state.ts";
import {
  askQuantiles,
  nextLevel,
  type QuantileAnswer,
  type QuantileTable,
  type QuantileTarget,
  rootLevel,
} from "./quantile-table.ts";

/** Changes whenever the same cases could give another forecast. */
export const modelVersion = "state-tables-1";
/** Fewer cases, or a thinner cell, than this and there is no forecast. */
export const minimumSupport = 20;

/** Tables learnt from cases that ended before one instant (milliseconds). */
export type ProcessTables = {
  readonly learntThrough: number;
  readonly cases: number;
  readonly codes: StateCodes;
  readonly activities: readonly string[];
  readonly quantiles: QuantileTable;
  readonly nextSteps: NextStepTable;
};

/** What the model got wrong on the newest fifth of its cases, which those tables had not seen. */
export type MeasuredError = {
  readonly forecasts: number;
  readonly from: number;
  readonly to: number;
  /** Mean absolute error of the middle of the forecast, in days. */
  readonly meanDays: number;
  /** The same for the mean of cases with as many steps. */
  readonly dummyMeanDays: number;
  readonly nextStepRight: number;
  /** Share of actual ends inside the 80 % range, calibrated on the older half, seen on the newer. */
  readonly coverage: number | null;
};

export type ProcessModel = {
  readonly kind: "model";
  readonly version: string;
  readonly tables: ProcessTables;
  /** Learnt from the oldest four fifths: what would have been said before `learntThrough`. */
  readonly earlier: ProcessTables;
  readonly calibration: Calibration | null;
  readonly measured: MeasuredError;
};

export type NoModel = {
  readonly kind: "no-model";
  readonly reason: string;
  readonly cases: number;
};

/**
 * Learns one process from its ended cases. Cases that end at or after `through` (milliseconds) are
 * left out, whatever the caller passes. The newest fifth by end chooses nothing: it measures the
 * error and calibrates the ranges.
 */
export function learnProcess(
  cases: readonly CaseHistory[],
  { through }: { through: number },
): ProcessModel | NoModel {
  const ended = cases
    .filter((history) => lastAt(history) < through && history.steps.length >= 2)
    .sort((a, b) => lastAt(a) - lastAt(b) || startedAt(a) - startedAt(b) || (a.id < b.id ? -1 : 1));
  if (ended.length < minimumSupport) {
    const reason = `${ended.length} ended cases; ${minimumSupport} are needed`;
    return { kind: "no-model", reason, cases: ended.length };
  }
  const codes = createStateCodes();
  const rows = stateRows(ended, { codes, shortest: 1 });
  const endAt = (share: number) =>
    lastAt(
      ended[Math.min(ended.length - 1, Math.floor(share * ended.length))] ??
        (ended[0] as CaseHistory),
    );
  const earlierThrough = endAt(0.8);
  const folds = [0.4, 0.5, 0.6, 0.7].map(
    (share): Fold => ({
      train: rowsEndedWithin(rows, -Infinity, endAt(share)),
      judge: rowsEndedWithin(rows, endAt(share), Math.min(endAt(share + 0.1), earlierThrough)),
    }),
  );
  const usable = folds.filter(({ train, judge }) => train.count > 0 && judge.count > 0);
  const features = {
    quantile: chooseQuantileFeatures(usable),
    next: chooseNextStepFeatures(usable),
  };
  const activities = activityNames(ended, codes);
  const tablesOf = (chosen: StateRows, learntThrough: number): ProcessTables => ({
    learntThrough,
    cases: ended.filter((history) => lastAt(history) < learntThrough).length,
    codes,
    activities,
    quantiles: growQuantiles(chosen, features.quantile),
    nextSteps: growNextSteps(chosen, features.next),
  });
  const earlierRows = rowsEndedWithin(rows, -Infinity, earlierThrough);
  const newest = ended.filter((history) => lastAt(history) >= earlierThrough);
  // Equal ends can leave nothing older than the cut; then the earlier tables are the tables.
  const earlier =
    earlierRows.count > 0 ? tablesOf(earlierRows, earlierThrough) : tablesOf(rows, through);
  const judged = judgeTables(earlier, {
    learnt: ended.filter((c) => lastAt(c) < earlierThrough),
    newest,
  });
  return {
    kind: "model",
    version: modelVersion,
    tables: tablesOf(rows, through),
    earlier,
    calibration: splitConformal(judged.issued),
    measured: judged.measured,
  };
}

function growQuantiles(
  rows: StateRows,
  { target, features }: { target: QuantileTarget; features: readonly StateFeature[] },
): QuantileTable {
  const levels = [rootLevel(rows, target)];
  for (const feature of features) {
    const above = levels.at(-1);
    if (above) levels.push(nextLevel(above, { feature, rows, target }));
  }
  return { target, levels };
}

function growNextSteps(rows: StateRows, features: readonly StateFeature[]): NextStepTable {
  const levels = [rootNextLevel(rows)];
  for (const feature of features) {
    const above = levels.at(-1);
    if (above) levels.push(nextNextLevel(above, { feature, rows }));
  }
  return { levels };
}

function activityNames(cases: readonly CaseHistory[], codes: StateCodes): string[] {
  const names: string[] = [];
  for (const history of cases)
    history.steps.forEach(({ activity }, index) => {
      names[codes.find("activity", history, index + 1)] ??= activity;
    });
  return names;
}

/** What the tables say of a state. `waitedDays`: how long nothing has happened since its last step. */
export function askTables(
  tables: ProcessTables,
  history: CaseHistory,
  { length, waitedDays }: { length: number; waitedDays: number },
): {
  remaining: (DayRange & Pick<QuantileAnswer, "support" | "key">) | null;
  next: NextStepAnswer | null;
} {
  const code = (feature: StateFeature) => tables.codes.find(feature, history, length);
  const elapsedDays = (stepAt(history, length - 1).at - startedAt(history)) / dayMs;
  const answer = askQuantiles(tables.quantiles, { code, elapsedDays, waitedDays }, [0.1, 0.5, 0.9]);
  const [p10 = 0, p50 = 0, p90 = 0] = answer?.days ?? [];
  return {
    remaining: answer && { p10, p50, p90, support: answer.support, key: answer.key },
    next: askNextStep(tables.nextSteps, code),
  };
}

function judgeTables(
  tables: ProcessTables,
  { learnt, newest }: { learnt: readonly CaseHistory[]; newest: readonly CaseHistory[] },
): { issued: IssuedForecast[]; measured: MeasuredError } {
  const dummy = lengthMeans(learnt.length > 0 ? learnt : newest);
  const issued: IssuedForecast[] = [];
  const sums = { own: 0, dummy: 0, right: 0 };
  for (const history of newest)
    for (let length = 1; length < history.steps.length; length += 1) {
      const { at } = stepAt(history, length - 1);
      const actual = (lastAt(history) - at) / dayMs;
      const { remaining, next } = askTables(tables, history, { length, waitedDays: 0 });
      if (!remaining) continue;
      const { p10, p50, p90 } = remaining;
      issued.push({ p10, p50, p90, madeAt: at, endedAt: lastAt(history) });
      sums.own += Math.abs(actual - p50);
      sums.dummy += Math.abs(actual - dummy(length));
      const guess = tables.activities[next?.shares[0]?.code ?? -1];
      if (guess === history.steps[length]?.activity) sums.right += 1;
    }
  issued.sort((a, b) => a.madeAt - b.madeAt);
  const count = Math.max(1, issued.length);
  const measured = {
    forecasts: issued.length,
    from: issued[0]?.madeAt ?? tables.learntThrough,
    to: issued.at(-1)?.madeAt ?? tables.learntThrough,
    meanDays: sums.own / count,
    dummyMeanDays: sums.dummy / count,
    nextStepRight: sums.right / count,
    coverage: coverageOfNewerHalf(issued),
  };
  return { issued, measured };
}

function coverageOfNewerHalf(issued: readonly IssuedForecast[]): number | null {
  const byEnd = issued.toSorted(
    (a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.madeAt - b.madeAt,
  );
  const half = Math.floor(byEnd.length / 2);
  const calibration = splitConformal(byEnd.slice(0, half));
  if (!calibration) return null;
  const newer = byEnd.slice(half);
  const held = newer.filter((forecast) => {
    const range = calibrated(forecast, calibration);
    const actual = ((forecast.endedAt ?? 0) - forecast.madeAt) / dayMs;
    return actual >= range.p10 && actual <= range.p90;
  });
  return held.length / newer.length;
}
