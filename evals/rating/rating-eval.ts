import type { Interval } from "../forecast/bootstrap.ts";
import { wilson } from "../monitor/seed-table.ts";
import { foldOf, folds } from "./folds.ts";
import {
  calibrationError,
  macroF1,
  macroF1Interval,
  type RatingScore,
  ratingScores,
  type Sure,
  surest,
} from "./metrics.ts";
import { labelOf, type Model, type Predicted, trainRating, trainWords } from "./rating-model.ts";
import { type RatingRow, ratings } from "./read-rows.ts";

/** Macro-F1 of a plain linear model on masked narratives, measured on rows that are not here. */
export const published = 0.541;

export type ModelResult = {
  readonly model: string;
  readonly macroF1: number;
  /** 95 %, whole projects drawn again. */
  readonly interval: Interval;
  /** Of each fold; empty where one file trains and another is scored. */
  readonly perFold: readonly number[];
  readonly accuracy: number;
  readonly accuracyInterval: Interval | null;
  readonly calibrationError: number;
  readonly ratings: readonly (RatingScore & { readonly rating: string })[];
};

export type RatingResult = {
  readonly backend: "offline";
  readonly split: string;
  readonly n: number;
  readonly projects: number;
  readonly models: readonly ModelResult[];
  /** Of the full model: the surest share of its answers, and how often those are right. */
  readonly coverage: readonly {
    readonly coverage: number;
    readonly n: number;
    readonly accuracy: number;
    readonly interval: Interval | null;
  }[];
  /** What it says when it may stay silent below `atLeast`. */
  readonly abstaining: {
    readonly atLeast: number;
    readonly coverage: number;
    readonly accuracy: number | null;
    readonly macroF1: number | null;
  };
  readonly published: number;
  readonly pass: boolean;
  readonly seconds: number;
};

const leastSure = 0.6;

/** Trains and scores; folds are by project, so no project is on both sides. `test` null: cross-validation. */
export function evaluateRating(
  rows: readonly RatingRow[],
  test: readonly RatingRow[] | null,
  tell: (progress: string) => void,
): RatingResult {
  const begun = performance.now();
  const learners: readonly (readonly [string, (rows: readonly RatingRow[]) => Model])[] = [
    ["majority", trainMajority],
    ["weighted words, linear", trainWords],
    ["full", trainRating],
  ];
  const scored = test ?? rows;
  const fold = scored.map(({ project }) => (test ? 0 : foldOf(project)));
  const predictions = learners.map(() => new Map<RatingRow, Predicted>());
  for (let turn = 0; turn < (test ? 1 : folds); turn += 1) {
    const training = test ? rows : rows.filter((_, index) => fold[index] !== turn);
    const given = scored.filter((_, index) => fold[index] === turn);
    if (training.length === 0 || given.length === 0) continue;
    for (const [index, [name, train]] of learners.entries()) {
      const from = performance.now();
      const predicted = train(training)(given);
      for (const [at, row] of given.entries()) {
        const own = predicted[at];
        if (own) predictions[index]?.set(row, own);
      }
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      tell(`${test ? "train and test" : `fold ${turn + 1} of ${folds}`}: ${name}, ${seconds} s`);
    }
  }
  const truth = scored.map(labelOf);
  const groups = scored.map(({ project }) => project);
  const models = learners.map(([model], index) => {
    const found = scored.map((row) => predictions[index]?.get(row));
    const said = found.map((one) => one?.rating ?? -1);
    const right = said.filter((rating, at) => rating === truth[at]).length;
    const inFold = (turn: number) => scored.flatMap((_, at) => (fold[at] === turn ? [at] : []));
    return {
      model,
      macroF1: macroF1(said, truth),
      interval: macroF1Interval(said, truth, groups),
      perFold: test
        ? []
        : Array.from({ length: folds }, (_, turn) => inFold(turn))
            .filter((members) => members.length > 0)
            .map((members) =>
              macroF1(
                members.map((at) => said[at] ?? -1),
                members.map((at) => truth[at] ?? -1),
              ),
            ),
      accuracy: right / scored.length,
      accuracyInterval: wilson(right, scored.length),
      calibrationError: calibrationError(sureness(found, truth)),
      ratings: ratingScores(said, truth).map((score, own) => ({
        rating: ratings[own] ?? "",
        ...score,
      })),
    };
  });
  const full = scored.map((row) => predictions[2]?.get(row));
  const sure = sureness(full, truth);
  const spoken = sure.flatMap(({ confidence }, at) => (confidence >= leastSure ? [at] : []));
  const score = models[2]?.macroF1 ?? 0;
  return {
    backend: "offline",
    split: test ? "one file trains, another is scored" : `${folds} folds grouped by project`,
    n: scored.length,
    projects: new Set(groups).size,
    models,
    coverage: [1, 0.8, 0.6, 0.4, 0.2].map((coverage) => {
      const { accuracy, n } = surest(sure, coverage);
      return { coverage, n, accuracy, interval: wilson(Math.round(accuracy * n), n) };
    }),
    abstaining: {
      atLeast: leastSure,
      coverage: spoken.length / scored.length,
      accuracy:
        spoken.length === 0 ? null : spoken.filter((at) => sure[at]?.right).length / spoken.length,
      macroF1:
        spoken.length === 0
          ? null
          : macroF1(
              spoken.map((at) => full[at]?.rating ?? -1),
              spoken.map((at) => truth[at] ?? -1),
            ),
    },
    published,
    pass: score > published,
    seconds: (performance.now() - begun) / 1000,
  };
}

const sureness = (found: readonly (Predicted | undefined)[], truth: readonly number[]): Sure[] =>
  found.map((one, at) => ({
    confidence: one?.confidence ?? 0,
    right: one?.rating === truth[at],
  }));

/** Always what is commonest, as sure as it is common. */
function trainMajority(rows: readonly RatingRow[]): Model {
  const shares = ratings.map(
    (rating) => rows.filter(({ rating3 }) => rating3 === rating).length / rows.length,
  );
  const rating = shares.indexOf(Math.max(...shares));
  return (given) => given.map(() => ({ rating, confidence: shares[rating] ?? 0 }));
}
