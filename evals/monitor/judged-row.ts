/** One measured number of an evaluation. `bar` null: shown, nothing was promised. */
export type JudgedRow = {
  readonly metric: string;
  readonly value: number | null;
  readonly n: number;
  readonly bar: string | null;
  /** null where there is no bar, or nothing to judge. */
  readonly pass: boolean | null;
};

export const shown = (metric: string, value: number | null, n: number): JudgedRow => ({
  metric,
  value: value === null ? null : Math.round(value * 1000) / 1000,
  n,
  bar: null,
  pass: null,
});

/** A number with a bar; nothing judged is nothing passed. */
export const barred = (
  row: JudgedRow,
  { bar, reached }: { readonly bar: string; readonly reached: (value: number) => boolean },
): JudgedRow => ({
  ...row,
  bar,
  pass: row.value === null || row.n === 0 ? null : reached(row.value),
});
