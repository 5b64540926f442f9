import { addBusinessDays } from "#/domain/business-time.ts";
import type { Evidence } from "#/domain/evidence.ts";
import { businessDays, dateIn } from "../clocks/civil-days.ts";
import type { CostSet, EstimateMethod } from "../erosion/effort-forecast.ts";
import { effortForecast } from "../erosion/effort-forecast.ts";
import type { NoForecast } from "../forecast/forecast-case.ts";
import { cite } from "../kpi/intake.ts";
import { rounded, times } from "../kpi/rational.ts";
import type { FirmView } from "../twin/firm-view.ts";
import {
  bandOf,
  costRatios,
  endRange,
  leastProjects,
  type MeasuredProjects,
} from "./project-experience.ts";
import type { ForecastModels } from "./train-forecasts.ts";

export type DateRange = { readonly p10: string; readonly p50: string; readonly p90: string };

export type ProjectForecast = {
  readonly kind: "project-forecast";
  readonly projectId: string;
  readonly asOf: string;
  /** What the lead says. */
  readonly reportedEndOn: string;
  readonly end:
    | (DateRange & {
        /** Business days from the reported end to the middle of the range. */
        readonly laterDays: number;
        readonly support: number;
        readonly by: string;
        readonly measured: MeasuredProjects | null;
      })
    | NoForecast;
  /** Cost of people at the end, in minor units of `currency`. */
  readonly cost:
    | {
        readonly method: EstimateMethod;
        readonly chosen: number;
        /** The estimates as a range: none of them is the truth, the spread is part of the answer. */
        readonly set: CostSet;
        readonly low: number;
        readonly high: number;
        /** From how the typical estimate missed on finished projects; null: too few of them. */
        readonly learnt: {
          readonly p10: number;
          readonly p50: number;
          readonly p90: number;
        } | null;
        readonly budget: number;
        readonly currency: string;
        /** Mean share by which the typical estimate missed on finished projects. */
        readonly measuredError: number | null;
      }
    | NoForecast;
  readonly finishedProjects: number;
  readonly trainedThrough: string;
  readonly evidence: readonly Evidence[];
};

/** When one project will probably end and what its people will have cost. */
export function forecastProject(
  models: ForecastModels,
  view: FirmView,
  projectId: string,
): ProjectForecast | NoForecast {
  const project = view.get("project", projectId);
  if (project === null) return no("there is no such project");
  const { fields, source } = project;
  if (fields.status === "completed" || fields.status === "cancelled")
    return no(`the project is ${fields.status}`);
  const { projects } = models;
  const reckoned = effortForecast(view, project);
  return {
    kind: "project-forecast",
    projectId,
    asOf: view.asOf,
    reportedEndOn: fields.forecastEndOn,
    end: endOf(),
    cost: costOf(),
    finishedProjects: projects.finished,
    trainedThrough: models.trainedThrough,
    evidence: cite([
      { source, field: "forecastEndOn", value: fields.forecastEndOn },
      { source, field: "percentComplete", value: fields.percentComplete },
      ...(reckoned?.inputs ?? []),
    ]),
  };

  function endOf(): ProjectForecast["end"] {
    if (projects.finished < leastProjects)
      return no(`${projects.finished} projects have finished; ${leastProjects} are needed`);
    const today = dateIn(view.calendar.zone, view.asOf);
    const passed = businessDays(view.calendar, fields.forecastEndOn, today);
    const range = endRange(projects.curves, { band: bandOf(fields.percentComplete), passed });
    if (range === null) return no("no project of ours was ever this late and finished");
    const on = (days: number) =>
      addBusinessDays(view.calendar, fields.forecastEndOn, Math.round(days));
    return {
      p10: on(range.p10),
      p50: on(range.p50),
      p90: on(range.p90),
      laterDays: Math.round(range.p50),
      support: range.support,
      by: range.band,
      measured: projects.measuredEnd,
    };
  }

  function costOf(): ProjectForecast["cost"] {
    if (reckoned === null) return no("the project has no budget to go by");
    const { set, method } = reckoned;
    const chosen = Number(rounded(times(reckoned.minutes, reckoned.costPerMinute)));
    const known = [set.typical, set.atypical, set.bottomUp].flatMap((cost) => cost ?? []);
    const ratios =
      set.typical === null ? null : costRatios(projects.costs, bandOf(fields.percentComplete));
    const [p10, p50, p90] = (ratios ?? []).map((ratio) => Math.round((set.typical ?? 0) * ratio));
    return {
      method,
      chosen,
      set,
      low: Math.min(chosen, ...known),
      high: Math.max(chosen, ...known),
      learnt:
        p10 === undefined || p50 === undefined || p90 === undefined ? null : { p10, p50, p90 },
      budget: fields.plannedCostCents,
      currency: fields.currency,
      measuredError: projects.costError,
    };
  }
}

const no = (reason: string): NoForecast => ({ kind: "no-forecast", reason });
