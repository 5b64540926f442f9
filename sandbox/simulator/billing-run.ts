import { at, type Calendar, dayOf, type Moment, weekday } from "./calendar.ts";
import type { Cast } from "./cast.ts";

/** Tuesdays and Thursdays at four, or once a month on the eighth business day. */
export function nextRun(
  { setting: { calendar, periodEnds } }: Cast,
  ready: Moment,
  monthly: boolean,
): Moment {
  if (monthly) {
    for (const end of periodEnds) {
      const run = at(calendar.addDays(end + 1, 7), 16 * 60);
      if (run > ready) return run;
    }
  }
  return nextWeeklyRun(calendar, ready);
}

function nextWeeklyRun(calendar: Calendar, ready: Moment): Moment {
  for (let day = dayOf(ready); ; day += 1) {
    if (weekday(day) !== 2 && weekday(day) !== 4) continue;
    const run = at(calendar.addDays(day, 0), 16 * 60);
    if (run > ready) return run;
  }
}
