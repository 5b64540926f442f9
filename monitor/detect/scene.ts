import { type BusinessCalendar, startOfDay } from "#/domain/business-time.ts";
import type { SystemKind } from "#/domain/record.ts";
import { dateIn, plusDays } from "../clocks/civil-days.ts";
import { createWorkClock, type WorkClock } from "../clocks/work-clock.ts";
import { scheduleOf } from "../clocks/work-schedule.ts";
import { type Freshness, freshness } from "../health/freshness.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { createDayCount, type DayCount } from "./day-count.ts";
import type { DetectionSettings } from "./settings.ts";

/** One view with what every detector asks of it: today, working time, names, who is away. */
export type Scene = {
  readonly view: FirmView;
  readonly settings: DetectionSettings;
  /** The civil date of the view where the firm is. */
  readonly today: string;
  readonly days: DayCount;
  readonly freshness: Freshness;
  readonly isFresh: (system: SystemKind) => boolean;
  readonly nameOf: (personId: string | null) => string;
  /** Business days of the firm since an instant, parts of a day included. */
  readonly age: (since: string) => number;
  /** As `age`, without the days on which this person was away. */
  readonly ownAge: (personId: string, since: string) => number;
  /** The leave that keeps a person away today, when nobody covers it. */
  readonly absence: (personId: string) => TwinRecord<"leave"> | null;
  /** The first instant of a civil date. */
  readonly instant: (date: string) => string;
};

export function createScene(view: FirmView, settings: DetectionSettings): Scene {
  const { calendar, asOf } = view;
  const { clock, days } = countersOf(calendar);
  const today = dateIn(calendar.zone, asOf);
  const fresh = freshness(settings.freshness, view.lastRead, asOf);
  const now = Temporal.Instant.from(asOf).epochMilliseconds;
  const limits = new Map(settings.freshness.map(({ system, minutes }) => [system, minutes]));
  const isFresh = (system: SystemKind): boolean => {
    const read = view.lastRead[system];
    return (
      read != null &&
      now - Temporal.Instant.from(read).epochMilliseconds <=
        (limits.get(system) ?? 24 * 60) * 60_000
    );
  };
  const age = (since: string): number => clock.minutes(since, asOf) / clock.dayMinutes;
  const awayDays = (personId: string, since: string): number => {
    const from = dateIn(calendar.zone, since);
    return view.by("leave", "personId", personId).reduce((sum, { fields }) => {
      const first = fields.from > from ? fields.from : from;
      const last = fields.to < today ? fields.to : today;
      if (last < first) return sum;
      return sum + days.between(plusDays(first, -1), last);
    }, 0);
  };
  return {
    view,
    settings,
    today,
    days,
    freshness: fresh,
    isFresh,
    nameOf: (personId) =>
      personId === null ? "nobody" : (view.get("person", personId)?.fields.name ?? personId),
    age,
    ownAge: (personId, since) => Math.max(0, age(since) - awayDays(personId, since)),
    absence: (personId) =>
      view
        .by("leave", "personId", personId)
        .find(
          ({ fields }) =>
            fields.from <= today && today <= fields.to && fields.coverPersonId === null,
        ) ?? null,
    instant: (date) => startOfDay(calendar, date),
  };
}

type Counters = { readonly clock: WorkClock; readonly days: DayCount };
/** A clock remembers the shifts it has met; one calendar keeps one. */
const counters = new WeakMap<BusinessCalendar, Counters>();
function countersOf(calendar: BusinessCalendar): Counters {
  let known = counters.get(calendar);
  if (!known) {
    known = { clock: createWorkClock(scheduleOf(calendar)), days: createDayCount(calendar) };
    counters.set(calendar, known);
  }
  return known;
}
