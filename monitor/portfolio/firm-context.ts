import type { BusinessCalendar } from "#/domain/business-time.ts";
import { createWorkClock, type WorkClock } from "../clocks/work-clock.ts";
import { scheduleOf } from "../clocks/work-schedule.ts";
import { type Context, createContext } from "../kpi/context.ts";
import type { FirmView } from "../twin/firm-view.ts";

const clocks = new WeakMap<BusinessCalendar, WorkClock>();
const contexts = new WeakMap<FirmView, Context>();

/** The firm's clock; one per calendar, because it remembers the days it has counted. */
export function clockOf(calendar: BusinessCalendar): WorkClock {
  let clock = clocks.get(calendar);
  if (!clock) clocks.set(calendar, (clock = createWorkClock(scheduleOf(calendar))));
  return clock;
}

/** What every number about a view is measured by: its instant, its calendar, the reporting currency. */
export function contextOf(view: FirmView): Context {
  let context = contexts.get(view);
  if (!context) {
    const { asOf, calendar, currency } = view;
    context = createContext({
      asOf,
      calendar,
      clock: clockOf(calendar),
      reporting: { currency, rates: [] },
    });
    contexts.set(view, context);
  }
  return context;
}

/** The same in a project's own currency, in which its records are kept. */
export const projectContext = (view: FirmView, currency: string): Context =>
  currency === view.currency
    ? contextOf(view)
    : { ...contextOf(view), reporting: { currency, rates: [] } };
