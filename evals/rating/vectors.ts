/** A row of a sparse matrix: columns in rising order, and the value in each. */
export type Vector = { readonly columns: Int32Array; readonly values: Float64Array };

/**
 * Learns which tokens are kept (in `least` documents or more) and how rare each is; then turns a document into a
 * vector of length one. Counts are dampened by their logarithm.
 */
export function learnVectors(
  documents: readonly (readonly string[])[],
  least: number,
): { readonly width: number; readonly vector: (document: readonly string[]) => Vector } {
  const seenIn = new Map<string, number>();
  for (const document of documents)
    for (const token of new Set(document)) seenIn.set(token, (seenIn.get(token) ?? 0) + 1);
  const kept = [...seenIn].filter(([, count]) => count >= least);
  const columns = new Map(kept.map(([token], column) => [token, column]));
  const rarity = kept.map(([, count]) => Math.log((1 + documents.length) / (1 + count)) + 1);
  return {
    width: kept.length,
    vector: (document) => {
      const counts = new Map<number, number>();
      for (const token of document) {
        const column = columns.get(token);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
      const cells = [...counts].toSorted(([one], [other]) => one - other);
      const values = Float64Array.from(
        cells,
        ([column, count]) => (1 + Math.log(count)) * (rarity[column] ?? 0),
      );
      const length = Math.hypot(...values) || 1;
      return {
        columns: Int32Array.from(cells, ([column]) => column),
        values: values.map((value) => value / length),
      };
    },
  };
}

/** Inner products of every left vector with every right one; row-major, one row to a left vector. */
export function products(
  left: readonly Vector[],
  right: readonly Vector[],
  width: number,
): Float64Array {
  const counts = new Int32Array(width + 1);
  for (const { columns } of right)
    for (const column of columns) counts[column + 1] = (counts[column + 1] ?? 0) + 1;
  for (let column = 0; column < width; column += 1)
    counts[column + 1] = (counts[column + 1] ?? 0) + (counts[column] ?? 0);
  const next = counts.slice();
  const holders = new Int32Array(counts[width] ?? 0);
  const held = new Float64Array(holders.length);
  for (const [row, { columns, values }] of right.entries())
    for (const [cell, column] of columns.entries()) {
      const at = next[column] ?? 0;
      holders[at] = row;
      held[at] = values[cell] ?? 0;
      next[column] = at + 1;
    }
  const result = new Float64Array(left.length * right.length);
  for (const [row, { columns, values }] of left.entries()) {
    const own = result.subarray(row * right.length, (row + 1) * right.length);
    for (const [cell, column] of columns.entries()) {
      const value = values[cell] ?? 0;
      for (let at = counts[column] ?? 0; at < (counts[column + 1] ?? 0); at += 1) {
        const holder = holders[at] ?? 0;
        own[holder] = (own[holder] ?? 0) + value * (held[at] ?? 0);
      }
    }
  }
  return result;
}
