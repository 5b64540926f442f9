import type { FirmRecord } from "#/sandbox/simulator/records.ts";
import { type Case, type Colour, handedIn, ladder, sum } from "./health-oracle-records.ts";

/* Milestones, tasks, people and approvals, as the guide says it. */

export function sch2({ firm: { time, of }, project }: Case): Colour {
  const next = of("milestone", "projectId", project.id)
    .filter(({ contractual, deliveredOn }) => contractual && deliveredOn === null)
    .toSorted((a, b) => (a.baselineOn < b.baselineOn ? -1 : 1))[0];
  if (!next) return "green";
  const expected = next.forecastOn < time.today ? time.today : next.forecastOn;
  const slip = time.workdays(next.baselineOn, expected);
  const length = Math.max(0, time.workdays(project.plannedStartOn, next.baselineOn));
  const share = length === 0 ? 0 : (100 * slip) / length;
  return slip > 10 || share > 20 ? "red" : slip > 5 || share > 10 ? "amber" : "green";
}

export function sch3({ firm: { time, of }, project }: Case): Colour {
  const open = of("task", "projectId", project.id).filter(({ doneOn }) => doneOn === null);
  if (open.length === 0) return "not-applicable";
  const late = open.filter(({ dueOn }) => dueOn < time.today).length;
  return ladder(
    (100 * late) / open.length,
    (x) => x >= 20,
    (x) => x > 60,
  );
}

/** A milestone whose date was moved twice, or three times, within 30 days. */
export function sch4({ firm: { time, of, eventsOf }, project }: Case): Colour {
  const moves = of("milestone", "projectId", project.id).map(
    ({ id }) =>
      eventsOf(id).filter(({ type, occurredAt }) => {
        if (type !== "milestone.forecast") return false;
        const age = time.daysBetween(time.dayOf(occurredAt), time.today);
        return age >= 0 && age <= 30;
      }).length,
  );
  return ladder(
    Math.max(0, ...moves),
    (x) => x >= 2,
    (x) => x >= 3,
  );
}

export function res1({ firm: { time, of }, project }: Case): Colour {
  const open = of("staffing-request", "projectId", project.id).filter(
    ({ state }) => state === "open",
  );
  if (open.length === 0) return "green";
  const days = Math.min(...open.map(({ startOn }) => time.daysBetween(time.today, startOn)));
  return ladder(
    days,
    (x) => x <= 10,
    (x) => x < 0,
  );
}

/** Somebody on the team above 110 % for three weeks in a row; somebody who leaves without a successor. */
export function res2(about: Case): Colour {
  const { firm, project } = about;
  const { today, plus } = firm.time;
  const seats = firm.of("assignment", "projectId", project.id);
  const here = seats.filter(({ from, to }) => from <= today && today <= to);
  const team = new Set([project.leadId, ...here.map(({ personId }) => personId)]);
  const overloaded = [...team].some((personId) => overloadedWeeks(about, personId) >= 3);
  const leaving = [...team].some((personId) => {
    const person = firm.records.find("person", personId);
    if (!person?.leftOn || person.leftOn >= project.forecastEndOn) return false;
    const left = person.leftOn;
    return !seats.some(
      (seat) =>
        seat.personId !== personId &&
        seat.grade === person.grade &&
        seat.from >= plus(left, -30) &&
        seat.from <= plus(left, 7),
    );
  });
  return overloaded && leaving ? "red" : overloaded || leaving ? "amber" : "green";
}

/** Weeks in a row up to the newest closed one, of at most eight. */
function overloadedWeeks({ firm }: Case, personId: string): number {
  const { today, plus, workdays } = firm.time;
  const person = firm.records.find("person", personId);
  if (!person) return 0;
  const byWeek = Map.groupBy(firm.of("timesheet-week", "personId", personId), ({ week }) => week);
  const closed = [...byWeek]
    .filter(
      ([week, sheets]) => week >= plus(today, -70) && sheets.every(({ dueOn }) => dueOn < today),
    )
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, 8);
  let run = 0;
  let expected = closed[0]?.[0];
  for (const [week, sheets] of closed) {
    if (week !== expected || !sheets.every(handedIn)) break;
    const days = [0, 1, 2, 3, 4, 5, 6].map((index) => plus(week, index));
    const working = days.filter((day) => workdays(plus(day, -1), day) === 1);
    const leave = firm.of("leave", "personId", personId);
    const away = working.filter((day) => leave.some(({ from, to }) => from <= day && day <= to));
    const daily = person.weeklyMinutes / firm.weekdays;
    const holidays = firm.weekdays - working.length;
    const available = Math.max(
      0,
      person.weeklyMinutes - Math.round(away.length * daily) - Math.round(holidays * daily),
    );
    if (sum(sheets, ({ loggedMinutes }) => loggedMinutes) * 100 <= available * 110) break;
    run += 1;
    expected = plus(week, -7);
  }
  return run;
}

/** Sheets that were due in the last four weeks. */
const recentSheets = ({ firm: { time, of }, project }: Case): FirmRecord<"timesheet-week">[] =>
  of("timesheet-week", "projectId", project.id).filter(
    ({ dueOn, expectedMinutes }) =>
      dueOn < time.today && dueOn >= time.plus(time.today, -28) && expectedMinutes > 0,
  );

/** Billable hours of the team against the hours planned, in points. */
export function res3(about: Case): Colour {
  const due = recentSheets(about);
  const known = due.filter(handedIn);
  if (due.length === 0) return "not-applicable";
  if (known.length === 0) return "unknown";
  const points =
    (100 * sum(known, ({ billableMinutes }) => billableMinutes)) /
      sum(known, ({ expectedMinutes }) => expectedMinutes) -
    100;
  // Whole minutes make exact shares; a float that should be 10 must not come out as 9.999….
  return ladder(
    Math.abs(Math.round(points * 1e9) / 1e9),
    (x) => x >= 10,
    (x) => x >= 20,
  );
}

/** Person-weeks in which every sheet came in time. */
export function tim1(about: Case): Colour {
  const persons = Map.groupBy(recentSheets(about), ({ week, personId }) => `${week} ${personId}`);
  if (persons.size === 0) return "not-applicable";
  const onTime = [...persons.values()].filter((sheets) =>
    sheets.every(
      (sheet) => handedIn(sheet) && sheet.submittedOn !== null && sheet.submittedOn <= sheet.dueOn,
    ),
  ).length;
  return ladder(
    (100 * onTime) / persons.size,
    (x) => x < 95,
    (x) => x < 85,
  );
}

export function qua1({ firm: { time, of }, project }: Case): Colour {
  const ages = of("milestone", "projectId", project.id).flatMap((each) => {
    if (!each.contractual || each.deliveredOn === null || each.acceptedOn !== null) return [];
    if (each.deliveredOn >= time.today) return [];
    const silence = each.deemedAcceptedAfterDays;
    if (silence !== null && time.plusWorkdays(each.deliveredOn, silence) < time.today) return [];
    return [time.minutesSince(each.deliveredOn) / 480];
  });
  return ladder(
    Math.max(0, ...ages),
    (x) => x > 10,
    (x) => x > 20,
  );
}

/** Pending approvals; what has lain for more than 30 days is dead and counts no longer. */
export function apr1({ firm: { time, of }, project }: Case): Colour {
  const ages = of("approval", "projectId", project.id)
    .filter(({ state }) => state === "pending" || state === "returned")
    .filter(({ requestedAt }) => time.daysBetween(time.dayOf(requestedAt), time.today) <= 30)
    .map(({ requestedAt }) => time.minutes(requestedAt, time.asOf) / 480);
  return ladder(
    Math.max(0, ...ages),
    (x) => x > 2,
    (x) => x > 5,
  );
}

/** Each check finds something, or nothing. */
export function hygieneRules({ firm, project }: Case): Record<string, Colour> {
  const { time, of, records } = firm;
  const tasks = of("task", "projectId", project.id);
  const open = tasks.filter(({ doneOn }) => doneOn === null);
  const stages = of("milestone", "projectId", project.id).filter(
    ({ deliveredOn }) => deliveredOn === null,
  );
  const led = records.find("person", project.leadId)?.active === true;
  const said = lastTouched(firm, project.id);
  const untouched = [...open, ...stages].filter(({ id }) => {
    const last = [said, lastTouched(firm, id)].toSorted().at(-1) ?? "";
    return time.daysBetween(time.dayOf(last), time.today) > 14;
  });
  const found = (some: boolean): Colour => (some ? "amber" : "green");
  return {
    "HYG-1": found(!led && (stages.length > 0 || open.some(({ owner }) => owner === "us"))),
    "HYG-2": "green",
    "HYG-3": found(
      open.some(({ dependsOnTaskId: on }) => on !== null && !tasks.some(({ id }) => id === on)),
    ),
    "HYG-4": found(stages.some(({ forecastOn }) => forecastOn > project.forecastEndOn)),
    "HYG-5": found(untouched.length > 0),
  };
}

/** When the newest event about a record happened. */
const lastTouched = ({ eventsOf }: Case["firm"], id: string): string =>
  eventsOf(id).reduce((last, { occurredAt }) => (occurredAt > last ? occurredAt : last), "");
