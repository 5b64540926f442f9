import { type BusinessCalendar, isBusinessDay } from "#/domain/business-time.ts";

/** The civil date that `instant` falls on in a zone. */
export const dateIn = (zone: string, instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Civil days from one date to another; negative when `to` is earlier. */
export const civilDays = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** Business days in (from, to]; negative when `to` is earlier, so swapping the dates swaps the sign. */
export function businessDays(calendar: BusinessCalendar, from: string, to: string): number {
  if (to < from) return 0 - businessDays(calendar, to, from);
  const last = Temporal.PlainDate.from(to);
  let day = Temporal.PlainDate.from(from);
  let count = 0;
  while (Temporal.PlainDate.compare(day, last) < 0) {
    day = day.add({ days: 1 });
    if (isBusinessDay(calendar, day)) count += 1;
  }
  return count;
}

/** The date `days` civil days later. */
export const plusDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();
