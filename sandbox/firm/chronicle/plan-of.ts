import type { ProjectBlueprint } from "../blueprint.ts";
import type { Firm, Project } from "../firm.ts";
import { addBusinessDays, addDays, type FirmDays, firmDays, firstWeek } from "../firm-days.ts";

/** What an hour of a consultant costs the firm. */
export const hourlyCostCents = 3_200;
/** What an hour is sold for where no invoice tells it. */
const usualRateCents = 5_600;

/** The plan behind a project's records, worked out from them: same records, same plan. */
export type Plan = {
  readonly project: Project;
  readonly blueprint: ProjectBlueprint;
  /** Minutes a week that everybody together is booked for. */
  readonly weeklyMinutes: number;
  readonly weeks: number;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly completedOn: string | null;
  readonly hourlyRateCents: number;
  readonly valueCents: number;
  readonly costCents: number;
  /** Fridays on which its lead reported. */
  readonly fridays: readonly string[];
  readonly percentOn: (friday: string) => number;
};

export function planOf(firm: Firm, blueprint: ProjectBlueprint): Plan {
  const days = firmDays(firm.anchor);
  const project = firm.projects.find(({ id }) => id === blueprint.id);
  if (!project) throw new Error(`the firm has no project ${blueprint.id}`);
  const weeklyMinutes = Object.values(blueprint.team).reduce((sum, hours) => sum + hours * 60, 0);
  const worked = weeklyMinutes > 0;
  const openingWeeks = worked ? project.openingMinutes / weeklyMinutes : 18;
  const weeks = worked ? project.budgetMinutes / weeklyMinutes : 14;
  const startsOn =
    project.phase === "pipeline"
      ? addBusinessDays(firm.anchor, 30)
      : days.week(firstWeek - openingWeeks);
  const completedOn = project.phase === "done" ? days.day(["previous-close", 4]) : null;
  const endsOn = completedOn ?? addDays(startsOn, (weeks - 1) * 7 + 4);
  const fees = firm.milestones
    .filter(({ projectId }) => projectId === project.id)
    .reduce((sum, { feeCents }) => sum + feeCents, 0);
  const hourlyRateCents = rateOf(firm, project, weeklyMinutes);
  const valueCents = worked ? Math.round((project.budgetMinutes / 60) * hourlyRateCents) : fees;
  return {
    project,
    blueprint,
    weeklyMinutes,
    weeks,
    startsOn,
    endsOn,
    completedOn,
    hourlyRateCents,
    valueCents: Math.max(valueCents, fees),
    // Whoever is on call works a little more than the hours agreed: a retainer is planned with that.
    costCents: Math.round(
      (project.budgetMinutes / 60) * hourlyCostCents * (project.billing === "retainer" ? 1.1 : 1),
    ),
    fridays: fridaysOf(days, { startsOn, until: completedOn ?? firm.anchor, project }),
    percentOn: (friday) => {
      if (completedOn !== null) return Math.min(100, percent(startsOn, friday, weeks));
      return Math.min(worked ? 99 : 30, percent(startsOn, friday, weeks));
    },
  };
}

/** Work goes evenly through the planned weeks. */
const percent = (startsOn: string, friday: string, weeks: number): number =>
  Math.floor(((daysBetween(startsOn, friday) + 3) / 7 / weeks) * 100);

const daysBetween = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(to, { largestUnit: "days" }).days;

function fridaysOf(
  days: FirmDays,
  { startsOn, until, project }: { startsOn: string; until: string; project: Project },
): string[] {
  if (project.phase === "pipeline") return [];
  const fridays: string[] = [];
  // A project on hold is reported on until it stopped.
  const last = project.phase === "paused" ? days.day(["previous-close", 0]) : until;
  for (let friday = addDays(startsOn, 4); friday < last; friday = addDays(friday, 7))
    fridays.push(friday);
  return fridays;
}

/** From the newest effort billed over a whole period; fixed prices are sold at the usual rate. */
function rateOf(firm: Firm, project: Project, weeklyMinutes: number): number {
  const billed = firm.invoices.findLast(
    ({ projectId, period, lines }) => projectId === project.id && period && lines.length > 0,
  );
  const effort = billed?.lines.find((line) => !line.milestoneId && !line.changeOrderId);
  if (!effort || weeklyMinutes === 0) return usualRateCents;
  return Math.round(effort.netCents / ((weeklyMinutes * 4) / 60));
}
