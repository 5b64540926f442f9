import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** What a project has used and done so far, in minutes and shares of its budget. */
export type ProjectFigures = {
  readonly sheets: readonly TwinRecord<"timesheet-week">[];
  readonly loggedMinutes: number;
  readonly offPlanMinutes: number;
  /** Budget used, 0 … ; null without a budget. */
  readonly burn: number | null;
  /** Progress as reported, 0 … 1; null when nobody has reported. */
  readonly progress: number | null;
  /** What the budget will have been used by the end at today's ratio; null while too early to say. */
  readonly burnAtEnd: number | null;
};

/** Before this share of the work, a ratio of two small numbers says nothing. */
const tellingProgress = 0.15;

export function projectFigures(view: FirmView, project: TwinRecord<"project">): ProjectFigures {
  const { budgetMinutes, percentComplete, reportedOn } = project.fields;
  const sheets = view.by("timesheet-week", "projectId", project.id);
  let [loggedMinutes, offPlanMinutes] = [0, 0];
  for (const { fields } of sheets) {
    loggedMinutes += fields.loggedMinutes;
    offPlanMinutes += fields.offPlanMinutes;
  }
  const burn = budgetMinutes > 0 ? loggedMinutes / budgetMinutes : null;
  const progress = reportedOn === null ? null : percentComplete / 100;
  return {
    sheets,
    loggedMinutes,
    offPlanMinutes,
    burn,
    progress,
    burnAtEnd:
      burn !== null && progress !== null && progress >= tellingProgress ? burn / progress : null,
  };
}

/** The sheets that moved a sum most recently, to cite instead of all of them. */
export const newestSheets = (
  sheets: readonly TwinRecord<"timesheet-week">[],
  most: number,
): TwinRecord<"timesheet-week">[] =>
  sheets
    .filter(({ fields }) => fields.loggedMinutes > 0)
    .toSorted((one, other) =>
      one.fields.week === other.fields.week
        ? one.id < other.id
          ? -1
          : 1
        : one.fields.week < other.fields.week
          ? 1
          : -1,
    )
    .slice(0, most);
