import { type CaseHistory, dayMs, durationMs, lastAt, stepAt } from "./case-history.ts";
import { type Calibration, calibrated, type DayRange, rollingConformal } from "./conformal.ts";
import { recentCoverage, type ShownForecast, usableCoverage } from "./forecast-record.ts";
import { lengthMeans } from "./length-means.ts";
import { askTables, learnProcess, type NoModel, type ProcessModel } from "./process-model.ts";
import { quantileOf } from "./sorted-values.ts";
import { prefixesOf, type TemporalSplit } from "./temporal-split.ts";

/** One forecast of a back-test and what came of it. Days; instants in milliseconds. */
export type JudgedForecast = {
  readonly caseId: string;
  readonly length: number;
  readonly activity: string;
  readonly madeAt: number;
  readonly actualDays: number;
  readonly dummyDays: number;
  /** As the tables said. */
  readonly raw: DayRange;
  /** Calibrated once, at the cut, on forecasts for training cases only. */
  readonly frozen: DayRange;
  /** Calibrated every midnight (UTC) on what had become known by then. */
  readonly rolling: DayRange;
  readonly support: number;
  readonly nextRight: boolean;
  /** The product would have refused this one: its newest ranges had been wrong too often. */
  readonly refused: boolean;
};

export type BackTest = {
  readonly kind: "back-test";
  readonly model: ProcessModel;
  readonly split: TemporalSplit;
  readonly judged: readonly JudgedForecast[];
  readonly shown: readonly ShownForecast[];
};

const uncalibrated: Calibration = { lower: 0, upper: 0, forecasts: 0, resolved: 0 };
const noRange: DayRange & { support: number } = { p10: 0, p50: 0, p90: 0, support: 0 };

/**
 * Learns before the cut and forecasts after it. The tables are learnt once, from training cases.
 * Every test forecast is judged, also those the product would refuse to show.
 */
export function backTest(split: TemporalSplit): BackTest | NoModel {
  const model = learnProcess(split.train, { through: split.cutAt });
  if (model.kind === "no-model") return model;
  const dummy = lengthMeans(split.train, { shortest: 2 });
  const wanted = new Set(split.test.map(({ history, length }) => `${length} ${history.id}`));
  const calibrationOf = rollingCalibration(model, split);
  const judged: JudgedForecast[] = [];
  const shown: ShownForecast[] = [];
  for (const { history, length, at } of stream(model, split)) {
    const tables = at < split.cutAt ? model.earlier : model.tables;
    const { remaining, next } = askTables(tables, history, { length, waitedDays: 0 });
    const { p10, p50, p90, support } = remaining ?? noRange;
    const raw = { p10, p50, p90 };
    const { calibration, refused } = calibrationOf(at, shown);
    const rolling = calibrated(raw, calibration);
    shown.push({ ...raw, madeAt: at, endedAt: lastAt(history), shown: rolling });
    if (at < split.cutAt || !wanted.has(`${length} ${history.id}`)) continue;
    judged.push({
      caseId: history.id,
      length,
      activity: stepAt(history, length - 1).activity,
      madeAt: at,
      actualDays: (lastAt(history) - at) / dayMs,
      dummyDays: dummy(length),
      raw,
      frozen: calibrated(raw, model.calibration ?? uncalibrated),
      rolling,
      support,
      nextRight:
        tables.activities[next?.shares[0]?.code ?? -1] === stepAt(history, length).activity,
      refused,
    });
  }
  return { kind: "back-test", model, split, judged, shown };
}

/** The forecasts issued since the calibration cases began to end, in the order they were made. */
function stream(model: ProcessModel, split: TemporalSplit) {
  return split.kept
    .flatMap((history: CaseHistory) => prefixesOf(history))
    .map((prefix) => ({ ...prefix, at: stepAt(prefix.history, prefix.length - 1).at }))
    .filter(({ at }) => at >= model.earlier.learntThrough)
    .sort((a, b) => a.at - b.at || (a.history.id < b.history.id ? -1 : 1) || a.length - b.length);
}

const leastWindow = 1000;
const windowInLongCases = 4;

/** Forecasts of the last four long cases' time calibrate, at least the newest 1,000. */
function rollingCalibration(model: ProcessModel, split: TemporalSplit) {
  const durations = Float64Array.from(split.train, durationMs).sort();
  const windowMs = windowInLongCases * quantileOf(durations, 0.9);
  let day = -Infinity;
  let calibration = model.calibration ?? uncalibrated;
  let refused = false;
  return (at: number, shown: readonly ShownForecast[]) => {
    const today = Math.floor(at / dayMs) * dayMs;
    if (today > day) {
      day = today;
      const early = shown.findIndex(({ madeAt }) => madeAt >= today - windowMs);
      const from = Math.max(
        0,
        Math.min(early < 0 ? shown.length : early, shown.length - leastWindow),
      );
      const newest = shown.slice(from);
      calibration = rollingConformal(newest, today) ?? calibration;
      const recent = recentCoverage(newest, today);
      refused =
        recent !== null && (recent.held < usableCoverage.from || recent.held > usableCoverage.to);
    }
    return { calibration, refused };
  };
}
