import { type BusinessCalendar, isBusinessDay, minutesPerDay } from "#/domain/business-time.ts";

/** Business days from one instant to a later one, as a fraction. Instants in milliseconds. */
export type DaysBetween = (from: number, to: number) => number;

export const calendarDays: DaysBetween = (from, to) => (to - from) / 86_400_000;

/**
 * Business time for many instants of one span, from one table instead of a walk over the days for
 * every pair. Outside the span the nearest end of it counts. A day is the firm's own working day.
 */
export function createBusinessClock(
  calendar: BusinessCalendar,
  span: { readonly from: number; readonly to: number },
): DaysBetween {
  const opens: number[] = [];
  const closes: number[] = [];
  const before: number[] = [];
  const dateOf = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.zone).toPlainDate();
  const last = dateOf(span.to);
  let worked = 0;
  for (let day = dateOf(span.from); Temporal.PlainDate.compare(day, last) <= 0; ) {
    if (isBusinessDay(calendar, day)) {
      const open = clock(calendar, day, calendar.opensAt);
      const close = clock(calendar, day, calendar.closesAt);
      opens.push(open);
      closes.push(close);
      before.push(worked);
      worked += close - open;
    }
    day = day.add({ days: 1 });
  }
  const workedUntil = (at: number): number => {
    let low = 0;
    let high = opens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((opens[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    const day = low - 1;
    const open = opens[day];
    if (open === undefined) return 0;
    return (before[day] ?? 0) + Math.min(at, closes[day] ?? at) - open;
  };
  const dayLength = minutesPerDay(calendar) * 60_000;
  return (from, to) => Math.max(0, workedUntil(to) - workedUntil(from)) / dayLength;
}

const clock = (calendar: BusinessCalendar, date: Temporal.PlainDate, minute: number): number =>
  (minute >= 1440
    ? date.add({ days: 1 }).toZonedDateTime(calendar.zone)
    : date.toZonedDateTime({
        timeZone: calendar.zone,
        plainTime: Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 }),
      })
  ).epochMilliseconds;
