import { fullLikeness, wordLikeness } from "./likeness.ts";
import { trainLogistic } from "./logistic.ts";
import { macroF1 } from "./metrics.ts";
import { fineRatings, type RatingRow, ratings } from "./read-rows.ts";
import { trainRidge } from "./ridge.ts";

export type Predicted = {
  /** Index into `ratings`. */
  readonly rating: number;
  /** How likely it is right, as learned from projects that the scores had not seen. */
  readonly confidence: number;
};
export type Model = (rows: readonly RatingRow[]) => Predicted[];

export const labelOf = ({ rating3 }: RatingRow): number => ratings.indexOf(rating3);

/** One number to a rating, and where it stands on the five-point scale. */
const targetsOf = (row: RatingRow): number[] => [
  ...ratings.map((rating) => (rating === row.rating3 ? 1 : 0)),
  fineRatings.indexOf(row.rating5 ?? row.rating3) / 2 - 1,
];

/** 0: every row counts the same; 1: every rating counts the same. */
const balance = 0.8;

function rowWeights(rows: readonly RatingRow[]): number[] {
  const counts = Map.groupBy(rows, ({ rating3 }) => rating3);
  return rows.map(
    ({ rating3 }) => (rows.length / (3 * (counts.get(rating3)?.length ?? 1))) ** balance,
  );
}

/** The plain linear model over weighted words and pairs of words: what there is to beat. */
export function trainWords(rows: readonly RatingRow[]): Model {
  const likeness = wordLikeness(rows);
  const { scores } = trainRidge({ ...training(rows, likeness(rows, rows)), ridge: 1 });
  return (given) =>
    scores(likeness(given, rows)).map((row) => {
      const own = row.slice(0, ratings.length).map((score) => Math.max(0.001, score));
      const sum = own.reduce((total, value) => total + value, 0);
      return { rating: highest(own), confidence: Math.max(...own) / sum };
    });
}

/**
 * Ridge regression over all likenesses; then, from what it says of projects it did not see, probabilities and the
 * shift between the ratings that serves macro-F1. A project's earlier narratives are read too, never its ratings.
 */
export function trainRating(rows: readonly RatingRow[]): Model {
  const likeness = fullLikeness(rows);
  const { leftOut, scores } = trainRidge({ ...training(rows, likeness(rows, rows)), ridge: 2.5 });
  const inputs = withPast(rows, leftOut);
  const labels = rows.map(labelOf);
  const calibrated = trainLogistic({ inputs, labels, classes: ratings.length, ridge: 0.01 });
  const known = inputs.map(calibrated);
  const shift = shiftFor(known, labels);
  const sure = learnSureness(known, shift, labels);
  return (given) =>
    withPast(given, scores(likeness(given, rows))).map((input) => {
      const probabilities = calibrated(input);
      const rating = shifted(probabilities, shift);
      return { rating, confidence: sure(probabilities, rating) };
    });
}

/** How often the shifted choice is right, given how likely it seemed and how far ahead of the next it was. */
function learnSureness(
  known: readonly (readonly number[])[],
  shift: readonly number[],
  labels: readonly number[],
): (probabilities: readonly number[], rating: number) => number {
  const inputOf = (probabilities: readonly number[], rating: number): number[] => {
    const own = probabilities[rating] ?? 0;
    const others = Math.max(...probabilities.filter((_, index) => index !== rating));
    return [Math.log(own / (1 - own)), Math.log(own / others)];
  };
  const chosen = known.map((probabilities) => shifted(probabilities, shift));
  const right = trainLogistic({
    inputs: known.map((probabilities, row) => inputOf(probabilities, chosen[row] ?? 0)),
    labels: chosen.map((rating, row) => (rating === labels[row] ? 1 : 0)),
    classes: 2,
    ridge: 0.01,
  });
  return (probabilities, rating) => right(inputOf(probabilities, rating))[1] ?? 0;
}

const training = (rows: readonly RatingRow[], likeness: Float64Array) => ({
  likeness,
  targets: rows.map(targetsOf),
  groups: rows.map(({ project }) => project),
  weights: rowWeights(rows),
});

/** A row's scores, and the mean scores of the same project's earlier years among these rows; its own without any. */
function withPast(rows: readonly RatingRow[], scores: readonly (readonly number[])[]): number[][] {
  const byProject = Map.groupBy(rows.keys(), (index) => rows[index]?.project);
  return rows.map((row, index) => {
    const own = scores[index] ?? [];
    const past = (byProject.get(row.project) ?? [])
      .filter((other) => (rows[other]?.year ?? row.year) < row.year)
      .toSorted((one, other) => (rows[other]?.year ?? 0) - (rows[one]?.year ?? 0))
      .slice(0, 2);
    const before = own.map((score, kind) =>
      past.length === 0
        ? score
        : past.reduce((sum, other) => sum + (scores[other]?.[kind] ?? 0), 0) / past.length,
    );
    return [...own, ...before, past.length === 0 ? 0 : 1];
  });
}

const steps = Array.from({ length: 15 }, (_, step) => (step - 7) * 0.1);

/** What to add to the log odds of red and of green, by search. */
function shiftFor(
  probabilities: readonly (readonly number[])[],
  labels: readonly number[],
): readonly number[] {
  let best: { value: number; shift: readonly number[] } = { value: -1, shift: [0, 0, 0] };
  for (const red of steps)
    for (const green of steps) {
      const shift = [red, 0, green];
      const value =
        macroF1(
          probabilities.map((row) => shifted(row, shift)),
          labels,
        ) -
        0.002 * (Math.abs(red) + Math.abs(green));
      if (value > best.value) best = { value, shift };
    }
  return best.shift;
}

const shifted = (probabilities: readonly number[], shift: readonly number[]): number =>
  highest(probabilities.map((value, index) => Math.log(value) + (shift[index] ?? 0)));

const highest = (values: readonly number[]): number => values.indexOf(Math.max(...values));
