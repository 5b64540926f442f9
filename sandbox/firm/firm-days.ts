/*
 * The firm works Monday to Friday. All of its dates hang on the anchor, so that it looks lived-in on
 * any day: `close` is the Monday after the last billing period, between ten and sixteen days
 * before the anchor.
 */

export const firmCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 9 * 60,
  closesAt: 17 * 60,
  holidays: [] as string[],
};

/** Weeks in a billing period. */
const periodWeeks = 4;
/** The oldest week of which the firm still has timesheets, counted from the anchor's week. */
export const firstWeek = -10;

/** `[origin, business days]`. A count of 0 is the origin itself. */
export type When = readonly ["close" | "previous-close" | "anchor", number];

export type FirmDays = {
  readonly anchor: string;
  /** Monday of the week `offset` weeks from the anchor's week; 0 is the anchor's own. */
  week(offset: number): string;
  day(when: When): string;
  /** First and last civil day of a four-week billing period. */
  period(which: "last" | "previous"): { start: string; end: string };
};

/** Throws RangeError when `anchor` is no civil date such as `2026-11-23`. */
export function firmDays(anchor: string): FirmDays {
  const monday = mondayOf(anchor);
  const week = (offset: number): string => addDays(monday, offset * 7);
  const close = week(-2);
  const previousClose = week(-2 - periodWeeks);
  const origins = { close, "previous-close": previousClose, anchor };
  return {
    anchor,
    week,
    day: ([origin, count]) => addBusinessDays(origins[origin], count),
    period: (which) => {
      const end = which === "last" ? close : previousClose;
      return { start: addDays(end, -7 * periodWeeks), end: addDays(end, -1) };
    },
  };
}

export const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

export function mondayOf(date: string): string {
  const day = Temporal.PlainDate.from(date);
  return day.subtract({ days: day.dayOfWeek - 1 }).toString();
}

export function addBusinessDays(date: string, count: number): string {
  let day = Temporal.PlainDate.from(date);
  const step = Math.sign(count);
  for (let left = Math.abs(count); left > 0; ) {
    day = day.add({ days: step });
    if (firmCalendar.days.includes(day.dayOfWeek)) left -= 1;
  }
  return day.toString();
}

/** Working days from Monday up to and including `date`, at most five. */
export const workedDays = (monday: string, date: string): number =>
  Math.max(0, Math.min(5, Temporal.PlainDate.from(monday).until(date).days + 1));

/** The civil date at the firm's own clock. */
export const firmDate = (now: Date): string =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(firmCalendar.zone)
    .toPlainDate()
    .toString();
