import type { BusinessCalendar } from "#/domain/business-time.ts";

/** Business days between civil dates, by plain arithmetic: detectors ask a thousand times a view. */
export type DayCount = {
  /** Business days in (from, to]; negative when `to` is earlier. */
  readonly between: (from: string, to: string) => number;
  /** The date `count` business days later, or earlier when negative. */
  readonly add: (date: string, count: number) => string;
};

const day = 86_400_000;
const indexOf = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / day);
const dateOf = (index: number): string => new Date(index * day).toISOString().slice(0, 10);

export function createDayCount({
  days,
  holidays,
}: Pick<BusinessCalendar, "days" | "holidays">): DayCount {
  const closed = new Set(holidays.map(indexOf));
  const week = new Set(days);
  // 1970-01-01 was a Thursday.
  const open = (index: number): boolean =>
    week.has(((((index + 3) % 7) + 7) % 7) + 1) && !closed.has(index);
  const between = (from: string, to: string): number => {
    const [first, last] = [indexOf(from), indexOf(to)];
    let count = 0;
    for (let index = Math.min(first, last) + 1; index <= Math.max(first, last); index += 1)
      if (open(index)) count += 1;
    return last < first ? 0 - count : count;
  };
  const add = (date: string, count: number): string => {
    let index = indexOf(date);
    for (let left = Math.abs(count); left > 0; ) {
      index += Math.sign(count);
      if (open(index)) left -= 1;
    }
    return dateOf(index);
  };
  return { between, add };
}
