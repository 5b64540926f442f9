import { z } from "zod";
import { CivilDate } from "./ids.ts";

/** When a firm works. `days` are ISO weekdays, Monday = 1. Minutes are counted from midnight. */
export const BusinessCalendar = z.object({
  zone: z.string(),
  days: z.array(z.int().min(1).max(7)).min(1),
  opensAt: z.int().min(0).max(1440),
  closesAt: z.int().min(0).max(1440),
  holidays: z.array(CivilDate),
});
export type BusinessCalendar = z.infer<typeof BusinessCalendar>;

/** Minutes in one full working day by the wall clock. */
export const minutesPerDay = (calendar: BusinessCalendar): number =>
  calendar.closesAt - calendar.opensAt;

export function isBusinessDay(calendar: BusinessCalendar, date: Temporal.PlainDate): boolean {
  return calendar.days.includes(date.dayOfWeek) && !calendar.holidays.includes(date.toString());
}

/**
 * Working minutes in [start, end), both instants in UTC text. Never negative.
 * A day of a clock change counts the minutes that really passed between opening and closing.
 */
export function businessMinutes(calendar: BusinessCalendar, start: string, end: string): number {
  const from = Temporal.Instant.from(start);
  const to = Temporal.Instant.from(end);
  if (Temporal.Instant.compare(from, to) >= 0) return 0;
  const lastDay = to.toZonedDateTimeISO(calendar.zone).toPlainDate();
  let day = from.toZonedDateTimeISO(calendar.zone).toPlainDate();
  let nanoseconds = 0n;
  while (Temporal.PlainDate.compare(day, lastDay) <= 0) {
    if (isBusinessDay(calendar, day)) {
      const opens = clock(calendar, day, calendar.opensAt).epochNanoseconds;
      const closes = clock(calendar, day, calendar.closesAt).epochNanoseconds;
      const begin = from.epochNanoseconds > opens ? from.epochNanoseconds : opens;
      const finish = to.epochNanoseconds < closes ? to.epochNanoseconds : closes;
      if (finish > begin) nanoseconds += finish - begin;
    }
    day = day.add({ days: 1 });
  }
  return Number(nanoseconds / 60_000_000_000n);
}

/** The instant at which a civil day begins in the firm's zone. */
export const startOfDay = (calendar: BusinessCalendar, date: string): string =>
  Temporal.PlainDate.from(date).toZonedDateTime(calendar.zone).toInstant().toString();

/** The civil date `count` business days after `date` (before it, when negative). */
export function addBusinessDays(calendar: BusinessCalendar, date: string, count: number): string {
  let day = Temporal.PlainDate.from(date);
  const step = Math.sign(count);
  for (let left = Math.abs(count); left > 0; ) {
    day = day.add({ days: step });
    if (isBusinessDay(calendar, day)) left -= 1;
  }
  return day.toString();
}

/** Minute of the local day and whether it is a working day, for policy windows. */
export function localTime(
  calendar: BusinessCalendar,
  instant: string,
): { minuteOfDay: number; businessDay: boolean } {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.zone);
  return {
    minuteOfDay: local.hour * 60 + local.minute,
    businessDay: isBusinessDay(calendar, local.toPlainDate()),
  };
}

/** 660 minutes of a 480-minute day → `1.4`. Rounded for people only; sums are made of minutes. */
export const formatDays = (minutes: number, dayMinutes: number): string =>
  String(Math.round((minutes / dayMinutes) * 10) / 10);

const clock = (calendar: BusinessCalendar, date: Temporal.PlainDate, minute: number) =>
  minute >= 1440
    ? date.add({ days: 1 }).toZonedDateTime(calendar.zone)
    : date.toZonedDateTime({
        timeZone: calendar.zone,
        plainTime: Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 }),
      });
