import { businessDays, plusDays } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import type { PersonWeek } from "../kpi/utilisation.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed } from "./basis.ts";
import { isHandedIn } from "./work-done.ts";

type Week = TwinRecord<"timesheet-week">;

/** Weeks looked back for a run of overload. A judgement. */
export const overloadWindowWeeks = 8;

const loads = new WeakMap<FirmView, Map<string, PersonLoad>>();

/** The last closed weeks of one person, and what they rest on. */
export type PersonLoad = {
  readonly weeks: readonly PersonWeek[];
  readonly basis: readonly Observed[];
};

/** Counted once per view, however many projects the person works on. */
export function loadOf(view: FirmView, person: TwinRecord<"person">, today: string): PersonLoad {
  let people = loads.get(view);
  if (!people) loads.set(view, (people = new Map()));
  let load = people.get(person.id);
  if (!load) {
    const mondays = closedWeeks(view, person.id, [today, overloadWindowWeeks]);
    load = {
      weeks: mondays.map((week) => personWeek(view, person, week)),
      basis: personWeeksBasis(view, person, mondays),
    };
    people.set(person.id, load);
  }
  return load;
}

const remembered = new WeakMap<FirmView, Map<string, Map<string, Week[]>>>();

/** A person's sheets of all projects by week, counted once per view. */
export function sheetsOf(view: FirmView, personId: string): ReadonlyMap<string, readonly Week[]> {
  let people = remembered.get(view);
  if (!people) remembered.set(view, (people = new Map()));
  let weeks = people.get(personId);
  if (!weeks) {
    const all = view.by("timesheet-week", "personId", personId);
    people.set(personId, (weeks = Map.groupBy(all, ({ fields }) => fields.week)));
  }
  return weeks;
}

/**
 * One person's week of all projects together; without a sheet nothing was billed. A sheet that is
 * still missing leaves its hours unknown.
 */
export function personWeek(view: FirmView, person: TwinRecord<"person">, week: string): PersonWeek {
  const sheets = sheetsOf(view, person.id).get(week) ?? [];
  const whole = sheets.every(isHandedIn);
  const sum = (minutes: (sheet: Week) => number): number | null =>
    whole ? sheets.reduce((total, sheet) => total + minutes(sheet), 0) : null;
  const { weeklyMinutes, utilisationTargetPercent, grade } = person.fields;
  const daily = weeklyMinutes / Math.max(1, view.calendar.days.length);
  const working = businessDays(view.calendar, plusDays(week, -1), plusDays(week, 6));
  const away = awayDays(view, person.id, week);
  return {
    source: sheets[0]?.source ?? person.source,
    personId: person.id,
    role: grade,
    week,
    contractMinutes: weeklyMinutes,
    leaveMinutes: Math.round(away * daily),
    holidayMinutes: Math.round((view.calendar.days.length - working) * daily),
    billableMinutes: sum(({ fields }) => fields.billableMinutes),
    workedMinutes: sum(({ fields }) => fields.loggedMinutes),
    targetPercent: Math.round(utilisationTargetPercent),
  };
}

/** Business days of the week on which the person is away; two leaves of the same day are one. */
function awayDays(view: FirmView, personId: string, monday: string): number {
  const sunday = plusDays(monday, 6);
  const off = view
    .by("leave", "personId", personId)
    .filter(({ fields }) => fields.from <= sunday && monday <= fields.to);
  if (off.length === 0) return 0;
  let days = 0;
  for (let index = 0; index < 7; index += 1) {
    const day = plusDays(monday, index);
    if (!off.some(({ fields }) => fields.from <= day && day <= fields.to)) continue;
    days += businessDays(view.calendar, plusDays(day, -1), day);
  }
  return days;
}

/** What a person's weeks rest on. */
export function personWeeksBasis(
  view: FirmView,
  person: TwinRecord<"person">,
  weeks: readonly string[],
): Observed[] {
  const sheets = sheetsOf(view, person.id);
  const leave = listed(view, "leave", ["personId", person.id]);
  const [first, last] = [weeks.at(0) ?? "", plusDays(weeks.at(-1) ?? "1970-01-05", 6)];
  return [
    ...fieldsOf(person, "weeklyMinutes", "utilisationTargetPercent"),
    leave.count,
    ...leave.records
      .filter(({ fields }) => fields.to >= first && fields.from <= last)
      .flatMap((each) => fieldsOf(each, "from", "to")),
    ...weeks.flatMap((week) =>
      (sheets.get(week) ?? []).flatMap((sheet) =>
        fieldsOf(sheet, "state", "loggedMinutes", "billableMinutes"),
      ),
    ),
  ];
}

/** Mondays of the weeks whose last day for handing in is over, the newest `count` of them, oldest first. */
export function closedWeeks(
  view: FirmView,
  personId: string,
  [today, count]: readonly [string, number],
): string[] {
  const since = plusDays(today, -7 * (count + 2));
  return [...sheetsOf(view, personId)]
    .filter(([week, sheets]) => week >= since && sheets.every(({ fields }) => fields.dueOn < today))
    .map(([week]) => week)
    .toSorted()
    .slice(-count);
}
