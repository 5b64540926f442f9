import { civilDays, dateIn } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import { over, plus, type Rational, rational, rounded, times } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { joined, type ProjectEffort, projectEffort } from "./project-effort.ts";

/** How the hours still to come were reckoned. */
export type EstimateMethod = "finished" | "bottom-up" | "typical" | "plan";

/** Cost of people at the end, in minor units, by every way of reckoning it that applies. */
export type CostSet = {
  readonly typical: number | null;
  readonly atypical: number | null;
  readonly bottomUp: number | null;
};

export type EffortForecast = {
  readonly effort: ProjectEffort;
  readonly method: EstimateMethod;
  /** Work in the plan, at its end. Work outside it is never forecast, only counted. */
  readonly minutes: Rational;
  /** What a minute of the work so far has cost, in minor units; planned cost where none was done. */
  readonly costPerMinute: Rational;
  readonly plannedCostPerMinute: Rational;
  readonly set: CostSet;
  readonly inputs: readonly Observed[];
};

/** A fresh estimate of the rest overrides what the work so far suggests. A judgement. */
const freshDays = 14;
/** Below this share of the budget, a fraction of an hour would decide. */
const tooEarly = rational(2, 100);

/**
 * Hours and cost at the end of one project. `null` where plan or progress say nothing to go by.
 *
 * Typical: the rest goes as the work so far has gone. A reported rest overrides it while fresh, but
 * only when it is more than the budget times what is left: that figure repeats the percentage and
 * would take every overrun back. Weeks that are over and not handed in count as expected.
 */
export function effortForecast(
  view: FirmView,
  project: TwinRecord<"project">,
): EffortForecast | null {
  const { fields } = project;
  if (fields.budgetMinutes <= 0 || fields.plannedCostCents <= 0) return null;
  const effort = projectEffort(view, project.id);
  if (effort.unknownCost > 0 && effort.weeks.length === 0) return null;
  const reported = latestReport(view, project.id);
  const known = joined(effort.inPlan, effort.owed);
  const done = fields.status === "completed" || fields.percentComplete >= 100;
  const planned = rational(fields.plannedCostCents, fields.budgetMinutes);
  const rate =
    effort.inPlan.minutes > 0
      ? rational(effort.inPlan.sixtiethCents, 60 * effort.inPlan.minutes)
      : planned;
  const soFar = rational(known.minutes);
  const left = rational(Math.max(0, 100 - fields.percentComplete) * 100, 10_000);
  const typical = typicalMinutes(view, project);
  const atypical = plus(soFar, times(rational(fields.budgetMinutes), left));
  const rest = bottomUpRest(view, { reported, project });
  const bottomUp = rest === null ? null : plus(soFar, rational(rest));
  const [minutes, method] = done
    ? ([soFar, "finished"] as const)
    : bottomUp !== null
      ? ([bottomUp, "bottom-up"] as const)
      : typical !== null
        ? ([larger(typical, soFar), "typical"] as const)
        : ([larger(rational(fields.budgetMinutes), soFar), "plan"] as const);
  const cost = (value: Rational | null) =>
    value === null ? null : Number(rounded(times(value, rate)));
  return {
    effort,
    method,
    minutes,
    costPerMinute: rate,
    plannedCostPerMinute: planned,
    set: done
      ? { typical: cost(soFar), atypical: cost(soFar), bottomUp: null }
      : { typical: cost(typical), atypical: cost(atypical), bottomUp: cost(bottomUp) },
    inputs: [
      ...(["budgetMinutes", "plannedCostCents", "percentComplete", "status"] as const).map(
        (field) => ({ source: project.source, field, value: fields[field] }),
      ),
      ...(reported
        ? [
            {
              source: reported.source,
              field: "remainingMinutes",
              value: reported.fields.remainingMinutes,
            },
          ]
        : []),
      ...effort.inputs,
    ],
  };
}

export const latestReport = (
  view: FirmView,
  projectId: string,
): TwinRecord<"progress-report"> | null =>
  view
    .by("progress-report", "projectId", projectId)
    .reduce<TwinRecord<"progress-report"> | null>(
      (last, one) =>
        last === null || one.fields.reportedOn >= last.fields.reportedOn ? one : last,
      null,
    );

/** Minutes worked by the day of the report, over the share that was done by then. */
function typicalMinutes(view: FirmView, { id, fields }: TwinRecord<"project">): Rational | null {
  const through = fields.reportedOn;
  if (through === null || fields.percentComplete <= 0) return null;
  const then = projectEffort(view, id, { through });
  const worked = rational(then.inPlan.minutes + then.owed.minutes);
  const early = times(rational(fields.budgetMinutes), tooEarly);
  if (worked.n * early.d < early.n * worked.d) return null;
  return over(worked, rational(Math.round(fields.percentComplete * 100), 10_000));
}

type Reported = {
  readonly reported: TwinRecord<"progress-report"> | null;
  readonly project: TwinRecord<"project">;
};

function bottomUpRest(view: FirmView, { reported, project }: Reported): number | null {
  if (reported === null) return null;
  const { reportedOn, remainingMinutes, percentComplete } = reported.fields;
  const today = dateIn(view.calendar.zone, view.asOf);
  if (civilDays(reportedOn, today) > freshDays) return null;
  const repeated = (project.fields.budgetMinutes * (100 - percentComplete)) / 100;
  // Within a percent of the budget: no more than the rounding of the percentage.
  return Math.abs(remainingMinutes - repeated) <= project.fields.budgetMinutes / 100
    ? null
    : remainingMinutes;
}

const larger = (a: Rational, b: Rational): Rational => (a.n * b.d >= b.n * a.d ? a : b);
