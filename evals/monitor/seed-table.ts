import { type Interval, meanInterval } from "../forecast/bootstrap.ts";
import type { Judged } from "./judged.ts";

/** A row, and where it is a share of cases: how many of how many, so that seeds can be pooled. */
export type CountedRow = Judged & {
  readonly counts?: { readonly part: number; readonly whole: number };
};

/** One metric over all seeds. */
export type SeedRow = {
  readonly metric: string;
  readonly values: readonly {
    readonly seed: string;
    readonly value: number | null;
    readonly n: number;
  }[];
  /** Over the seeds that have a value; of all cases together where it is a share of cases. */
  readonly mean: number | null;
  /** 95 %: Wilson's where it is a share of cases, otherwise by resampling seeds. null: one seed only. */
  readonly interval: Interval | null;
  readonly n: number;
  readonly bar: string | null;
  readonly pass: boolean | null;
};

/** Puts the rows of each seed side by side. A metric that a seed lacks is null there. */
export function seedRows(
  seeds: readonly { readonly seed: string; readonly rows: readonly CountedRow[] }[],
): SeedRow[] {
  const metrics = [...new Set(seeds.flatMap(({ rows }) => rows.map(({ metric }) => metric)))];
  return metrics.map((metric) => {
    const found = seeds.map(({ seed, rows }) => ({
      seed,
      row: rows.find((row) => row.metric === metric) ?? null,
    }));
    const known = found.flatMap(({ seed, row }) =>
      row !== null && row.value !== null ? [{ seed, value: row.value }] : [],
    );
    const counts = found.flatMap(({ row }) => row?.counts ?? []);
    const pooled =
      counts.length > 0
        ? counts.reduce(
            (sum, { part, whole }) => ({ part: sum.part + part, whole: sum.whole + whole }),
            { part: 0, whole: 0 },
          )
        : null;
    const mean =
      pooled !== null
        ? pooled.whole === 0
          ? null
          : pooled.part / pooled.whole
        : known.length === 0
          ? null
          : known.reduce((sum, { value }) => sum + value, 0) / known.length;
    const bar = found.find(({ row }) => row?.bar != null)?.row?.bar ?? null;
    return {
      metric,
      values: found.map(({ seed, row }) => ({ seed, value: row?.value ?? null, n: row?.n ?? 0 })),
      mean,
      interval:
        pooled !== null && pooled.part <= pooled.whole
          ? wilson(pooled.part, pooled.whole)
          : meanInterval(known.map(({ seed, value }) => ({ group: seed, value }))),
      n: found.reduce((sum, { row }) => sum + (row?.n ?? 0), 0),
      bar,
      pass: bar === null || mean === null ? null : reaches(bar, mean),
    };
  });
}

/** `≥ 0.9`, `≤ 0.3`, `< 0.45`, `0.75-0.85`, `0`. Throws RangeError for a bar that nobody can read. */
export function reaches(bar: string, value: number): boolean {
  const range = /^([\d.]+)\s*[-–]\s*([\d.]+)$/.exec(bar);
  if (range) return value >= Number(range[1]) && value <= Number(range[2]);
  const [, sign, limit] = /^([≥≤<]?)\s*(-?[\d.]+)$/.exec(bar) ?? [];
  if (sign === undefined) throw new RangeError(`A bar reads like "≥ 0.9", not "${bar}".`);
  const at = Number(limit);
  // Sums of shares end a hair beside the number they stand for.
  const rounded = Math.round(value * 1e9) / 1e9;
  if (sign === "≥") return rounded >= at;
  if (sign === "≤") return rounded <= at;
  return sign === "<" ? rounded < at : rounded === at;
}

/** Wilson's 95 % score interval of `part` in `whole`; null of nothing. */
export function wilson(part: number, whole: number): Interval | null {
  if (whole === 0) return null;
  const z = 1.959964;
  const share = part / whole;
  const base = 1 + z ** 2 / whole;
  const middle = (share + z ** 2 / (2 * whole)) / base;
  const half = (z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2))) / base;
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
