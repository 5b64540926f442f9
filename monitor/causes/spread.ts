import { percentile } from "../kpi/percentile.ts";

/** The middle of what was seen, and the range in which eight in ten lay. */
export type Spread = {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  readonly cases: number;
  /** Mean absolute error of the middle, each case told by the others; null below two cases. */
  readonly error: number | null;
};

/** null: nothing was seen. Values are whole numbers. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, middle, high] = [10, 50, 90].map((percent) => percentile(sorted, percent));
  if (low == null || middle == null || high == null) return null;
  return { low, middle, high, cases: sorted.length, error: leaveOneOut(sorted) };
}

/** The median of the others is one of two neighbours, so one pass is enough. */
function leaveOneOut(sorted: readonly number[]): number | null {
  if (sorted.length < 2) return null;
  const rank = Math.max(0, Math.ceil((sorted.length - 1) / 2) - 1);
  const total = sorted.reduce((sum, value, index) => {
    const others = sorted[index <= rank ? rank + 1 : rank] ?? value;
    return sum + Math.abs(value - others);
  }, 0);
  return total / sorted.length;
}
