import type { StateFeature, StateRows } from "./process-state.ts";
import { type CellSplit, splitCells } from "./state-cells.ts";

/** Share of each next activity by code, the likeliest first; the long tail is cut off. */
export type NextShares = readonly { readonly code: number; readonly share: number }[];

export type NextStepLevel = {
  readonly feature: StateFeature | null;
  readonly cells: CellSplit;
  readonly shares: readonly NextShares[];
  readonly support: Int32Array;
};

export type NextStepTable = { readonly levels: readonly NextStepLevel[] };

const parentWeight = 5;
const kept = 8;

export function rootNextLevel(rows: StateRows): NextStepLevel {
  const everything = new Int32Array(rows.count);
  return count(splitCells(everything, everything), { feature: null, rows, above: null });
}

export const nextNextLevel = (
  above: NextStepLevel,
  { feature, rows }: { feature: StateFeature; rows: StateRows },
): NextStepLevel =>
  count(splitCells(above.cells.cellOf, rows.codes[feature]), { feature, rows, above });

function count(
  cells: CellSplit,
  {
    feature,
    rows,
    above,
  }: { feature: StateFeature | null; rows: StateRows; above: NextStepLevel | null },
): NextStepLevel {
  const support = new Int32Array(cells.size);
  const counts = Array.from({ length: cells.size }, () => new Map<number, number>());
  for (let row = 0; row < rows.count; row += 1) {
    const cell = cells.cellOf[row] ?? -1;
    const nexts = counts[cell];
    if (!nexts) continue;
    const code = rows.next[row] ?? 0;
    nexts.set(code, (nexts.get(code) ?? 0) + 1);
    support[cell] = (support[cell] ?? 0) + 1;
  }
  const shares = counts.map((nexts, cell) => {
    const size = support[cell] ?? 0;
    const parent = above?.shares[cells.parents[cell] ?? -1] ?? [];
    const weight = parent.length > 0 ? parentWeight : 0;
    const blended = new Map<number, number>();
    for (const [code, times] of nexts) blended.set(code, times / (size + weight));
    for (const { code, share } of parent)
      blended.set(code, (blended.get(code) ?? 0) + (weight * share) / (size + weight));
    return [...blended]
      .map(([code, share]) => ({ code, share }))
      .sort((a, b) => b.share - a.share || a.code - b.code)
      .slice(0, kept);
  });
  return { feature, cells, shares, support };
}

export type NextStepAnswer = {
  readonly shares: NextShares;
  readonly support: number;
  readonly key: readonly StateFeature[];
};

/** What happens next in a state, from the finest cell that was ever seen. */
export function askNextStep(
  table: NextStepTable,
  code: (feature: StateFeature) => number,
): NextStepAnswer | null {
  let answer = null as NextStepAnswer | null;
  let cell = 0;
  for (const level of table.levels) {
    if (level.feature !== null) cell = level.cells.child(cell, code(level.feature));
    const shares = level.shares[cell];
    if (!shares) break;
    answer = {
      shares,
      support: level.support[cell] ?? 0,
      key: level.feature === null ? [] : [...(answer?.key ?? []), level.feature],
    };
  }
  return answer;
}
