import { type BusinessCalendar, startOfDay } from "#/domain/business-time.ts";
import { createWorkClock, type WorkClock } from "./clocks/work-clock.ts";
import { scheduleOf } from "./clocks/work-schedule.ts";

/** Systems of record give civil dates. What happened on a day counts as done when that day ends. */
export const endOfDay = (calendar: BusinessCalendar, date: string): string =>
  startOfDay(calendar, Temporal.PlainDate.from(date).add({ days: 1 }).toString());

/** Instants come with and without fractions, so text order is not time order. */
export const compareInstants = (a: string, b: string): number =>
  Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b));

export const earliest = (a: string, b: string): string => (compareInstants(a, b) <= 0 ? a : b);
export const latest = (a: string, b: string): string => (compareInstants(a, b) >= 0 ? a : b);

const clocks = new WeakMap<BusinessCalendar, WorkClock>();

/** The clock of a firm's calendar. It remembers the shifts it met, so one per calendar is kept. */
export function firmClock(calendar: BusinessCalendar): WorkClock {
  let clock = clocks.get(calendar);
  if (!clock) clocks.set(calendar, (clock = createWorkClock(scheduleOf(calendar))));
  return clock;
}
