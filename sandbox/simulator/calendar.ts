/** Minutes since 1970-01-01T00:00 on the firm's own wall clock. Becomes an instant only at the door. */
export type Moment = number;
/** Days since 1970-01-01. */
export type Day = number;

export const minutesPerDay = 1440;
const opensAt = 9 * 60;
const workMinutes = 8 * 60;

/** The firm's working time between two civil days. All lengths are in business days of eight hours. */
export type Calendar = {
  readonly zone: string;
  readonly holidays: readonly string[];
  readonly firstDay: Day;
  readonly lastDay: Day;
  isBusinessDay(day: Day): boolean;
  /** Business days from `from` up to, not including, `to`. */
  businessDaysIn(from: Day, to: Day): number;
  /** Working time later; the result lies within working hours. */
  add(moment: Moment, businessDays: number): Moment;
  /** Working time from one moment to the other, negative when `to` is earlier. */
  between(from: Moment, to: Moment): number;
  /** The business day that lies `count` business days after `day`; 0 is `day`, or the next one open. */
  addDays(day: Day, count: number): Day;
  date(day: Day): string;
  instant(moment: Moment): string;
};

export type Holidays = { readonly country: "DE" | "GB" | "CA"; readonly zone: string };

const oneDay = 86_400_000;
export const dayOf = (moment: Moment): Day => Math.floor(moment / minutesPerDay);
export const at = (day: Day, minuteOfDay: number): Moment => day * minutesPerDay + minuteOfDay;
export const endOfDay = (day: Day): Moment => at(day + 1, 0);
/** 1 Monday … 7 Sunday. */
export const weekday = (day: Day): number => ((((day + 3) % 7) + 7) % 7) + 1;
export const mondayOf = (day: Day): Day => day - weekday(day) + 1;

/** Throws RangeError when `date` is no civil date such as `2026-11-23`. */
export function dayOfDate(date: string): Day {
  const plain = Temporal.PlainDate.from(date);
  return Date.UTC(plain.year, plain.month - 1, plain.day) / oneDay;
}

export function civil(day: Day): { year: number; month: number; day: number } {
  const date = new Date(day * oneDay);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const dateText = (day: Day): string => new Date(day * oneDay).toISOString().slice(0, 10);

/** Everything is counted once, here; a moment outside [firstDay, lastDay] throws RangeError. */
export function createCalendar({ country, zone }: Holidays, firstDay: Day, lastDay: Day): Calendar {
  const closed = new Set<Day>();
  for (let year = civil(firstDay).year; year <= civil(lastDay).year; year += 1)
    for (const day of holidaysOf(country, year)) closed.add(day);
  const size = lastDay - firstDay + 1;
  const before = new Int32Array(size + 1);
  const offsets = new Int16Array(size);
  const open: Day[] = [];
  const dates: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const day = firstDay + index;
    before[index] = open.length;
    if (weekday(day) < 6 && !closed.has(day)) open.push(day);
    dates.push(dateText(day));
    // The offset at noon holds for all working hours: clocks change at night.
    offsets[index] = offsetAtNoon(zone, day);
  }
  before[size] = open.length;

  const index = (day: Day): number => {
    if (day < firstDay || day > lastDay)
      throw new RangeError(`Day ${dateText(day)} is outside the simulated calendar.`);
    return day - firstDay;
  };
  const isBusinessDay = (day: Day): boolean => {
    const here = index(day);
    return before[here] !== before[here + 1];
  };
  const position = (moment: Moment): number => {
    const day = dayOf(moment);
    const minute = moment - at(day, 0) - opensAt;
    const today = isBusinessDay(day) ? Math.min(Math.max(minute, 0), workMinutes) : 0;
    return (before[index(day)] ?? 0) * workMinutes + today;
  };
  const openDay = (ordinal: number): Day => {
    const day = open[ordinal];
    if (day === undefined) throw new RangeError("The simulated calendar ends before that day.");
    return day;
  };
  return {
    zone,
    firstDay,
    lastDay,
    holidays: [...closed]
      .filter((day) => day >= firstDay && day <= lastDay)
      .toSorted((one, other) => one - other)
      .map(dateText),
    isBusinessDay,
    businessDaysIn: (from, to) => (before[index(to)] ?? 0) - (before[index(from)] ?? 0),
    add: (moment, businessDays) => {
      const target = Math.round(position(moment) + businessDays * workMinutes);
      return at(openDay(Math.floor(target / workMinutes)), opensAt + (target % workMinutes));
    },
    between: (from, to) => (position(to) - position(from)) / workMinutes,
    addDays: (day, count) => openDay((before[index(day)] ?? 0) + count),
    date: (day) => dates[index(day)] ?? "",
    instant: (moment) => {
      const utc = moment - (offsets[index(dayOf(moment))] ?? 0);
      const day = Math.floor(utc / minutesPerDay);
      const minute = Math.floor(utc - day * minutesPerDay);
      const hour = Math.floor(minute / 60);
      return `${dates[day - firstDay] ?? dateText(day)}T${twoDigits[hour]}:${twoDigits[minute % 60]}:00.000Z`;
    },
  };
}

function offsetAtNoon(zone: string, day: Day): number {
  const { year, month, day: date } = civil(day);
  const noon = Temporal.ZonedDateTime.from({ timeZone: zone, year, month, day: date, hour: 12 });
  return noon.offsetNanoseconds / 60e9;
}

function holidaysOf(country: Holidays["country"], year: number): Day[] {
  const fixed = (month: number, date: number): Day => Date.UTC(year, month - 1, date) / oneDay;
  const monday = (month: number, date: number): Day => {
    const day = fixed(month, date);
    return day + ((8 - weekday(day)) % 7);
  };
  const easter = easterSunday(year);
  const common = [fixed(1, 1), easter - 2, fixed(12, 25), fixed(12, 26)];
  if (country === "DE")
    return [...common, easter + 1, fixed(5, 1), easter + 39, easter + 50, fixed(10, 3)];
  if (country === "GB") return [...common, easter + 1, monday(5, 1), monday(5, 25), monday(8, 25)];
  return [...common, monday(5, 18), fixed(7, 1), monday(9, 1), monday(10, 8)];
}

/** Anonymous Gregorian computus. */
function easterSunday(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d =
    (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1) / oneDay;
}
