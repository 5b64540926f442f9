import { minimize } from "./minimize.ts";

type Training = {
  readonly inputs: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes: number;
  /** How strongly weights are held near zero. */
  readonly ridge: number;
};

/** Multinomial logistic regression of a few inputs. Gives the probability of each class. */
export function trainLogistic({ inputs, labels, classes, ridge }: Training) {
  const width = (inputs[0]?.length ?? 0) + 1;
  const weights = new Float64Array(width * classes);
  const probabilities = (input: readonly number[], at: Float64Array): number[] => {
    const scores = Array.from({ length: classes }, (_, own) => {
      let sum = at[own * width + width - 1] ?? 0;
      for (const [column, value] of input.entries()) sum += value * (at[own * width + column] ?? 0);
      return sum;
    });
    const highest = Math.max(...scores);
    const raised = scores.map((score) => Math.exp(score - highest));
    const sum = raised.reduce((total, value) => total + value, 0);
    return raised.map((value) => value / sum);
  };
  minimize(weights, (at, gradient) => {
    let loss = 0;
    for (const [index, weight] of at.entries()) {
      const held = index % width === width - 1 ? 0 : ridge;
      gradient[index] = held * weight;
      loss += 0.5 * held * weight * weight;
    }
    for (const [row, input] of inputs.entries()) {
      const found = probabilities(input, at);
      loss -= Math.log(Math.max(1e-300, found[labels[row] ?? 0] ?? 0)) / inputs.length;
      for (let own = 0; own < classes; own += 1) {
        const error = ((found[own] ?? 0) - (labels[row] === own ? 1 : 0)) / inputs.length;
        for (const [column, value] of [...input, 1].entries())
          gradient[own * width + column] = (gradient[own * width + column] ?? 0) + error * value;
      }
    }
    return loss;
  });
  return (input: readonly number[]): number[] => probabilities(input, weights);
}
