import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { CivilDate } from "#/domain/ids.ts";
import { TimesheetWeek } from "#/domain/record.ts";
import { defineLookTool, pageOfMany, paging, projectId } from "./define-look-tool.ts";
import { page } from "./page.ts";
import { details, quoted } from "./shown-record.ts";

const longestDays = 370;

export const timesheetWeekList = defineLookTool({
  name: "timesheet_week_list",
  kind: "psa",
  title: "List timesheet weeks",
  description:
    "List the weeks expected from each person on one project between two dates, also where nothing was logged, with expected and logged minutes and the state of submission and approval.",
  input: z.strictObject({
    projectId,
    from: CivilDate.describe("First day, such as 2026-10-01"),
    to: CivilDate.describe("Last day, at most a year later"),
    state: TimesheetWeek.shape.state.optional().describe("Only weeks in this state"),
    ...paging,
  }),
  output: pageOfMany("weeks", TimesheetWeek),
  async look({ projectId: id, from, to, state, ...asked }, { look, principal }) {
    const days = Temporal.PlainDate.from(from).until(to).days;
    if (days < 0 || days > longestDays)
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: "from must not be after to, and at most a year may lie between them",
      });
    const weeks = await look.psa.listTimesheetWeeks({ projectId: id, from, to });
    return page(
      {
        tool: "timesheet_week_list",
        noun: "weeks",
        records: weeks.filter((week) => !state || week.state === state),
        filter: { project: id, from, to, state: state ?? null },
        citing: {
          fields: [
            "personName",
            "state",
            "expectedMinutes",
            "loggedMinutes",
            "dueOn",
            "submittedOn",
            "approvedOn",
          ],
        },
        line: (week) =>
          `${quoted(week.personName)}, week of ${week.week}: ${details({
            state: week.state,
            logged: `${hours(week.loggedMinutes)} of ${hours(week.expectedMinutes)} h`,
            due: week.dueOn,
            submitted: week.submittedOn ?? "no",
            approved: week.approvedOn ?? "no",
          })}`,
      },
      { principal, ...asked },
    );
  },
});

const hours = (minutes: number): number => Math.round(minutes / 6) / 10;
