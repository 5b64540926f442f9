import { type BusinessCalendar, isBusinessDay } from "#/domain/business-time.ts";

/** What `@until` may name. Each is resolved to an instant by the host, never by a model. */
export const waitTokens = ["next-business-window"] as const;
export type WaitToken = (typeof waitTokens)[number];

const daysAhead = 370;

/**
 * When the firm next opens: the first opening at or after `now`, as an instant in UTC.
 * null when the calendar has none within a year.
 */
export function nextBusinessWindow(calendar: BusinessCalendar, now: string): string | null {
  const from = Temporal.Instant.from(now);
  let day = from.toZonedDateTimeISO(calendar.zone).toPlainDate();
  for (let left = daysAhead; left > 0; left -= 1) {
    const opens = day
      .toZonedDateTime(calendar.zone)
      .withPlainTime(
        Temporal.PlainTime.from({
          hour: Math.floor(calendar.opensAt / 60) % 24,
          minute: calendar.opensAt % 60,
        }),
      )
      .toInstant();
    if (isBusinessDay(calendar, day) && Temporal.Instant.compare(opens, from) >= 0)
      return opens.toString({ fractionalSecondDigits: 3 });
    day = day.add({ days: 1 });
  }
  return null;
}
