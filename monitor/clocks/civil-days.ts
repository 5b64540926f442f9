import { type BusinessCalendar, startOfDay } from "#/domain/business-time.ts";

const dayMs = 86_400_000;
const dayIndex = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs);
const dateOf = (index: number): string => new Date(index * dayMs).toISOString().slice(0, 10);

/** The civil date that `instant` falls on in a zone. */
export const dateIn = (zone: string, instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Civil days from one date to another; negative when `to` is earlier. */
export const civilDays = (from: string, to: string): number => dayIndex(to) - dayIndex(from);

/** Business days in (from, to]; negative when `to` is earlier, so swapping the dates swaps the sign. */
export const businessDays = (calendar: BusinessCalendar, from: string, to: string): number => {
  const count = counterOf(calendar);
  const days = count(dayIndex(to)) - count(dayIndex(from));
  return days === 0 ? 0 : days;
};

/** The date `days` civil days later. */
export const plusDays = (date: string, days: number): string => dateOf(dayIndex(date) + days);

/** The instant at which a civil day ends in the firm's zone; remembered, because everything asks for it. */
export function eveningOf(calendar: BusinessCalendar, date: string): string {
  let known = evenings.get(calendar);
  if (!known) evenings.set(calendar, (known = new Map()));
  let evening = known.get(date);
  if (evening === undefined) known.set(date, (evening = startOfDay(calendar, plusDays(date, 1))));
  return evening;
}

const evenings = new WeakMap<BusinessCalendar, Map<string, string>>();
const counters = new WeakMap<BusinessCalendar, (index: number) => number>();

/** Business days up to and including a day, from 1 January 1970: whole weeks, the rest, less holidays. */
function counterOf(calendar: BusinessCalendar): (index: number) => number {
  const known = counters.get(calendar);
  if (known) return known;
  // 1970-01-01 was a Thursday, ISO weekday 4.
  const works = Array.from({ length: 7 }, (_, offset) =>
    calendar.days.includes(((offset + 3) % 7) + 1) ? 1 : 0,
  );
  const upTo = works.map((_, last) => works.slice(0, last + 1).reduce<number>((a, b) => a + b, 0));
  const perWeek = upTo[6] ?? 0;
  const off = [...new Set(calendar.holidays)]
    .map(dayIndex)
    .filter((index) => works[((index % 7) + 7) % 7] === 1)
    .toSorted((a, b) => a - b);
  const count = (index: number): number => {
    const week = Math.floor(index / 7);
    let [low, high] = [0, off.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((off[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return week * perWeek + (upTo[index - week * 7] ?? 0) - low;
  };
  counters.set(calendar, count);
  return count;
}
