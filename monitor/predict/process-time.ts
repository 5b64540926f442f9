import { type BusinessCalendar, minutesPerDay } from "#/domain/business-time.ts";
import { createWorkClock, type WorkClock } from "../clocks/work-clock.ts";
import { scheduleOf } from "../clocks/work-schedule.ts";
import { createBusinessClock } from "../forecast/business-clock.ts";
import { dayMs } from "../forecast/case-history.ts";

/** What one day of a process is: a working day of the firm, or a day of the calendar. */
export type DayUnit = "business days" | "days";

/**
 * Instants as points on a line on which one day of the process is 86,400,000 long, so that the tables
 * of `monitor/forecast` count in days of that kind. Two instants of one night are one point in
 * business time.
 */
export type ProcessTime = {
  readonly unit: DayUnit;
  point(instant: string): number;
  /** The instant that lies `days` after another one; null when the firm never works again. */
  after(instant: string, days: number): string | null;
};

export const calendarTime: ProcessTime = {
  unit: "days",
  point: (instant) => Date.parse(instant),
  after: (instant, days) => new Date(Date.parse(instant) + days * dayMs).toISOString(),
};

/** Beyond this many days after the newest instant, business time stands still. */
const ahead = 800;

export function businessTime(
  calendar: BusinessCalendar,
  span: { readonly from: string; readonly to: string },
): ProcessTime {
  const from = Date.parse(span.from);
  const daysBetween = createBusinessClock(calendar, {
    from,
    to: Date.parse(span.to) + ahead * dayMs,
  });
  const clock: WorkClock = createWorkClock(scheduleOf(calendar));
  return {
    unit: "business days",
    point: (instant) => daysBetween(from, Date.parse(instant)) * dayMs,
    after: (instant, days) => clock.after(instant, Math.round(days * minutesPerDay(calendar))),
  };
}
