/** Rows grouped by what they were grouped by before and one feature more. */
export type CellSplit = {
  /** The cell of every row; -1 when it has none. */
  readonly cellOf: Int32Array;
  readonly parents: Int32Array;
  readonly size: number;
  /** -1 when no row had this value in that parent. */
  child(parent: number, code: number): number;
};

// Two numbers in one safe integer: a parent below 2^31 and a code below 2^22.
const codeLimit = 4_194_304;

/** Cells are numbered in the order of their first row. Rows without a parent stay without a cell. */
export function splitCells(parentOf: Int32Array, codes: Int32Array): CellSplit {
  const children = new Map<number, number>();
  const parents: number[] = [];
  const cellOf = new Int32Array(parentOf.length).fill(-1);
  for (let row = 0; row < parentOf.length; row += 1) {
    const parent = parentOf[row] ?? -1;
    if (parent < 0) continue;
    const key = parent * codeLimit + (codes[row] ?? 0);
    let cell = children.get(key);
    if (cell === undefined) {
      cell = parents.length;
      children.set(key, cell);
      parents.push(parent);
    }
    cellOf[row] = cell;
  }
  return {
    cellOf,
    parents: Int32Array.from(parents),
    size: parents.length,
    child: (parent, code) =>
      parent < 0 || code < 0 ? -1 : (children.get(parent * codeLimit + code) ?? -1),
  };
}
