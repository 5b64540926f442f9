import type { StateFeature, StateRows } from "./process-state.ts";
import { countUpTo, quantileFrom } from "./sorted-values.ts";
import { type CellSplit, splitCells } from "./state-cells.ts";

/**
 * What the cells hold. `remaining`: days from a step to the end. `total`: days from start to end,
 * of which what has passed is taken off; right for processes that close after a fixed time.
 */
export type QuantileTarget = "remaining" | "total";

/** One more feature: for every cell its days, ascending. */
export type QuantileLevel = {
  readonly feature: StateFeature | null;
  readonly cells: CellSplit;
  readonly days: readonly Float64Array[];
};

/** Levels from everything down to the finest cell; each cell leans on the one above it. */
export type QuantileTable = {
  readonly target: QuantileTarget;
  readonly levels: readonly QuantileLevel[];
};

/** A cell speaks as soon as it has this many cases behind it … */
export const speakingSupport = 20;
/** … and its parent counts as this many. Both from back-tests; larger values change little. */
const parentWeight = 20;

/** The root: all rows in one cell. */
export function rootLevel(rows: StateRows, target: QuantileTarget): QuantileLevel {
  const everything = new Int32Array(rows.count);
  return fillCells(splitCells(everything, everything), { feature: null, rows, target });
}

export const nextLevel = (
  above: QuantileLevel,
  { feature, rows, target }: { feature: StateFeature; rows: StateRows; target: QuantileTarget },
): QuantileLevel =>
  fillCells(splitCells(above.cells.cellOf, rows.codes[feature]), { feature, rows, target });

function fillCells(
  cells: CellSplit,
  {
    feature,
    rows,
    target,
  }: { feature: StateFeature | null; rows: StateRows; target: QuantileTarget },
): QuantileLevel {
  const sizes = new Int32Array(cells.size);
  for (const cell of cells.cellOf) if (cell >= 0) sizes[cell] = (sizes[cell] ?? 0) + 1;
  const days = Array.from(sizes, (size) => new Float64Array(size));
  for (let row = 0; row < rows.count; row += 1) {
    const cell = cells.cellOf[row] ?? -1;
    const values = days[cell];
    if (!values) continue;
    const left = (sizes[cell] ?? 1) - 1;
    sizes[cell] = left;
    const elapsed = target === "total" ? (rows.elapsedDays[row] ?? 0) : 0;
    values[left] = elapsed + (rows.remainingDays[row] ?? 0);
  }
  for (const values of days) values.sort();
  return { feature, cells, days };
}

/** The quantile a cell adds to its parent's, and how many cases speak; null when too few do. */
export function cellQuantile(
  days: Float64Array | undefined,
  { passed, level, above }: { passed: number; level: number; above: number | null },
): { days: number; support: number } | null {
  if (!days) return null;
  const from = passed > 0 ? countUpTo(days, passed) : 0;
  const support = days.length - from;
  if (support < (above === null ? 1 : speakingSupport)) return null;
  const own = quantileFrom(days, from, level) - passed;
  if (above === null) return { days: own, support };
  return { days: (support * own + parentWeight * above) / (support + parentWeight), support };
}

export type QuantileQuestion = {
  /** The code of a feature's value in this state; -1 when it was never seen. */
  readonly code: (feature: StateFeature) => number;
  readonly elapsedDays: number;
  /** Days since the last step during which nothing happened. */
  readonly waitedDays: number;
};

export type QuantileAnswer = {
  readonly days: readonly number[];
  /** Ended cases' prefixes in the finest cell that speaks. */
  readonly support: number;
  readonly key: readonly StateFeature[];
};

/** Quantiles of the days remaining, one per level. null when the table has nothing to say. */
export function askQuantiles(
  table: QuantileTable,
  question: QuantileQuestion,
  levels: readonly number[],
): QuantileAnswer | null {
  const passed = question.waitedDays + (table.target === "total" ? question.elapsedDays : 0);
  let answer = null as QuantileAnswer | null;
  let cell = 0;
  for (const level of table.levels) {
    if (level.feature !== null) cell = level.cells.child(cell, question.code(level.feature));
    const found = levels.map((share, index) =>
      cellQuantile(level.days[cell], { passed, level: share, above: answer?.days[index] ?? null }),
    );
    const [first] = found;
    if (!first) break;
    answer = {
      days: found.map((quantile) => quantile?.days ?? 0),
      support: first.support,
      key: level.feature === null ? [] : [...(answer?.key ?? []), level.feature],
    };
  }
  return answer;
}
