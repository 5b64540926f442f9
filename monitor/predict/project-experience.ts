import type { BusinessCalendar } from "#/domain/business-time.ts";
import { businessDays, dateIn } from "../clocks/civil-days.ts";
import { quantileOf } from "../forecast/sorted-values.ts";
import {
  furtherWait,
  type SurvivalCurve,
  stillWaiting,
  survivalCurve,
} from "../forecast/survival.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** One report of one project, and how far its end date was off; open: at least so far. */
type EndMiss = {
  readonly projectId: string;
  readonly madeOn: string;
  readonly forecastEndOn: string;
  readonly band: string;
  readonly days: number;
  readonly over: boolean;
};
/** What the final cost of people was, as a multiple of the typical estimate of one report. */
type CostMiss = { readonly projectId: string; readonly band: string; readonly ratio: number };

export type MeasuredProjects = {
  readonly reports: number;
  readonly projects: number;
  /** Mean absolute error of the end date in business days; of ours, and of what the lead said. */
  readonly meanDays: number;
  readonly reportedMeanDays: number;
  readonly coverage: number;
};

/** How projects of this firm ended, against what had been reported on the way. */
export type ProjectExperience = {
  readonly ends: readonly EndMiss[];
  readonly curves: ReadonlyMap<string, SurvivalCurve>;
  readonly costs: ReadonlyMap<string, Float64Array>;
  readonly finished: number;
  readonly measuredEnd: MeasuredProjects | null;
  /** Mean absolute share by which the typical estimate missed the final cost; null: none finished. */
  readonly costError: number | null;
};

/** Fewer finished projects than this say nothing about the next one. */
export const leastProjects = 8;
export const allBands = "any progress";

export const bandOf = (percentComplete: number): string =>
  percentComplete < 25
    ? "under 25 %"
    : percentComplete < 50
      ? "25 to 49 %"
      : percentComplete < 75
        ? "50 to 74 %"
        : "75 % and more";

export function learnProjects(view: FirmView): ProjectExperience {
  const today = dateIn(view.calendar.zone, view.asOf);
  const projects = view.all("project").filter(({ fields }) => fields.status !== "cancelled");
  const ends = projects.flatMap((project) => endMisses(view, project, today));
  const finished = projects.filter(({ fields }) => fields.completedOn !== null);
  const costs = finished.flatMap((project) => costMisses(view, project));
  return {
    ends,
    curves: curvesOf(ends),
    costs: groupedRatios(costs),
    finished: finished.length,
    measuredEnd: measureEnds(view.calendar, { ends, finished }),
    costError:
      costs.length === 0
        ? null
        : costs.reduce((sum, { ratio }) => sum + Math.abs(1 - 1 / ratio), 0) / costs.length,
  };
}

function endMisses(view: FirmView, project: TwinRecord<"project">, until: string): EndMiss[] {
  const { completedOn } = project.fields;
  const end = completedOn ?? until;
  return view.by("progress-report", "projectId", project.id).flatMap(({ fields }) =>
    fields.reportedOn > end || fields.percentComplete >= 100
      ? []
      : [
          {
            projectId: project.id,
            madeOn: fields.reportedOn,
            forecastEndOn: fields.forecastEndOn,
            band: bandOf(fields.percentComplete),
            days: businessDays(view.calendar, fields.forecastEndOn, end),
            over: completedOn !== null,
          },
        ],
  );
}

function curvesOf(ends: readonly EndMiss[]): Map<string, SurvivalCurve> {
  const groups = Map.groupBy(ends, ({ band }) => band);
  groups.set(allBands, [...ends]);
  return new Map([...groups].map(([band, list]) => [band, survivalCurve(list)]));
}

/** Cost of each report's day over the reported share, against what it cost in the end. */
function costMisses(view: FirmView, project: TwinRecord<"project">): CostMiss[] {
  const weeks = view
    .by("timesheet-week", "projectId", project.id)
    .flatMap(({ fields }) => {
      const cost = view.get("person", fields.personId)?.fields.hourlyCostCents;
      const minutes = fields.loggedMinutes - fields.offPlanMinutes;
      return cost === undefined ? [] : [{ week: fields.week, cost: minutes * cost }];
    })
    .toSorted((a, b) => (a.week < b.week ? -1 : 1));
  const final = weeks.reduce((sum, { cost }) => sum + cost, 0);
  if (final <= 0) return [];
  return view.by("progress-report", "projectId", project.id).flatMap(({ fields }) => {
    if (fields.percentComplete < 5 || fields.percentComplete >= 100) return [];
    const soFar = weeks.reduce(
      (sum, { week, cost }) => (week <= fields.reportedOn ? sum + cost : sum),
      0,
    );
    const typical = soFar / (fields.percentComplete / 100);
    return typical > 0
      ? [{ projectId: project.id, band: bandOf(fields.percentComplete), ratio: final / typical }]
      : [];
  });
}

function groupedRatios(costs: readonly CostMiss[]): Map<string, Float64Array> {
  const groups = Map.groupBy(costs, ({ band }) => band);
  groups.set(allBands, [...costs]);
  return new Map(
    [...groups].flatMap(([band, list]) =>
      new Set(list.map(({ projectId }) => projectId)).size < leastProjects
        ? []
        : [[band, Float64Array.from(list, ({ ratio }) => ratio).sort()] as const],
    ),
  );
}

/** Days from the reported end to the real one, given that `passed` of them are over already. */
export function endRange(
  curves: ReadonlyMap<string, SurvivalCurve>,
  { band, passed }: { readonly band: string; readonly passed: number },
): { p10: number; p50: number; p90: number; support: number; band: string } | null {
  for (const name of [band, allBands]) {
    const curve = curves.get(name);
    const support = curve ? stillWaiting(curve, passed) : 0;
    if (!curve || support < 20) continue;
    const [p10, p50, p90] = [0.1, 0.5, 0.9].map((level) =>
      furtherWait(curve, { waited: passed, level }),
    );
    if (p10 == null || p50 == null || p90 == null) continue;
    return { p10: passed + p10, p50: passed + p50, p90: passed + p90, support, band: name };
  }
  return null;
}

/** Learns at the day by which 70 % had finished and judges the reports made after it. */
function measureEnds(
  calendar: BusinessCalendar,
  { ends, finished }: { ends: readonly EndMiss[]; finished: readonly TwinRecord<"project">[] },
): MeasuredProjects | null {
  const days = finished.flatMap(({ fields }) => fields.completedOn ?? []).toSorted();
  const cut = days[Math.floor(days.length * 0.7)];
  if (cut === undefined || days.length < leastProjects) return null;
  const endOf = new Map(finished.map(({ id, fields }) => [id, fields.completedOn ?? cut]));
  const known = ends
    .filter(({ madeOn }) => madeOn <= cut)
    .map((one): EndMiss => {
      const end = endOf.get(one.projectId);
      return end !== undefined && end <= cut
        ? one
        : { ...one, days: businessDays(calendar, one.forecastEndOn, cut), over: false };
    });
  const curves = curvesOf(known);
  const tested = ends.filter(({ madeOn, over }) => madeOn > cut && over);
  let sum = 0;
  let reported = 0;
  let held = 0;
  let judged = 0;
  for (const { band, days: actual, forecastEndOn, madeOn } of tested) {
    const passed = businessDays(calendar, forecastEndOn, madeOn);
    const range = endRange(curves, { band, passed });
    if (!range) continue;
    judged += 1;
    sum += Math.abs(actual - range.p50);
    reported += Math.abs(actual);
    if (actual >= range.p10 && actual <= range.p90) held += 1;
  }
  if (judged < 20) return null;
  return {
    reports: judged,
    projects: new Set(tested.map(({ projectId }) => projectId)).size,
    meanDays: sum / judged,
    reportedMeanDays: reported / judged,
    coverage: held / judged,
  };
}

/** p10, p50 and p90 of final cost over the typical estimate; null: too few projects finished. */
export function costRatios(
  costs: ReadonlyMap<string, Float64Array>,
  band: string,
): readonly [number, number, number] | null {
  const ratios = costs.get(band) ?? costs.get(allBands);
  return ratios
    ? [quantileOf(ratios, 0.1), quantileOf(ratios, 0.5), quantileOf(ratios, 0.9)]
    : null;
}
