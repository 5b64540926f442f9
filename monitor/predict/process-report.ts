import { minimumSupport } from "../forecast/process-model.ts";
import { refusal } from "./forecast-process.ts";
import type { ProcessId } from "./process-definition.ts";
import type { DayUnit } from "./process-time.ts";
import type { MeasuredProjects } from "./project-experience.ts";
import type { MeasuredForecasts } from "./snapshots.ts";
import type { ForecastModels } from "./train-forecasts.ts";

/** One line of the report: what is known of a process, and how good forecasts of it have been. */
export type ProcessReport = {
  readonly process: ProcessId;
  readonly title: string;
  readonly unit: DayUnit;
  readonly ended: number;
  readonly open: number;
  /** Days from begin to end of what ended; null: nothing did. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly measured: MeasuredForecasts | null;
  /** Forecasts of this process are refused, and why; null: they are given. */
  readonly abstains: string | null;
};

export type ForecastReport = {
  readonly trainedThrough: string;
  readonly processes: readonly ProcessReport[];
  readonly projects: {
    readonly finished: number;
    readonly end: MeasuredProjects | null;
    readonly costError: number | null;
  };
  readonly minimumSupport: number;
};

/** How good the firm's forecasts are, process by process; shown beside every one of them. */
export const predictReport = (models: ForecastModels): ForecastReport => ({
  trainedThrough: models.trainedThrough,
  processes: Object.values(models.processes).map((trained) => ({
    process: trained.definition.id,
    title: trained.definition.title,
    unit: trained.definition.unit,
    ended: trained.ended,
    open: trained.open,
    p50: trained.p50,
    p90: trained.p90,
    measured: trained.measured,
    abstains: refusal(trained),
  })),
  projects: {
    finished: models.projects.finished,
    end: models.projects.measuredEnd,
    costError: models.projects.costError,
  },
  minimumSupport,
});
