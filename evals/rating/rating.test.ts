import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../forecast/bootstrap.ts";
import { foldOf, folds } from "./folds.ts";
import { trainLogistic } from "./logistic.ts";
import { calibrationError, macroF1, surest } from "./metrics.ts";
import { evaluateRating } from "./rating-eval.ts";
import { ratingText } from "./rating-text.ts";
import { RatingRow, ratings } from "./read-rows.ts";
import { invert, trainRidge } from "./ridge.ts";
import { letterRuns, plain, wordRuns } from "./tokens.ts";
import { learnVectors, products } from "./vectors.ts";

describe("words", () => {
  test.each([
    ["remains at [RATING]/[RATING] overall", "remains at  colour  overall"],
    ["an Amber rating", " colour  rating"],
    ["a [RATING] status in 2019/20 of 3.5m", " colour  status in  year  of  number m"],
    ["Greenwich hundred", "greenwich hundred"],
  ])("%j keeps no colour and no article that gives it away", (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  test("runs of words and letters", () => {
    expect(wordRuns("on track now", 2)).toEqual([
      " on",
      " on track",
      " track",
      " track now",
      " now",
    ]);
    expect(letterRuns("ab", 3, 4)).toEqual([" ab", "ab ", " ab "]);
  });

  test("a vector has length one, and products are inner products", () => {
    const documents = [["a", "b"], ["a", "c"], ["b", "c", "c"], ["unseen"]];
    const { width, vector } = learnVectors(documents, 2);
    expect(width).toBe(3);
    const all = products(documents.map(vector), documents.map(vector), width);
    expect([0, 5, 10, 15].map((at) => all[at]?.toFixed(9))).toEqual([
      "1.000000000",
      "1.000000000",
      "1.000000000",
      "0.000000000",
    ]);
    expect(all[1]).toBeCloseTo(all[4] ?? -1, 12);
  });
});

describe("ridge regression over likenesses", () => {
  const random = createRandom(7);
  const points = Array.from({ length: 14 }, () => [random(), random(), random()]);
  const likenessOf = (left: readonly number[][], right: readonly number[][]) =>
    Float64Array.from(
      left.flatMap((one) =>
        right.map((other) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)),
      ),
    );

  test("a matrix times its inverse is one", () => {
    const size = 4;
    const matrix = likenessOf(points.slice(0, size), points.slice(0, size));
    for (let at = 0; at < size; at += 1)
      matrix[at * size + at] = (matrix[at * size + at] ?? 0) + 0.5;
    const inverse = matrix.slice();
    invert(inverse, size);
    for (let row = 0; row < size; row += 1)
      for (let column = 0; column < size; column += 1) {
        let sum = 0;
        for (let at = 0; at < size; at += 1)
          sum += (matrix[row * size + at] ?? 0) * (inverse[at * size + column] ?? 0);
        expect(sum).toBeCloseTo(row === column ? 1 : 0, 9);
      }
  });

  test("what is left out is what a model says that was trained without the group", () => {
    // Targets with mean 0 in and out, so that the mean does not depend on who is left out.
    const targets = points.map((_, row) => [row % 2 === 0 ? 1 : -1]);
    const groups = points.map((_, row) => `g${Math.floor(row / 2)}`);
    const weights = points.map(() => 1);
    const whole = trainRidge({
      likeness: likenessOf(points, points),
      targets,
      groups,
      weights,
      ridge: 0.3,
    });
    const kept = points.slice(2);
    const part = trainRidge({
      likeness: likenessOf(kept, kept),
      targets: targets.slice(2),
      groups: groups.slice(2),
      weights: weights.slice(2),
      ridge: 0.3,
    });
    const without = part.scores(likenessOf(points.slice(0, 2), kept));
    expect(whole.leftOut[0]?.[0]).toBeCloseTo(without[0]?.[0] ?? Number.NaN, 9);
    expect(whole.leftOut[1]?.[0]).toBeCloseTo(without[1]?.[0] ?? Number.NaN, 9);
  });
});

describe("logistic regression", () => {
  test("gives the share of a class where the inputs say nothing", () => {
    const model = trainLogistic({
      inputs: [[0], [0], [0], [0]],
      labels: [0, 1, 1, 1],
      classes: 2,
      ridge: 0.01,
    });
    expect(model([0])[1]).toBeCloseTo(0.75, 2);
  });
  test("is sure where the inputs tell", () => {
    const model = trainLogistic({
      inputs: [[-1], [-1], [1], [1]],
      labels: [0, 0, 1, 1],
      classes: 2,
      ridge: 0.001,
    });
    expect(model([1])[1]).toBeGreaterThan(0.95);
  });
});

describe("scores", () => {
  test("macro-F1 is 1 for the truth and a third of an F1 for one class", () => {
    expect(macroF1([0, 1, 2], [0, 1, 2])).toBe(1);
    expect(macroF1([1, 1, 1], [0, 1, 2])).toBeCloseTo(0.5 / 3, 12);
  });
  test("calibration error is the distance between sureness and being right", () => {
    const answers = [true, true, true, false].map((right) => ({ confidence: 0.75, right }));
    expect(calibrationError(answers)).toBeCloseTo(0, 12);
    expect(calibrationError(answers.map(({ right }) => ({ confidence: 0.95, right })))).toBeCloseTo(
      0.2,
      12,
    );
  });
  test("the surest answers come first", () => {
    const answers = [
      { confidence: 0.4, right: false },
      { confidence: 0.9, right: true },
    ];
    expect(surest(answers, 0.5)).toEqual({ accuracy: 1, n: 1 });
  });
  test("a fold depends on the project's name alone", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(foldOf(name)).toBe(foldOf(name));
        expect(foldOf(name)).toBeLessThan(folds);
      }),
    );
  });
});

describe("rating projects", () => {
  const say = {
    Red: "serious delay, funding gap and unachievable plan",
    Amber: "some risk, mitigation under way on suppliers",
    Green: "on track, delivered, completed within budget",
  };
  const rows = Array.from({ length: 60 }, (_, index) => {
    const rating3 = ratings[index % 3] ?? "Red";
    return RatingRow.parse({
      project: `P${Math.floor(index / 2)}`,
      year: 2015 + (index % 5),
      rating3,
      status_narrative_masked: `The project is [RATING]. ${say[rating3]}, item ${index}.`,
    });
  });

  test("learns what words tell, twice the same, and beats always saying the commonest", () => {
    const result = evaluateRating(rows, null, () => {});
    const again = evaluateRating(rows, null, () => {});
    expect({ ...again, seconds: 0 }).toEqual({ ...result, seconds: 0 });
    const [majority, , full] = result.models;
    expect(full?.macroF1).toBeGreaterThan(0.9);
    expect(majority?.macroF1).toBeLessThan(0.4);
    expect(result.pass).toBe(true);
    expect(ratingText(result)).toContain("Above 0.541");
  });

  test("one file trains and another is scored", () => {
    const result = evaluateRating(rows.slice(0, 40), rows.slice(40), () => {});
    expect(result).toMatchObject({ n: 20, split: "one file trains, another is scored" });
  });
});
