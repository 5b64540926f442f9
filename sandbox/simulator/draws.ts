/**
 * The random numbers of one entity. Every number belongs to a name and not to a turn: asking for one
 * more, or for one less, never moves another. That makes re-runs with one change exactly comparable.
 */
export type Draws = {
  /** At least 0, below 1. */
  uniform(name: string): number;
  /** Mean 0, standard deviation 1. */
  normal(name: string): number;
  /** `spread` is the standard deviation of the logarithm. */
  lognormal(name: string, median: number, spread: number): number;
  chance(name: string, probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(name: string, low: number, high: number): number;
  pick<T>(name: string, from: readonly [T, ...T[]]): T;
  /** One of the entries, by weight. */
  weighted<T>(name: string, from: readonly [Weighted<T>, ...Weighted<T>[]]): T;
  poisson(name: string, mean: number): number;
  /** The stream of another entity under the same seed. */
  of(type: string, id: string): Draws;
};

export type Weighted<T> = readonly [value: T, weight: number];

type State = { readonly low: number; readonly high: number };

/** The stream that belongs to (seed, entity type, entity id); equal on every machine. */
export function drawsFor(seed: string): Draws {
  const root = absorb({ low: 0x9e3779b9, high: 0x7f4a7c15 }, `${seed}\n`);
  return streamOf(root, root);
}

function streamOf(root: State, own: State): Draws {
  const uniform = (name: string): number => fraction(absorb(own, name));
  const normal = (name: string): number => {
    const state = absorb(own, name);
    const first = Math.max(fraction(state), 2 ** -53);
    const second = fraction(absorb(state, "~"));
    return Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
  };
  const pick = <T>(name: string, from: readonly [T, ...T[]]): T =>
    from[Math.floor(uniform(name) * from.length)] ?? from[0];
  return {
    uniform,
    normal,
    lognormal: (name, median, spread) => median * Math.exp(spread * normal(name)),
    chance: (name, probability) => uniform(name) < probability,
    between: (name, low, high) => low + Math.floor(uniform(name) * (high - low + 1)),
    pick,
    weighted: (name, from) => {
      let left = uniform(name) * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      return from[0][0];
    },
    poisson: (name, mean) => {
      const floor = Math.exp(-mean);
      let product = uniform(`${name}/0`);
      let count = 0;
      while (product > floor) {
        count += 1;
        product *= uniform(`${name}/${count}`);
      }
      return count;
    },
    of: (type, id) => streamOf(root, absorb(root, `${type}\n${id}\n`)),
  };
}

/** A short, stable name for a text; two texts in a million share one far less than once in a billion. */
export function shortHash(text: string): string {
  const { low, high } = mix(absorb({ low: 0x243f6a88, high: 0x85a308d3 }, text));
  return (high >>> 0).toString(36).padStart(7, "0") + (low >>> 0).toString(36).padStart(7, "0");
}

function absorb(state: State, text: string): State {
  let { low, high } = state;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193) ^ (high >>> 15);
    high = Math.imul(high ^ (unit + 0x5bd1), 0x85ebca6b) ^ (low >>> 13);
  }
  return { low, high };
}

/** Spreads the absorbed text over all bits, both halves into each other. */
function mix({ low, high }: State): State {
  let a = low;
  let b = high;
  for (let round = 0; round < 2; round += 1) {
    a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
    a = Math.imul(a ^ (a >>> 15), 0x846ca68b) ^ b;
    b = Math.imul(b ^ (b >>> 16), 0x21f0aaad);
    b = Math.imul(b ^ (b >>> 15), 0x735a2d97) ^ a;
  }
  return { low: a ^ (a >>> 16), high: b ^ (b >>> 16) };
}

function fraction(state: State): number {
  const { low, high } = mix(state);
  return ((high >>> 0) * 2 ** 21 + ((low >>> 0) >>> 11)) / 2 ** 53;
}
