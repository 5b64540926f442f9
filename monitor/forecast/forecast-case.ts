import { type CaseHistory, dayMs, lastAt } from "./case-history.ts";
import { type Calibration, calibrated, type DayRange } from "./conformal.ts";
import {
  driftNote,
  type RecentCoverage,
  steadyCoverage,
  usableCoverage,
} from "./forecast-record.ts";
import {
  askTables,
  type MeasuredError,
  minimumSupport,
  type NoModel,
  type ProcessModel,
} from "./process-model.ts";

/** What will probably become of one open case, and how good such forecasts have been. */
export type CaseForecast = {
  readonly kind: "forecast";
  /** Remaining time, from `asOf`. P10 to P90 is meant to hold 80 times in 100. */
  readonly remaining: DayRange & { readonly unit: "days" };
  readonly nextSteps: readonly { readonly activity: string; readonly share: number }[];
  /** Prefixes of ended cases in the finest cell used, and what that cell is told by. */
  readonly support: number;
  readonly keyUsed: readonly string[];
  readonly confidence: "low" | "normal";
  readonly range: "calibrated" | "calibrating" | "not calibrated";
  readonly asOf: string;
  readonly modelVersion: string;
  readonly trainedThrough: string;
  readonly trainedCases: number;
  readonly measured: MeasuredError;
  readonly recent: RecentCoverage | null;
  readonly drift: string | null;
};

/** No forecast, and why. Better than a number nobody should use. */
export type NoForecast = { readonly kind: "no-forecast"; readonly reason: string };

const early = 2;
const thin = 50;
/** Next steps less likely than this are not named. */
const leastShare = 0.01;

/**
 * Forecasts an open case as it stood at `asOf` (milliseconds): steps after it are not looked at.
 * Time since the last step counts: a case that waited long is not asked as if it had just moved.
 * `calibration` and `recent` come from forecasts issued so far; without them the model's own apply.
 */
export function forecastCase(
  model: ProcessModel | NoModel,
  history: CaseHistory,
  {
    asOf,
    calibration,
    recent = null,
  }: { asOf: number; calibration?: Calibration | null; recent?: RecentCoverage | null },
): CaseForecast | NoForecast {
  if (model.kind === "no-model") return no(model.reason);
  const known = { id: history.id, steps: history.steps.filter(({ at }) => at <= asOf) };
  const length = known.steps.length;
  if (length === 0) return no("the case has no step yet");
  if (recent && (recent.held < usableCoverage.from || recent.held > usableCoverage.to))
    return no(
      `of the newest ${recent.forecasts} forecasts ${Math.round(recent.held * 100)} % held instead of 80 %`,
    );
  const waitedDays = (asOf - lastAt(known)) / dayMs;
  const { remaining, next } = askTables(model.tables, known, { length, waitedDays });
  if (!remaining || remaining.support < minimumSupport)
    return no(`${remaining?.support ?? 0} comparable ended cases; ${minimumSupport} are needed`);
  const moved = calibration ?? model.calibration;
  const days = moved ? calibrated(remaining, moved) : remaining;
  const steady =
    !recent || (recent.held >= steadyCoverage.from && recent.held <= steadyCoverage.to);
  return {
    kind: "forecast",
    remaining: { p10: days.p10, p50: days.p50, p90: days.p90, unit: "days" },
    nextSteps: (next?.shares ?? []).flatMap(({ code, share }) => {
      const activity = model.tables.activities[code];
      return activity === undefined || share < leastShare ? [] : [{ activity, share }];
    }),
    support: remaining.support,
    keyUsed: remaining.key,
    confidence: length <= early || remaining.support < thin || !moved ? "low" : "normal",
    range: moved ? (steady ? "calibrated" : "calibrating") : "not calibrated",
    asOf: new Date(asOf).toISOString(),
    modelVersion: model.version,
    trainedThrough: new Date(model.tables.learntThrough).toISOString(),
    trainedCases: model.tables.cases,
    measured: model.measured,
    recent,
    drift: driftNote(recent),
  };
}

const no = (reason: string): NoForecast => ({ kind: "no-forecast", reason });
