import { dayMs, durationMs, lastAt } from "../forecast/case-history.ts";
import type { Calibration } from "../forecast/conformal.ts";
import { learnProcess, type NoModel, type ProcessModel } from "../forecast/process-model.ts";
import { quantileOf } from "../forecast/sorted-values.ts";
import { type SurvivalCurve, survivalCurve } from "../forecast/survival.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { type ProcessCase, processCases } from "./process-cases.ts";
import { type AnyProcess, type ProcessId, processDefinitions } from "./process-definition.ts";
import { businessTime, calendarTime, type ProcessTime } from "./process-time.ts";
import { learnProjects, type ProjectExperience } from "./project-experience.ts";
import {
  calibrationOf,
  type MeasuredForecasts,
  measureForecasts,
  snapshotForecasts,
} from "./snapshots.ts";

/** What the firm's own history says about one of its processes. */
export type TrainedProcess = {
  readonly definition: AnyProcess;
  readonly time: ProcessTime;
  readonly model: ProcessModel | NoModel;
  readonly calibration: Calibration | null;
  readonly measured: MeasuredForecasts | null;
  /** Whole waits from begin to end; what is still open counts as longer than so far. */
  readonly waits: SurvivalCurve;
  readonly ended: number;
  readonly open: number;
  /** Days from begin to end of ended cases; null where none ended. */
  readonly p50: number | null;
  readonly p90: number | null;
};

/** Everything learnt from one view. Holds functions: rebuilt, not stored. */
export type ForecastModels = {
  readonly trainedThrough: string;
  readonly processes: Readonly<Record<ProcessId, TrainedProcess>>;
  readonly projects: ProjectExperience;
};

/** The newest ended cases of a process say how it goes now; more of them only cost time. */
const newestCases = 4000;

/**
 * Learns every process from what the view knows: nothing that was recorded after its `asOf` can be in
 * it. Same view, same models.
 */
export function trainForecasts(view: FirmView): ForecastModels {
  const business = businessTime(view.calendar, { from: firstInstant(view), to: view.asOf });
  const processes = processDefinitions.map((definition) => {
    const time = definition.unit === "days" ? calendarTime : business;
    return [definition.id, trainProcess(view, definition, time)] as const;
  });
  return {
    trainedThrough: view.asOf,
    // One entry to each definition, and the ids of the definitions are all there are.
    processes: Object.fromEntries(processes) as Record<ProcessId, TrainedProcess>,
    projects: learnProjects(view),
  };
}

function trainProcess(view: FirmView, definition: AnyProcess, time: ProcessTime): TrainedProcess {
  const cases = newest(processCases(view, definition, time));
  const asOf = time.point(view.asOf);
  const ended = cases.filter((one) => one.ended).map(({ history }) => history);
  const model = learnProcess(ended, { through: asOf + 1 });
  const issued = model.kind === "model" ? snapshotForecasts(model.earlier, cases, asOf) : [];
  const lengths = Float64Array.from(ended, (history) => durationMs(history) / dayMs).sort();
  const earlier = model.kind === "model" ? model.earlier.learntThrough : asOf;
  const before = ended.filter((history) => lastAt(history) < earlier);
  const dummyDays = quantileOf(
    Float64Array.from(before, (history) => durationMs(history) / dayMs).sort(),
    0.5,
  );
  return {
    definition,
    time,
    model,
    calibration: calibrationOf(issued, asOf),
    measured: issued.length > 0 ? measureForecasts(issued, { asOf, dummyDays }) : null,
    waits: survivalCurve(
      cases.map(({ history, ended: over }) => ({
        days: over
          ? durationMs(history) / dayMs
          : Math.max(0, asOf - (history.steps[0]?.at ?? asOf)) / dayMs,
        over,
      })),
    ),
    ended: ended.length,
    open: cases.length - ended.length,
    p50: lengths.length > 0 ? quantileOf(lengths, 0.5) : null,
    p90: lengths.length > 0 ? quantileOf(lengths, 0.9) : null,
  };
}

function newest(cases: readonly ProcessCase[]): readonly ProcessCase[] {
  const ended = cases.filter((one) => one.ended);
  if (ended.length <= newestCases) return cases;
  const kept = new Set(
    ended.toSorted((a, b) => lastAt(b.history) - lastAt(a.history)).slice(0, newestCases),
  );
  return cases.filter((one) => !one.ended || kept.has(one));
}

/** Business time is counted from the oldest moment anything here speaks of. */
function firstInstant(view: FirmView): string {
  let first = view.asOf;
  for (const { kind } of processDefinitions)
    for (const { id } of view.all(kind)) {
      const told = view.history(kind, id)[0]?.recordedAt;
      if (told !== undefined && told < first) first = told;
    }
  return first;
}
