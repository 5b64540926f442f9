import { type SimulatedEvent, toEvents } from "./events.ts";
import type { SimulationOptions } from "./options.ts";
import { createProjector, type FirmProjection } from "./projection.ts";
import { runFirm } from "./run-firm.ts";

/** A professional-services firm that works, bills and waits; everything a system of record would show. */
export type SimulatedFirm = {
  readonly options: SimulationOptions;
  readonly currency: string;
  /** When the firm works: IANA zone, weekdays 1–7, minutes of the day, civil dates off. */
  readonly calendar: {
    readonly zone: string;
    readonly days: readonly number[];
    readonly opensAt: number;
    readonly closesAt: number;
    readonly holidays: readonly string[];
  };
  /** The evening of the anchor. */
  readonly now: string;
  /** The first day of the history; what is older is there because projects were under way. */
  readonly since: string;
  /** In the order in which they were recorded, none after `now`. */
  readonly events: readonly SimulatedEvent[];
  /** The records as they stood at an instant; throws RangeError when it is none. */
  asOf(instant: string): FirmProjection;
};

/** Same options, same bytes, on every machine. Throws RangeError on bad options. */
export function simulateFirm(options: SimulationOptions): SimulatedFirm {
  const run = runFirm(options);
  const { calendar, now, pack, firstDay } = run.cast.setting;
  const events = toEvents(run.happenings, calendar, now);
  return {
    options,
    currency: pack.currency,
    calendar: {
      zone: calendar.zone,
      days: [1, 2, 3, 4, 5],
      opensAt: 9 * 60,
      closesAt: 17 * 60,
      holidays: calendar.holidays,
    },
    now: calendar.instant(now),
    since: calendar.date(firstDay),
    events,
    asOf: createProjector(events),
  };
}
