import type { BusinessCalendar } from "#/domain/business-time.ts";
import { dateIn } from "../clocks/civil-days.ts";
import { createWorkClock, type WorkClock } from "../clocks/work-clock.ts";
import { scheduleOf } from "../clocks/work-schedule.ts";
import type { Reporting } from "./exchange-rate.ts";

/** What every KPI is measured by: one instant, the firm's calendar, one currency. */
export type Context = {
  /** Instant in UTC. */
  readonly asOf: string;
  /** The civil date of `asOf` in the firm's zone. A day counts once it is over. */
  readonly today: string;
  readonly calendar: BusinessCalendar;
  readonly clock: WorkClock;
  readonly reporting: Reporting;
};

/** Hand in the firm's `clock` when many contexts share one calendar; it remembers what it counted. */
export const createContext = (
  from: Pick<Context, "asOf" | "calendar" | "reporting"> & { readonly clock?: WorkClock },
): Context => ({
  ...from,
  today: dateIn(from.calendar.zone, from.asOf),
  clock: from.clock ?? createWorkClock(scheduleOf(from.calendar)),
});
