/** Ascending numbers. */
export type SortedValues = ArrayLike<number>;

/** The quantile of ascending values with linear interpolation; NaN for none. 0 ≤ level ≤ 1. */
export const quantileOf = (values: SortedValues, level: number): number =>
  quantileFrom(values, 0, level);

/** The same over `values[from…]`. */
export function quantileFrom(values: SortedValues, from: number, level: number): number {
  const position = from + (values.length - 1 - from) * level;
  const below = Math.floor(position);
  const low = values[below] ?? Number.NaN;
  const high = values[below + 1] ?? low;
  return low + (position - below) * (high - low);
}

/** How many of the ascending values are ≤ `limit`. */
export function countUpTo(values: SortedValues, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
