import { type CaseHistory, dayMs, lastAt, stepAt } from "./case-history.ts";

/**
 * The forecast to beat: the mean of the days remaining in cases that had as many steps, or of all
 * when none had. `shortest` is the least number of steps that counts.
 */
export function lengthMeans(
  cases: readonly CaseHistory[],
  { shortest = 1 }: { shortest?: number } = {},
): (length: number) => number {
  const sums = new Map<number, { days: number; count: number }>();
  const all = { days: 0, count: 0 };
  for (const history of cases)
    for (let length = shortest; length < history.steps.length; length += 1) {
      const days = (lastAt(history) - stepAt(history, length - 1).at) / dayMs;
      const sum = sums.get(length) ?? { days: 0, count: 0 };
      sums.set(length, { days: sum.days + days, count: sum.count + 1 });
      all.days += days;
      all.count += 1;
    }
  return (length) => {
    const { days, count } = sums.get(length) ?? all;
    return count > 0 ? days / count : 0;
  };
}
