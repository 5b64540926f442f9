import type { Evidence } from "#/domain/evidence.ts";
import { observe } from "#/domain/evidence.ts";
import { dayMs, startedAt } from "../forecast/case-history.ts";
import type { DayRange } from "../forecast/conformal.ts";
import { forecastCase, type NoForecast } from "../forecast/forecast-case.ts";
import { usableCoverage } from "../forecast/forecast-record.ts";
import { minimumSupport } from "../forecast/process-model.ts";
import { breachShare, stillWaiting } from "../forecast/survival.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { processCase } from "./process-cases.ts";
import type { ProcessId } from "./process-definition.ts";
import type { DayUnit } from "./process-time.ts";
import type { MeasuredForecasts } from "./snapshots.ts";
import type { ForecastModels, TrainedProcess } from "./train-forecasts.ts";

/** What will probably become of one open case of the firm, and how good such forecasts have been. */
export type ProcessForecast = {
  readonly kind: "forecast";
  readonly process: ProcessId;
  readonly asOf: string;
  /** From now. P10 to P90 is meant to hold 80 times in 100. */
  readonly remaining: DayRange & { readonly unit: DayUnit };
  /** The instants at which that is; null where the firm never works again. */
  readonly expectedAt: Readonly<Record<keyof DayRange, string | null>>;
  /** Since the case began. */
  readonly waitedDays: number;
  /** P(longer than the limit in all | it has waited so long); null: no limit, or nobody waited so long. */
  readonly breach: { readonly limitDays: number; readonly share: number } | null;
  readonly nextSteps: readonly { readonly activity: string; readonly share: number }[];
  readonly support: number;
  readonly keyUsed: readonly string[];
  readonly confidence: "low" | "normal";
  readonly measured: MeasuredForecasts | null;
  readonly trainedThrough: string;
  readonly trainedCases: number;
  readonly modelVersion: string;
  readonly evidence: readonly Evidence[];
};

/** Ranges need this many resolved forecasts before their record can speak against them. */
const enoughToRefuse = 200;

/**
 * Forecasts one open case. No forecast, with the reason, when the record is not there, has ended, or
 * when too little like it has ended for a number that anybody should use.
 */
export function forecastProcess(
  models: ForecastModels,
  view: FirmView,
  { process, id }: { readonly process: ProcessId; readonly id: string },
): ProcessForecast | NoForecast {
  const trained = models.processes[process];
  const found = processCase(view, id, { process: trained.definition, time: trained.time });
  if (found === null) return no("there is no open case of this process for that record");
  if (found.ended) return no("it has ended already");
  const refused = refusal(trained);
  if (refused !== null) return no(refused);
  const { time, model, waits, definition } = trained;
  const asOf = time.point(view.asOf);
  const forecast = forecastCase(model, found.history, { asOf, calibration: trained.calibration });
  if (forecast.kind === "no-forecast") return forecast;
  const waitedDays = Math.max(0, asOf - startedAt(found.history)) / dayMs;
  const { p10, p50, p90 } = withinSeen(forecast.remaining, { trained, waitedDays });
  const record = view.get(definition.kind, id);
  return {
    kind: "forecast",
    process,
    asOf: view.asOf,
    remaining: { p10, p50, p90, unit: time.unit },
    expectedAt: {
      p10: time.after(view.asOf, p10),
      p50: time.after(view.asOf, p50),
      p90: time.after(view.asOf, p90),
    },
    waitedDays,
    breach: breachOf(trained, waitedDays),
    nextSteps: forecast.nextSteps,
    support: forecast.support,
    keyUsed: forecast.keyUsed,
    confidence: trained.calibration === null ? "low" : forecast.confidence,
    measured: trained.measured,
    trainedThrough: models.trainedThrough,
    trainedCases: forecast.trainedCases,
    modelVersion: forecast.modelVersion,
    evidence: record ? [observe(record.source, "begun", found.since, "DERIVED")] : [],
  };

  function breachOf(
    { definition: { limitDays } }: TrainedProcess,
    waited: number,
  ): ProcessForecast["breach"] {
    if (limitDays === null) return null;
    if (waited < limitDays && stillWaiting(waits, waited) < minimumSupport) return null;
    const share = breachShare(waits, { limit: limitDays, waited });
    return share === null ? null : { limitDays, share };
  }
}

/**
 * A calibrated range can be stretched beyond anything that ever happened, where few cases were slow: it
 * ends at the longest case there was, or at its middle where that one is passed.
 */
export function withinSeen(
  { p10, p50, p90 }: DayRange,
  { trained, waitedDays }: { readonly trained: TrainedProcess; readonly waitedDays: number },
): DayRange {
  const longest = trained.waits.days.at(-1) ?? Number.POSITIVE_INFINITY;
  return { p10, p50, p90: Math.min(p90, Math.max(p50, longest - waitedDays)) };
}

/** Why a process should not be forecast at all; null: it may be. */
export function refusal({ model, measured, ended }: TrainedProcess): string | null {
  if (model.kind === "no-model") return model.reason;
  if (ended < minimumSupport) return `${ended} ended cases; ${minimumSupport} are needed`;
  if (!measured || measured.coverage === null || measured.forecasts < enoughToRefuse) return null;
  const { coverage } = measured;
  return coverage < usableCoverage.from || coverage > usableCoverage.to
    ? `of the newest forecasts ${Math.round(coverage * 100)} % held instead of 80 %`
    : null;
}

const no = (reason: string): NoForecast => ({ kind: "no-forecast", reason });
