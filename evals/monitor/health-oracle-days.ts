import type { SimulatedFirm } from "#/sandbox/simulator/simulate-firm.ts";

/* The oracle's own days and hours: written for reading, not for speed. */

export type OracleTime = {
  /** The instant of the question, and the civil date it falls on. */
  readonly asOf: string;
  readonly today: string;
  readonly dayOf: (instant: string) => string;
  readonly plus: (date: string, days: number) => string;
  readonly daysBetween: (from: string, to: string) => number;
  /** Business days after `from`, up to and including `to`; negative backwards. */
  readonly workdays: (from: string, to: string) => number;
  readonly plusWorkdays: (date: string, count: number) => string;
  /** Working minutes from one instant to another. */
  readonly minutes: (from: string, to: string) => number;
  /** Working minutes from the evening of a date to an instant, or to the evening of another date. */
  readonly minutesSince: (date: string) => number;
  readonly minutesFromEveningToEvening: (from: string, to: string) => number;
};

export const workday = 480;

export function oracleTime(
  { calendar }: Pick<SimulatedFirm, "calendar">,
  asOf: string,
): OracleTime {
  const works = (date: string): boolean =>
    calendar.days.includes(Temporal.PlainDate.from(date).dayOfWeek) &&
    !calendar.holidays.includes(date);
  const plus = (date: string, days: number): string =>
    Temporal.PlainDate.from(date).add({ days }).toString();
  const daysBetween = (from: string, to: string): number =>
    Temporal.PlainDate.from(from).until(to, { largestUnit: "day" }).days;
  const counted = new Map<string, number>();
  const upTo = (date: string): number => {
    const known = counted.get(date);
    if (known !== undefined) return known;
    if (date <= "2020-01-01") return 0;
    // Filled from the left, so that no call goes deep.
    let [day, sum] = ["2020-01-01", 0];
    while (day < date) {
      day = plus(day, 1);
      if (works(day)) sum += 1;
      counted.set(day, sum);
    }
    return sum;
  };
  const local = (instant: string) =>
    Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.zone);
  const dayOf = (instant: string): string => local(instant).toPlainDate().toString();
  /** All working minutes before an instant. */
  const before = (instant: string): number => {
    const at = local(instant);
    const date = at.toPlainDate().toString();
    const gone = Math.min(workday, Math.max(0, at.hour * 60 + at.minute - calendar.opensAt));
    return upTo(plus(date, -1)) * workday + (works(date) ? gone : 0);
  };
  const today = dayOf(asOf);
  return {
    asOf,
    today,
    dayOf,
    plus,
    daysBetween,
    workdays: (from, to) => upTo(to) - upTo(from),
    plusWorkdays: (date, count) => {
      let day = date;
      for (let left = count; left > 0; ) {
        day = plus(day, 1);
        if (works(day)) left -= 1;
      }
      return day;
    },
    minutes: (from, to) => Math.max(0, before(to) - before(from)),
    minutesSince: (date) => Math.max(0, before(asOf) - upTo(date) * workday),
    minutesFromEveningToEvening: (from, to) => Math.max(0, upTo(to) - upTo(from)) * workday,
  };
}
