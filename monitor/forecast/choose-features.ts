import { type NextStepLevel, nextNextLevel, rootNextLevel } from "./next-step-table.ts";
import { type StateFeature, type StateRows, stateFeatureNames } from "./process-state.ts";
import {
  cellQuantile,
  nextLevel,
  type QuantileLevel,
  type QuantileTarget,
  rootLevel,
} from "./quantile-table.ts";

/** Learn from `train`, judge on `judge`; every case of `judge` ended after every case of `train`. */
export type Fold = { readonly train: StateRows; readonly judge: StateRows };

const deepest = 5;
/** A further feature must lower the error by this share, or it stays out. */
const leastGain = 0.002;
/** What a next step that was never seen in a state costs at most. */
const leastShare = 0.001;

/**
 * The features that tell the states of this process best, most telling first, and the target:
 * those that lower the absolute error on later cases, added one at a time. Looks at nothing but
 * the folds.
 */
export function chooseQuantileFeatures(folds: readonly Fold[]): {
  readonly target: QuantileTarget;
  readonly features: readonly StateFeature[];
} {
  const [remaining, total] = (["remaining", "total"] as const).map((target) => ({
    target,
    ...search(
      folds.map((fold) => quantileStart(fold, target)),
      (front, feature) => quantileStep(front, { feature, target }),
    ),
  }));
  if (!remaining || !total) return { target: "remaining", features: [] };
  return total.error < remaining.error * (1 - leastGain) ? total : remaining;
}

/** The same for the next step: those that make what happened less surprising (logarithmic score). */
export const chooseNextStepFeatures = (folds: readonly Fold[]): readonly StateFeature[] =>
  search(folds.map(nextStart), nextStep).features;

type Judged = { readonly error: number };

function search<Front extends Judged>(
  start: readonly Front[],
  step: (front: Front, feature: StateFeature) => Front,
): { features: StateFeature[]; error: number } {
  const errorOf = (fronts: readonly Front[]) =>
    fronts.reduce((sum, { error }) => sum + error, 0) / Math.max(1, fronts.length);
  const features: StateFeature[] = [];
  let fronts = start;
  let error = errorOf(start);
  while (features.length < deepest) {
    let best: { feature: StateFeature; fronts: readonly Front[]; error: number } | null = null;
    for (const feature of stateFeatureNames) {
      if (features.includes(feature)) continue;
      const tried = fronts.map((front) => step(front, feature));
      const triedError = errorOf(tried);
      if (!best || triedError < best.error) best = { feature, fronts: tried, error: triedError };
    }
    if (!best || !(best.error < error * (1 - leastGain))) break;
    features.push(best.feature);
    fronts = best.fronts;
    error = best.error;
  }
  return { features, error };
}

type QuantileFront = Judged & {
  readonly fold: Fold;
  readonly level: QuantileLevel;
  readonly cellOf: Int32Array;
  readonly estimates: Float64Array;
};

function quantileStart(fold: Fold, target: QuantileTarget): QuantileFront {
  const level = rootLevel(fold.train, target);
  const cellOf = new Int32Array(fold.judge.count);
  const estimates = new Float64Array(fold.judge.count);
  return judgeQuantiles({ fold, level, cellOf, estimates, error: 0 }, { target, root: true });
}

function quantileStep(
  front: QuantileFront,
  { feature, target }: { feature: StateFeature; target: QuantileTarget },
): QuantileFront {
  const { fold } = front;
  const level = nextLevel(front.level, { feature, rows: fold.train, target });
  const codes = fold.judge.codes[feature];
  const cellOf = front.cellOf.map((parent, row) => level.cells.child(parent, codes[row] ?? -1));
  const moved = { fold, level, cellOf, estimates: front.estimates.slice(), error: 0 };
  return judgeQuantiles(moved, { target, root: false });
}

function judgeQuantiles(
  front: QuantileFront,
  { target, root }: { target: QuantileTarget; root: boolean },
): QuantileFront {
  const { judge } = front.fold;
  let error = 0;
  for (let row = 0; row < judge.count; row += 1) {
    const passed = target === "total" ? (judge.elapsedDays[row] ?? 0) : 0;
    const above = front.estimates[row] ?? 0;
    const found = cellQuantile(front.level.days[front.cellOf[row] ?? -1], {
      passed,
      level: 0.5,
      above: root ? null : above,
    });
    if (found) front.estimates[row] = found.days;
    else front.cellOf[row] = -1;
    error += Math.abs((judge.remainingDays[row] ?? 0) - (front.estimates[row] ?? 0));
  }
  return { ...front, error: error / Math.max(1, judge.count) };
}

type NextFront = Judged & {
  readonly fold: Fold;
  readonly level: NextStepLevel;
  readonly cellOf: Int32Array;
  readonly likelihoods: Float64Array;
};

function nextStart(fold: Fold): NextFront {
  const level = rootNextLevel(fold.train);
  const cellOf = new Int32Array(fold.judge.count);
  return judgeNext({
    fold,
    level,
    cellOf,
    likelihoods: new Float64Array(fold.judge.count),
    error: 0,
  });
}

function nextStep(front: NextFront, feature: StateFeature): NextFront {
  const { fold } = front;
  const level = nextNextLevel(front.level, { feature, rows: fold.train });
  const codes = fold.judge.codes[feature];
  const cellOf = front.cellOf.map((parent, row) => level.cells.child(parent, codes[row] ?? -1));
  return judgeNext({ fold, level, cellOf, likelihoods: front.likelihoods.slice(), error: 0 });
}

function judgeNext(front: NextFront): NextFront {
  const { judge } = front.fold;
  let surprise = 0;
  for (let row = 0; row < judge.count; row += 1) {
    const shares = front.level.shares[front.cellOf[row] ?? -1];
    const actual = judge.next[row];
    if (shares) front.likelihoods[row] = shares.find(({ code }) => code === actual)?.share ?? 0;
    surprise -= Math.log(Math.max(leastShare, front.likelihoods[row] ?? 0));
  }
  return { ...front, error: surprise / Math.max(1, judge.count) };
}
