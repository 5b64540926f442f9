import { businessDays, dateIn } from "../clocks/civil-days.ts";
import { effortForecast } from "../erosion/effort-forecast.ts";
import type { Observed } from "../kpi/intake.ts";
import { toNumber } from "../kpi/rational.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { DrivingChain } from "./driving-chain.ts";
import type { SlipCode } from "./slip-causes.ts";

/** Days that more work than planned may have cost, at most. */
export type EffortClaim = {
  readonly code: SlipCode;
  readonly detail: string;
  readonly days: number;
  readonly inputs: readonly Observed[];
};

/** An overrun below this share of the budget is within what any estimate misses. A judgement. */
const noteworthy = 0.15;
/** A plan that nobody reported on for so many civil days is not tended. */
const untendedDays = 14;

/**
 * What more work than planned can have cost, as days of the planned team: what was added to the scope,
 * what was delivered again, and what was underestimated.
 */
export function effortClaims(view: FirmView, project: TwinRecord<"project">): EffortClaim[] {
  const reckoned = effortForecast(view, project);
  const { fields, source } = project;
  const length = businessDays(view.calendar, fields.plannedStartOn, fields.plannedEndOn);
  if (reckoned === null || length <= 0) return [];
  const perDay = fields.budgetMinutes / length;
  const days = (minutes: number): number => Math.floor(minutes / perDay);
  const overrun = toNumber(reckoned.minutes) - fields.budgetMinutes;
  const added = reckoned.effort.offPlan.minutes;
  const claims: EffortClaim[] = [];
  if (overrun > noteworthy * fields.budgetMinutes)
    claims.push({
      code: "SLP-7",
      detail: `the planned scope takes ${Math.round((100 * overrun) / fields.budgetMinutes)} % more hours than were planned`,
      days: days(overrun),
      inputs: [
        { source, field: "budgetMinutes", value: fields.budgetMinutes },
        { source, field: "percentComplete", value: fields.percentComplete },
      ],
    });
  if (added > noteworthy * fields.budgetMinutes)
    claims.push({
      code: "SLP-6",
      detail: `${Math.round(added / 60)} hours of work were added to the plan`,
      days: days(added),
      inputs: reckoned.effort.weeks.flatMap(({ record }) =>
        record.fields.offPlanMinutes > 0
          ? [
              {
                source: record.source,
                field: "offPlanMinutes",
                value: record.fields.offPlanMinutes,
              },
            ]
          : [],
      ),
    });
  return claims.filter((claim) => claim.days > 0);
}

/** The chain's date has passed, nothing was delivered, and nobody has said anything since. */
export function staleClaim(
  view: FirmView,
  { source, fields }: TwinRecord<"project">,
  chain: DrivingChain,
): EffortClaim | null {
  const today = dateIn(view.calendar.zone, view.asOf);
  const { forecastOn } = chain.milestone.fields;
  if (chain.delivered || forecastOn >= today) return null;
  const since = fields.reportedOn ?? fields.plannedStartOn;
  if (Date.parse(today) - Date.parse(since) <= untendedDays * 86_400_000) return null;
  return {
    code: "SLP-13",
    detail: `the milestone was expected on ${forecastOn}, and the plan was last updated on ${since}`,
    days: businessDays(view.calendar, forecastOn, today),
    inputs: [
      { source: chain.milestone.source, field: "forecastOn", value: forecastOn },
      ...(fields.reportedOn === null
        ? []
        : [{ source, field: "reportedOn", value: fields.reportedOn }]),
    ],
  };
}
