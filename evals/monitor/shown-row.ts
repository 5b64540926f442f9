import type { Judged } from "./judged.ts";

/** A number that is shown and has no bar. */
export const shownRow = (metric: string, value: number | null, n: number): Judged => ({
  metric,
  value,
  n,
  bar: null,
  pass: null,
});
