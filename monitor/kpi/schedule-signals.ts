import type { Source } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Context } from "./context.ts";
import { shareOf } from "./count-of.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, noValue, quotient } from "./kpi.ts";

export type Task = {
  readonly source: Source;
  readonly dueOn: string | null;
  readonly finishedOn: string | null;
};

/** Open tasks whose due day is over, of all open tasks. */
export const overdueTaskShare = (tasks: Listing<Task> | null, context: Context): Kpi =>
  shareOf(
    "overdue-task-share",
    tasks && {
      source: tasks.source,
      items: tasks.items
        .filter(({ finishedOn }) => finishedOn === null)
        .map(({ source, dueOn }) => ({
          source,
          field: "dueOn",
          value: dueOn,
          holds: dueOn === null ? null : dueOn < context.today,
        })),
    },
    context,
  );

/** One change of a milestone's date. */
export type MilestoneMove = {
  readonly source: Source;
  readonly milestoneId: string;
  readonly movedOn: string;
};

/** How often the most restless milestone was moved in the last 30 civil days. */
export function milestoneMoves(
  moves: Listing<MilestoneMove> | null,
  { asOf, today }: Context,
): Kpi {
  const intake = createIntake();
  const recent = intake.list(moves).filter(({ movedOn }) => isRecent(movedOn, today));
  for (const { source, movedOn } of recent) intake.saw(source, "movedOn", movedOn);
  const counts = [...Map.groupBy(recent, (move) => move.milestoneId).values()].map(
    (own) => own.length,
  );
  const about = { kpi: "milestone-moves", unit: "count", asOf, from: [intake] } as const;
  return moves === null ? noValue(about, "missing-input") : amount(about, Math.max(0, ...counts));
}

/** Hours used of the hours planned; the planned hours come from the PSA's budget. */
export function hoursUsed(
  project: {
    readonly source: Source;
    readonly budgetMinutes: number | null;
    readonly actualMinutes: number | null;
  },
  { asOf }: Context,
): Kpi {
  const intake = createIntake();
  const budget = intake.need(project.source, "budgetMinutes", project.budgetMinutes);
  const actual = intake.need(project.source, "actualMinutes", project.actualMinutes);
  const about = { kpi: "hours-used", unit: "percent", asOf, from: [intake] } as const;
  return budget === null || actual === null
    ? noValue(about, "missing-input")
    : quotient(about, actual, budget);
}

/** Within the last 30 civil days, today included. */
export const isRecent = (date: string, today: string): boolean => {
  const age = civilDays(date, today);
  return age >= 0 && age <= 30;
};
