import { textTable } from "../text-table.ts";
import type { RatingResult } from "./rating-eval.ts";

/** The result for people. */
export function ratingText(result: RatingResult): string {
  const { split, n, projects, models, coverage, abstaining, published, pass, seconds } = result;
  return [
    `Rating, back end offline, masked narratives: ${n} project-years of ${projects} projects; ${split}`,
    textTable([
      ["model", "macro-F1", "95 %", "folds", "accuracy", "95 %", "calibration error"],
      ...models.map((one) => [
        one.model,
        figure(one.macroF1),
        range(one.interval),
        one.perFold.map((value) => value.toFixed(2)).join(" ") || "–",
        figure(one.accuracy),
        range(one.accuracyInterval),
        figure(one.calibrationError),
      ]),
    ]),
    "By rating",
    textTable([
      ["model", "rating", "precision", "recall", "F1"],
      ...models.flatMap(({ model, ratings }) =>
        ratings.map(({ rating, precision, recall, f1 }) => [
          model,
          rating,
          figure(precision),
          figure(recall),
          figure(f1),
        ]),
      ),
    ]),
    "The full model where it may stay silent: its surest answers",
    textTable([
      ["share answered", "n", "accuracy", "95 %"],
      ...coverage.map((one) => [
        `${Math.round(100 * one.coverage)} %`,
        String(one.n),
        figure(one.accuracy),
        range(one.interval),
      ]),
    ]),
    `Silent below ${abstaining.atLeast}: it answers ${Math.round(100 * abstaining.coverage)} %, with accuracy ${figure(abstaining.accuracy)} and macro-F1 ${figure(abstaining.macroF1)}.`,
    `${pass ? "Above" : "NOT above"} ${published}, what a plain linear model of words reached on other rows. ${seconds.toFixed(0)} s.`,
    "Noisy self-assessments of government programmes: this says that the text tells something, not how a services firm would be rated.",
  ].join("\n\n");
}

const figure = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
const range = (interval: readonly [number, number] | null): string =>
  interval === null ? "–" : interval.map(figure).join(" … ");
