import { shiftsOn, type WorkSchedule } from "./work-schedule.ts";

/** Counts the minutes a firm or a person works. Instants are UTC text. */
export type WorkClock = {
  readonly zone: string;
  /** One business day in minutes. */
  readonly dayMinutes: number;
  /**
   * Working minutes in [start, end), never negative. A minute is counted when it is over, so
   * stretches add up exactly wherever they are cut, seconds included.
   */
  readonly minutes: (start: string, end: string) => number;
  /** The first instant by which `minutes` more have been worked; null when that never happens. */
  readonly after: (start: string, minutes: number) => string | null;
};

const minute = 60_000;
const day = 86_400_000;
/** Systems write years such as 9999 for "open end". Time outside 1970–2200 counts as its border. */
const horizon = { first: 0, last: Math.trunc(Date.UTC(2200, 0, 1) / day) };
const chunk = 400;

/**
 * Remembers the shifts it has met, so a question costs two binary searches. Make one per schedule
 * and keep it. Throws RangeError for an unknown zone or a text that is no instant.
 */
export function createWorkClock(schedule: WorkSchedule): WorkClock {
  let shifts: Worked[] = [];
  const known = { from: 0, to: 0 };
  const neverWorks = [...schedule.week.values()].every((list) => list.length === 0);

  const reach = (instant: number): void => {
    const index = Math.floor(instant / day);
    // The local day may start a day before or after the UTC day.
    const from = Math.max(horizon.first, index - 2);
    const to = Math.min(horizon.last, index + 3);
    if (known.from === known.to) [known.from, known.to] = [from, from];
    if (from < known.from) {
      const start = Math.max(horizon.first, from - chunk);
      shifts = [...build(schedule, start, known.from), ...shifts];
      known.from = start;
      recount(shifts, 0);
    }
    if (to > known.to) {
      const end = Math.min(horizon.last, to + chunk);
      const old = shifts.length;
      for (const shift of build(schedule, known.to, end)) shifts.push(shift);
      known.to = end;
      recount(shifts, old);
    }
  };

  const tick = (instant: number): number => {
    const shift = shifts[lastIndex(shifts, (s) => s.start <= instant)];
    if (shift === undefined) return 0;
    return shift.before + Math.floor((Math.min(instant, shift.end) - shift.start) / minute);
  };

  return {
    zone: schedule.zone,
    dayMinutes: schedule.dayMinutes,
    minutes: (start, end) => {
      const [from, to] = [epoch(start), epoch(end)];
      if (to <= from || neverWorks) return 0;
      reach(from);
      reach(to);
      return tick(to) - tick(from);
    },
    after: (start, minutes) => {
      const from = epoch(start);
      if (minutes <= 0) return new Date(from).toISOString();
      if (neverWorks) return null;
      reach(from);
      // Counting starts anew when the known days grow to the left; here they grow to the right only.
      const target = tick(from) + minutes;
      for (;;) {
        const shift = shifts[lastIndex(shifts, (s) => s.before < target)];
        if (shift !== undefined && target <= shift.before + length(shift))
          return new Date(shift.start + (target - shift.before) * minute).toISOString();
        if (known.to >= horizon.last) return null;
        reach(known.to * day);
      }
    },
  };
}

/** One shift in epoch milliseconds, and the whole minutes of all known shifts before it. */
type Worked = { readonly start: number; readonly end: number; before: number };

const length = ({ start, end }: Worked): number => Math.floor((end - start) / minute);

function build(schedule: WorkSchedule, from: number, to: number): Worked[] {
  const worked: Worked[] = [];
  for (let index = from; index < to; index += 1) {
    const date = new Date(index * day).toISOString().slice(0, 10);
    // 1970-01-01 was a Thursday.
    for (const shift of shiftsOn(schedule, date, ((index + 3) % 7) + 1)) {
      const start = wallClock(schedule.zone, date, shift.opensAt);
      const end = wallClock(schedule.zone, date, shift.closesAt);
      if (end > start) worked.push({ start, end, before: 0 });
    }
  }
  return worked;
}

function recount(shifts: Worked[], from: number): void {
  const last = shifts[from - 1];
  let before = last === undefined ? 0 : last.before + length(last);
  for (const shift of shifts.slice(from)) {
    shift.before = before;
    before += length(shift);
  }
}

function wallClock(zone: string, date: string, minuteOfDay: number): number {
  const civil = Temporal.PlainDate.from(date);
  if (minuteOfDay >= 1440) return civil.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const plainTime = new Temporal.PlainTime(Math.floor(minuteOfDay / 60), minuteOfDay % 60);
  return civil.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
}

const epoch = (instant: string): number =>
  Math.min(
    horizon.last * day,
    Math.max(horizon.first, Temporal.Instant.from(instant).epochMilliseconds),
  );

/** The last index whose item passes; the items that pass come first. -1 when none does. */
function lastIndex<T>(items: readonly T[], passes: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && passes(item)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
