/** What a ridge regression over likenesses learned. */
export type Ridge = {
  /** Scores of each training row and target by a model that never saw the row's project. */
  readonly leftOut: readonly (readonly number[])[];
  /** Scores of other rows, given their likeness to each training row, row-major. */
  readonly scores: (likeness: Float64Array) => number[][];
};

type Training = {
  /** Likeness of each training row to each: symmetric, row-major. */
  readonly likeness: Float64Array;
  /** One number to a target, for each row. */
  readonly targets: readonly (readonly number[])[];
  /** Rows of one group are left out together. */
  readonly groups: readonly string[];
  /** How much each row counts. */
  readonly weights: readonly number[];
  readonly ridge: number;
};

/**
 * Kernel ridge regression of several targets at once. What it would have said of a project it had not seen comes
 * from the same inverse: for the rows B of a group, the residual without them is (G⁻¹)_BB⁻¹ (G⁻¹y)_B.
 */
export function trainRidge({ likeness, targets, groups, weights, ridge }: Training): Ridge {
  const size = targets.length;
  const kinds = targets[0]?.length ?? 0;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = Array.from({ length: kinds }, (_, kind) =>
    targets.reduce(
      (sum, row, index) => sum + ((row[kind] ?? 0) * (weights[index] ?? 0)) / total,
      0,
    ),
  );
  const inverse = likeness.slice();
  for (let row = 0; row < size; row += 1)
    inverse[row * size + row] = (inverse[row * size + row] ?? 0) + ridge / (weights[row] ?? 1);
  invert(inverse, size);
  const centred = targets.map((row) => row.map((value, kind) => value - (means[kind] ?? 0)));
  const shares = centred.map((_, row) =>
    means.map((_mean, kind) => {
      let sum = 0;
      for (let other = 0; other < size; other += 1)
        sum += (inverse[row * size + other] ?? 0) * (centred[other]?.[kind] ?? 0);
      return sum;
    }),
  );
  const leftOut: number[][] = targets.map(() => []);
  for (const members of Map.groupBy(groups.keys(), (row) => groups[row]).values()) {
    const block = new Float64Array(members.length ** 2);
    for (const [at, row] of members.entries())
      for (const [beside, other] of members.entries())
        block[at * members.length + beside] = inverse[row * size + other] ?? 0;
    invert(block, members.length);
    for (const [at, row] of members.entries())
      leftOut[row] = means.map((_, kind) => {
        const residual = members.reduce(
          (sum, other, beside) =>
            sum + (block[at * members.length + beside] ?? 0) * (shares[other]?.[kind] ?? 0),
          0,
        );
        return (targets[row]?.[kind] ?? 0) - residual;
      });
  }
  return {
    leftOut,
    scores: (given) =>
      Array.from({ length: given.length / size }, (_, row) =>
        means.map((mean, kind) => {
          let sum = mean;
          for (let other = 0; other < size; other += 1)
            sum += (given[row * size + other] ?? 0) * (shares[other]?.[kind] ?? 0);
          return sum;
        }),
      ),
  };
}

/** Inverts a symmetric positive definite matrix in place, by Cholesky's factors. */
export function invert(matrix: Float64Array, size: number): void {
  // Lower factor L, in the lower half.
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * size + column] ?? 0;
      for (let inner = 0; inner < column; inner += 1)
        sum -= (matrix[row * size + inner] ?? 0) * (matrix[column * size + inner] ?? 0);
      if (row === column && sum <= 0) throw new RangeError("The matrix is not positive definite.");
      matrix[row * size + column] =
        row === column ? Math.sqrt(sum) : sum / (matrix[column * size + column] ?? 1);
    }
  // Columns of L⁻¹, kept as rows so that the products below run along memory.
  const rows = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    const base = column * size;
    rows[base + column] = 1 / (matrix[base + column] ?? 1);
    for (let row = column + 1; row < size; row += 1) {
      let sum = 0;
      for (let inner = column; inner < row; inner += 1)
        sum -= (matrix[row * size + inner] ?? 0) * (rows[base + inner] ?? 0);
      rows[base + row] = sum / (matrix[row * size + row] ?? 1);
    }
  }
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = 0;
      for (let inner = row; inner < size; inner += 1)
        sum += (rows[row * size + inner] ?? 0) * (rows[column * size + inner] ?? 0);
      matrix[row * size + column] = sum;
      matrix[column * size + row] = sum;
    }
}
