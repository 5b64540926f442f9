import type { RatingRow } from "./read-rows.ts";
import { learnNumbers } from "./row-numbers.ts";
import { letterRuns, plain, wordRuns } from "./tokens.ts";
import { learnVectors, products, type Vector } from "./vectors.ts";

/** How alike every left row is to every right one, row-major. */
type Likeness = (left: readonly RatingRow[], right: readonly RatingRow[]) => Float64Array;

const status = (row: RatingRow) => plain(row.status_narrative_masked);
const otherNarratives = (row: RatingRow): string[] => [
  ...wordRuns(plain(row.schedule_narrative), 2),
  ...wordRuns(plain(row.budget_narrative), 2, "budget"),
  ...wordRuns(plain(row.variance_narrative), 2, "variance"),
];

/** Words of the status narrative alone: what a plain linear model of weighted words sees. */
export const wordLikeness = (training: readonly RatingRow[]): Likeness =>
  tokenLikeness(training, (row) => wordRuns(status(row), 2), 2);

/** Status narrative by words and letters, the other narratives, the numbers, and whose programme it is. */
export function fullLikeness(training: readonly RatingRow[]): Likeness {
  const parts: readonly (readonly [weight: number, likeness: Likeness])[] = [
    [1, tokenLikeness(training, (row) => wordRuns(status(row), 3), 2)],
    [1, tokenLikeness(training, (row) => letterRuns(status(row), 4, 5), 4)],
    [0.75, tokenLikeness(training, otherNarratives, 2)],
    [0.75, numberLikeness(training)],
    [0.3, settingLikeness],
  ];
  return (left, right) => {
    const sum = new Float64Array(left.length * right.length);
    for (const [weight, likeness] of parts)
      for (const [index, value] of likeness(left, right).entries())
        sum[index] = (sum[index] ?? 0) + weight * value;
    return sum;
  };
}

function tokenLikeness(
  training: readonly RatingRow[],
  tokens: (row: RatingRow) => readonly string[],
  least: number,
): Likeness {
  const { width, vector } = learnVectors(training.map(tokens), least);
  const known = new Map<RatingRow, Vector>();
  const of = (row: RatingRow): Vector => {
    const found = known.get(row) ?? vector(tokens(row));
    known.set(row, found);
    return found;
  };
  return (left, right) => products(left.map(of), right.map(of), width);
}

/** Near 1 where the numbers are alike, falling with their squared distance. */
function numberLikeness(training: readonly RatingRow[]): Likeness {
  const { width, numbers } = learnNumbers(training);
  return (left, right) => {
    const beside = right.map(numbers);
    return pairwise(left.map(numbers), beside, (one, other) => {
      let distance = 0;
      for (let column = 0; column < width; column += 1)
        distance += ((one[column] ?? 0) - (other[column] ?? 0)) ** 2;
      return Math.exp(-distance / (4 * width));
    });
  };
}

const settingLikeness: Likeness = (left, right) =>
  pairwise(
    left,
    right,
    (one, other) =>
      (one.category === other.category ? 0.3 : 0) +
      (departmentOf(one) === departmentOf(other) ? 0.3 : 0) +
      0.4 * Math.exp(-Math.abs(one.year - other.year) / 2),
  );

/** Departments are renamed and written in several ways; their first letters stay. */
const departmentOf = ({ department }: RatingRow): string =>
  (department ?? "").toUpperCase().slice(0, 4);

function pairwise<T>(
  left: readonly T[],
  right: readonly T[],
  value: (one: T, other: T) => number,
): Float64Array {
  const result = new Float64Array(left.length * right.length);
  for (const [row, one] of left.entries())
    for (const [column, other] of right.entries())
      result[row * right.length + column] = value(one, other);
  return result;
}
