import { z } from "zod";
import { addBusinessDays, isBusinessDay } from "#/domain/business-time.ts";
import { contentHash } from "#/domain/canonical-json.ts";
import type { TimesheetWeek } from "#/domain/record.ts";
import { readWorkTree, type Work } from "./project-works.ts";
import { dayOf, type Reading, sourceOf } from "./reading.ts";
import type { View } from "./tryton-client.ts";

/** A full load of 100 % is this many hours in a week without holidays. */
const fullWeekMinutes = 40 * 60;

const Allocation = z.object({
  id: z.int(),
  employee: z.int(),
  work: z.int(),
  percentage: z.number().nonnegative(),
  timestamp: z.string(),
});
const allocationView: View<z.infer<typeof Allocation>> = {
  model: "project.allocation",
  fields: ["employee", "work", "percentage", "_timestamp"],
  schema: Allocation,
};

const Line = z.object({
  id: z.int(),
  employee: z.int(),
  date: z.iso.date(),
  duration: z.int().nonnegative(),
  create_date: z.iso.datetime(),
  timestamp: z.string(),
});
type Line = z.infer<typeof Line>;
const lineView: View<Line> = {
  model: "timesheet.line",
  fields: ["employee", "date", "duration", "create_date", "_timestamp"],
  schema: Line,
};

const Employee = z.object({
  id: z.int(),
  party: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
  start_date: z.iso.date().nullable(),
  end_date: z.iso.date().nullable(),
});
type Employee = z.infer<typeof Employee>;
const employeeView: View<Employee> = {
  model: "company.employee",
  fields: ["party.name", "party.email", "start_date", "end_date"],
  schema: Employee,
};

/**
 * One row per person and complete week: expected by allocation, or logged without one. A week is
 * complete when all its working days lie in [from, to].
 *
 * Tryton 6.0 has no approval of time: what is recorded counts. A week is `approved` from the day
 * its lines reached what was expected, `draft` while they do not, `missing` without any.
 */
export async function listTimesheetWeeks(
  reading: Reading,
  { project, from, to }: { project: number; from: string; to: string },
): Promise<TimesheetWeek[]> {
  const weeks = completeWeeks(reading, from, to);
  const [first, last] = [weeks[0], weeks.at(-1)];
  if (first === undefined || last === undefined) return [];
  const retrievedAt = reading.now();
  const { client } = reading;
  const { works } = await readWorkTree(reading, [["parent", "child_of", [project]]]);
  const root = works.get(project);
  if (root === undefined || root.type !== "project" || root.parent !== null) return [];
  const booked = [...works.values()].flatMap((work) => work.timesheet_works);
  const [allocations, lines] = await Promise.all([
    client.read(allocationView, [["work", "in", [...works.keys()]]]),
    booked.length === 0
      ? []
      : client.read(lineView, [
          ["work", "in", booked],
          ["date", ">=", first],
          ["date", "<=", sundayOf(last)],
        ]),
  ]);
  const ids = [...new Set([...allocations, ...lines].map((row) => row.employee))];
  if (ids.length === 0) return [];
  const employees = await client.read(employeeView, [["id", "in", ids]]);

  return employees.flatMap((employee) =>
    weeks.flatMap((week) => {
      const own = lines.filter(
        (line) => line.employee === employee.id && line.date >= week && line.date <= sundayOf(week),
      );
      const loads = allocations.filter((allocation) => {
        const work = works.get(allocation.work);
        return (
          allocation.employee === employee.id &&
          work !== undefined &&
          isExpected(reading, work, week)
        );
      });
      const percentage = employed(reading, employee, week)
        ? loads.reduce((sum, allocation) => sum + allocation.percentage, 0)
        : 0;
      const expectedMinutes = Math.round(
        (percentage / 100) * fullWeekMinutes * workingShare(reading, week),
      );
      if (expectedMinutes === 0 && own.length === 0) return [];
      const revision = contentHash([
        expectedMinutes,
        own.map((line) => [line.id, line.timestamp]),
      ]).slice(0, 16);
      return [
        weekRow(
          reading,
          { project, employee, week, expectedMinutes, own },
          { revision, retrievedAt },
        ),
      ];
    }),
  );
}

function weekRow(
  reading: Reading,
  facts: {
    project: number;
    employee: Employee;
    week: string;
    expectedMinutes: number;
    own: readonly Line[];
  },
  seen: { revision: string; retrievedAt: string },
): TimesheetWeek {
  const { project, employee, week, expectedMinutes, own } = facts;
  const loggedMinutes = own.reduce((sum, line) => sum + line.duration, 0);
  const complete = own.length > 0 && loggedMinutes >= expectedMinutes;
  const completedOn = complete ? dayComplete(reading, own, expectedMinutes) : null;
  return {
    source: sourceOf(
      reading,
      { system: "psa", type: "timesheet-week", id: `${project}-${employee.id}-${week}` },
      { model: "timesheet.line", ...seen },
    ),
    projectId: String(project),
    personId: String(employee.id),
    personName: employee.party.name ?? `Employee ${employee.id}`,
    personEmail: employee.party.email || null,
    week,
    expectedMinutes,
    loggedMinutes,
    state: complete ? "approved" : own.length > 0 ? "draft" : "missing",
    dueOn: addBusinessDays(reading.calendar, sundayOf(week), 1),
    submittedOn: completedOn,
    approvedOn: completedOn,
    approverName: null,
  };
}

/** `1-7-2026-11-09`: project, employee and the week's Monday. */
export function parseWeekId(id: string): { project: number; week: string } | null {
  const match = /^([1-9]\d{0,9})-[1-9]\d{0,9}-(\d{4}-\d{2}-\d{2})$/.exec(id);
  if (!match?.[1] || !match[2] || !z.iso.date().safeParse(match[2]).success) return null;
  return Temporal.PlainDate.from(match[2]).dayOfWeek === 1
    ? { project: Number(match[1]), week: match[2] }
    : null;
}

/** The day on which what is recorded today first reached the expectation. */
function dayComplete(reading: Reading, own: readonly Line[], expectedMinutes: number): string {
  let sum = 0;
  const inOrder = own.toSorted((a, b) => (a.create_date < b.create_date ? -1 : 1));
  const enough = inOrder.find((line) => {
    sum += line.duration;
    return sum >= expectedMinutes;
  });
  return dayOf(reading, (enough ?? inOrder.at(-1) ?? own[0])?.create_date ?? reading.now());
}

/**
 * Allocations carry no dates: they hold while their work is planned or under way. A finished work
 * that does not say when it finished expects nothing, rather than accusing somebody.
 */
function isExpected(reading: Reading, work: Work, week: string): boolean {
  const start = work.actual_start_date ?? work.constraint_start_date;
  const finish = work.actual_finish_date;
  if (work.status.progress === 1 && finish === null) return false;
  return (
    (start === null || start <= week) &&
    (finish === null || finish >= lastWorkingDay(reading, week))
  );
}

/** For the whole week; the weeks of joining and leaving are not expected in full, so not at all. */
const employed = (reading: Reading, { start_date, end_date }: Employee, week: string): boolean =>
  (start_date === null || start_date <= week) &&
  (end_date === null || end_date >= lastWorkingDay(reading, week));

function completeWeeks({ calendar }: Reading, from: string, to: string): string[] {
  const start = Temporal.PlainDate.from(from);
  const weeks: string[] = [];
  let monday = start.subtract({ days: start.dayOfWeek - 1 });
  for (; monday.toString() <= to; monday = monday.add({ days: 7 })) {
    const working = calendar.days.map((day) => monday.add({ days: day - 1 }).toString());
    if (working.every((day) => day >= from && day <= to)) weeks.push(monday.toString());
  }
  return weeks;
}

/** The part of the week that is no holiday; leave is not in Tryton 6.0. */
function workingShare({ calendar }: Reading, week: string): number {
  const monday = Temporal.PlainDate.from(week);
  const open = calendar.days.filter((day) =>
    isBusinessDay(calendar, monday.add({ days: day - 1 })),
  );
  return open.length / calendar.days.length;
}

const lastWorkingDay = ({ calendar }: Reading, week: string): string =>
  Temporal.PlainDate.from(week)
    .add({ days: Math.max(...calendar.days) - 1 })
    .toString();

const sundayOf = (week: string): string =>
  Temporal.PlainDate.from(week).add({ days: 6 }).toString();
