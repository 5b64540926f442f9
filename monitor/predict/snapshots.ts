import { type CaseHistory, dayMs, lastAt, startedAt } from "../forecast/case-history.ts";
import type { IssuedForecast } from "../forecast/conformal.ts";
import {
  type Calibration,
  calibrated,
  leastResolved,
  rollingConformal,
} from "../forecast/conformal.ts";
import { askTables, type ProcessTables } from "../forecast/process-model.ts";
import type { ProcessCase } from "./process-cases.ts";

/** What forecasts of open cases got wrong when they were asked for on days of the newest past. */
export type MeasuredForecasts = {
  /** Forecasts that have come true; one case may be asked about more than once. */
  readonly forecasts: number;
  readonly cases: number;
  /** Mean absolute error of the middle of the forecast, in days of the process. */
  readonly meanDays: number;
  /** The same for always saying the median length of all that ended before, less what has passed. */
  readonly dummyMeanDays: number;
  /** Share of the newer half that fell inside the 80 % range, calibrated on the older; null: too few. */
  readonly coverage: number | null;
};

export type SnapshotForecast = IssuedForecast & {
  readonly caseId: string;
  /** Days since the case began. */
  readonly elapsedDays: number;
};

/** Asked about this often between what the earlier tables learnt and today. */
const snapshots = 40;

/**
 * Asks the earlier tables about every case that was open on evenly spaced days since they were learnt.
 * That is how forecasts are asked for: about whatever is open, however long it has waited, and not
 * just after a step. Long waits are met more often, as on a real day.
 */
export function snapshotForecasts(
  tables: ProcessTables,
  cases: readonly ProcessCase[],
  asOf: number,
): SnapshotForecast[] {
  const from = tables.learntThrough;
  const issued: SnapshotForecast[] = [];
  for (let index = 0; index < snapshots; index += 1) {
    const at = from + ((asOf - from) * index) / snapshots;
    for (const { history, ended } of cases) {
      if (startedAt(history) > at || (ended && lastAt(history) <= at)) continue;
      const forecast = askAt(tables, history, at);
      if (forecast)
        issued.push({
          ...forecast,
          caseId: history.id,
          elapsedDays: (at - startedAt(history)) / dayMs,
          madeAt: at,
          endedAt: ended ? lastAt(history) : null,
        });
    }
  }
  return issued;
}

function askAt(tables: ProcessTables, history: CaseHistory, at: number) {
  const steps = history.steps.filter((step) => step.at <= at);
  const last = steps.at(-1);
  if (!last) return null;
  const known = { id: history.id, steps };
  const waitedDays = (at - last.at) / dayMs;
  return askTables(tables, known, { length: steps.length, waitedDays }).remaining;
}

/** How far the ranges must move, by what has become known up to `asOf`; null: too little has. */
export const calibrationOf = (
  issued: readonly SnapshotForecast[],
  asOf: number,
): Calibration | null => rollingConformal(issued, asOf);

/** `dummyDays`: median length of what had ended before the first snapshot, from start to end. */
export function measureForecasts(
  issued: readonly SnapshotForecast[],
  { asOf, dummyDays }: { readonly asOf: number; readonly dummyDays: number },
): MeasuredForecasts {
  const resolved = issued.filter(({ endedAt }) => endedAt !== null);
  const count = Math.max(1, resolved.length);
  const sum = (of: (one: SnapshotForecast, actual: number) => number) =>
    resolved.reduce((total, one) => total + of(one, actualDays(one)), 0) / count;
  return {
    forecasts: resolved.length,
    cases: new Set(resolved.map(({ caseId }) => caseId)).size,
    meanDays: sum(({ p50 }, actual) => Math.abs(actual - p50)),
    dummyMeanDays: sum(({ elapsedDays }, actual) =>
      Math.abs(actual - Math.max(0, dummyDays - elapsedDays)),
    ),
    coverage: coverageOfNewerHalf(issued, asOf),
  };
}

const actualDays = ({ madeAt, endedAt }: SnapshotForecast): number =>
  ((endedAt ?? madeAt) - madeAt) / dayMs;

/**
 * Calibrates on the older half of the snapshots by what was known in the middle, and judges the newer
 * ones. One that is still open has missed its range when it has outlasted it, else it is left out.
 */
function coverageOfNewerHalf(issued: readonly SnapshotForecast[], asOf: number): number | null {
  const times = [...new Set(issued.map(({ madeAt }) => madeAt))];
  const middle = times[times.length >> 1];
  if (middle === undefined) return null;
  const calibration = rollingConformal(
    issued.filter(({ madeAt }) => madeAt < middle),
    middle,
  );
  if (!calibration) return null;
  let held = 0;
  let judged = 0;
  for (const one of issued) {
    if (one.madeAt < middle) continue;
    const { p10, p90 } = calibrated(one, calibration);
    const days = one.endedAt === null ? (asOf - one.madeAt) / dayMs : actualDays(one);
    if (one.endedAt === null && days <= p90) continue;
    judged += 1;
    if (days >= p10 && days <= p90) held += 1;
  }
  return judged < leastResolved ? null : held / judged;
}
