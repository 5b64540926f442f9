/** The value at a point; writes the gradient there into its second argument. */
type Loss = (at: Float64Array, gradient: Float64Array) => number;

const memory = 8;
const steps = 60;

/** Limited-memory BFGS with backtracking, in place. Stops when a step gains next to nothing. */
export function minimize(at: Float64Array, loss: Loss): void {
  const size = at.length;
  const past: { move: Float64Array; turn: Float64Array; curvature: number }[] = [];
  let gradient = new Float64Array(size);
  let value = loss(at, gradient);
  for (let step = 0; step < steps; step += 1) {
    const direction = directionOf(gradient, past);
    const slope = dot(direction, gradient);
    if (slope > -1e-12) return;
    let length = step === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    const here = at.slice();
    const newGradient = new Float64Array(size);
    let newValue = value;
    for (let tries = 0; tries < 20; tries += 1, length /= 2) {
      for (let index = 0; index < size; index += 1)
        at[index] = (here[index] ?? 0) + length * (direction[index] ?? 0);
      newValue = loss(at, newGradient);
      if (newValue <= value + 1e-4 * length * slope) break;
    }
    if (newValue >= value) {
      at.set(here);
      return;
    }
    const move = difference(at, here);
    const turn = difference(newGradient, gradient);
    const curvature = dot(move, turn);
    if (curvature > 1e-14) past.push({ move, turn, curvature });
    if (past.length > memory) past.shift();
    const gain = value - newValue;
    gradient = newGradient;
    value = newValue;
    if (gain < 1e-6 * Math.max(1, Math.abs(value))) return;
  }
}

function directionOf(
  gradient: Float64Array,
  past: readonly { move: Float64Array; turn: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = past.map(() => 0);
  for (let index = past.length - 1; index >= 0; index -= 1) {
    const step = past[index];
    if (!step) continue;
    shares[index] = dot(step.move, direction) / step.curvature;
    add(direction, step.turn, -(shares[index] ?? 0));
  }
  const newest = past.at(-1);
  if (newest) {
    const scale = newest.curvature / dot(newest.turn, newest.turn);
    for (let index = 0; index < direction.length; index += 1)
      direction[index] = (direction[index] ?? 0) * scale;
  }
  for (const [index, step] of past.entries())
    add(direction, step.move, (shares[index] ?? 0) - dot(step.turn, direction) / step.curvature);
  return direction;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1)
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let index = 0; index < to.length; index += 1)
    to[index] = (to[index] ?? 0) + times * (what[index] ?? 0);
}

const difference = (one: Float64Array, other: Float64Array): Float64Array =>
  one.map((value, index) => value - (other[index] ?? 0));
