import { createRandom, type Interval } from "../forecast/bootstrap.ts";
import { ratings } from "./read-rows.ts";

export type RatingScore = {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
};

/** Precision, recall and F1 of each rating, by index. */
export const ratingScores = (said: readonly number[], truth: readonly number[]): RatingScore[] =>
  ratings.map((_, own) => {
    let [right, found, real] = [0, 0, 0];
    for (const [index, label] of truth.entries()) {
      if (said[index] === own) found += 1;
      if (label === own) real += 1;
      if (label === own && said[index] === own) right += 1;
    }
    return {
      precision: right / Math.max(1, found),
      recall: right / Math.max(1, real),
      f1: (2 * right) / Math.max(1, found + real),
    };
  });

export const macroF1 = (said: readonly number[], truth: readonly number[]): number =>
  ratingScores(said, truth).reduce((sum, { f1 }) => sum + f1, 0) / ratings.length;

const rounds = 500;

/** 95 % of macro-F1 when whole projects are drawn again; the same input gives the same interval. */
export function macroF1Interval(
  said: readonly number[],
  truth: readonly number[],
  groups: readonly string[],
): Interval {
  const members = [...Map.groupBy(groups.keys(), (index) => groups[index]).values()];
  const random = createRandom(469);
  const values = Array.from({ length: rounds }, () => {
    const drawn = members.flatMap(() => members[Math.floor(random() * members.length)] ?? []);
    return macroF1(
      drawn.map((index) => said[index] ?? 0),
      drawn.map((index) => truth[index] ?? 0),
    );
  }).toSorted((one, other) => one - other);
  const at = (share: number) => values[Math.round(share * (rounds - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

export type Sure = { readonly confidence: number; readonly right: boolean };

/** Mean distance between confidence and being right, over ten bands of confidence. */
export function calibrationError(answers: readonly Sure[]): number {
  const bands = Map.groupBy(answers, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  return [...bands.values()].reduce((sum, band) => {
    const said = band.reduce((total, { confidence }) => total + confidence, 0);
    const right = band.filter((answer) => answer.right).length;
    return sum + Math.abs(said - right) / answers.length;
  }, 0);
}

/** Accuracy of the surest share of the answers. */
export function surest(
  answers: readonly Sure[],
  coverage: number,
): { accuracy: number; n: number } {
  const kept = answers
    .toSorted((one, other) => other.confidence - one.confidence)
    .slice(0, Math.round(coverage * answers.length));
  return { accuracy: kept.filter(({ right }) => right).length / kept.length, n: kept.length };
}
