import type { BusinessCalendar } from "#/domain/business-time.ts";

/** A stretch of a working day by the wall clock, in minutes from midnight: [opensAt, closesAt). */
export type Shift = { readonly opensAt: number; readonly closesAt: number };

/** Time off in the person's own zone, both days included. `part` null: the whole day. */
export type Leave = { readonly from: string; readonly to: string; readonly part: Shift | null };

/** When a firm or one person works. Weekdays are ISO: Monday = 1. */
export type WorkSchedule = {
  readonly zone: string;
  readonly week: ReadonlyMap<number, readonly Shift[]>;
  readonly holidays: readonly string[];
  readonly leave: readonly Leave[];
  /** What this firm calls one business day, in minutes: the unit of limits such as "2 bd". */
  readonly dayMinutes: number;
};

/** What differs for one person from the firm's calendar. Left out: as the firm. */
export type PersonalHours = {
  readonly zone?: string;
  /** Part-time: the whole week, by ISO weekday. A weekday that is not named is free. */
  readonly week?: ReadonlyMap<number, readonly Shift[]>;
  /** Public holidays where the person works. */
  readonly holidays?: readonly string[];
  readonly leave?: readonly Leave[];
};

/** The firm's calendar as a schedule. */
export const scheduleOf = (calendar: BusinessCalendar): WorkSchedule => ({
  zone: calendar.zone,
  week: new Map(
    calendar.days.map((day) => [day, [{ opensAt: calendar.opensAt, closesAt: calendar.closesAt }]]),
  ),
  holidays: calendar.holidays,
  leave: [],
  dayMinutes: calendar.closesAt - calendar.opensAt,
});

/** One person's schedule. A business day keeps the firm's length, so limits mean the same for all. */
export const personalSchedule = (
  calendar: BusinessCalendar,
  person: PersonalHours,
): WorkSchedule => ({ ...scheduleOf(calendar), ...person });

/** The shifts of one civil date (`weekday` is its ISO weekday), in order, without overlaps. */
export function shiftsOn(schedule: WorkSchedule, date: string, weekday: number): Shift[] {
  if (schedule.holidays.includes(date)) return [];
  const off = schedule.leave.filter((leave) => leave.from <= date && date <= leave.to);
  return off.reduce(
    (shifts, leave) => (leave.part === null ? [] : shifts.flatMap(without(leave.part))),
    merged(schedule.week.get(weekday) ?? []),
  );
}

function merged(shifts: readonly Shift[]): Shift[] {
  const apart: Shift[] = [];
  for (const shift of shifts.toSorted((a, b) => a.opensAt - b.opensAt)) {
    const last = apart.at(-1);
    if (shift.closesAt <= shift.opensAt) continue;
    if (last === undefined || last.closesAt < shift.opensAt) apart.push(shift);
    else
      apart[apart.length - 1] = {
        opensAt: last.opensAt,
        closesAt: Math.max(last.closesAt, shift.closesAt),
      };
  }
  return apart;
}

const without = (part: Shift) => (shift: Shift) =>
  [
    { opensAt: shift.opensAt, closesAt: Math.min(shift.closesAt, part.opensAt) },
    { opensAt: Math.max(shift.opensAt, part.closesAt), closesAt: shift.closesAt },
  ].filter((rest) => rest.closesAt > rest.opensAt);
