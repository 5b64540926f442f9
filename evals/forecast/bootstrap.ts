/** One observation and the case it belongs to: observations of one case are not independent. */
export type Observation = { readonly group: string; readonly value: number };
export type Interval = readonly [number, number];

const rounds = 400;

/** The 95 % interval of the mean by resampling whole cases; the same input gives the same interval. */
export function meanInterval(observations: readonly Observation[]): Interval | null {
  const groups = new Map<string, { sum: number; count: number }>();
  for (const { group, value } of observations) {
    const known = groups.get(group) ?? { sum: 0, count: 0 };
    groups.set(group, { sum: known.sum + value, count: known.count + 1 });
  }
  if (groups.size < 2) return null;
  const sums = Float64Array.from(groups.values(), ({ sum }) => sum);
  const counts = Float64Array.from(groups.values(), ({ count }) => count);
  const random = createRandom(20_261_123);
  const means = Float64Array.from({ length: rounds }, () => {
    let sum = 0;
    let count = 0;
    for (let drawn = 0; drawn < sums.length; drawn += 1) {
      const index = Math.floor(random() * sums.length);
      sum += sums[index] ?? 0;
      count += counts[index] ?? 0;
    }
    return sum / count;
  }).sort();
  const at = (share: number) => means[Math.round(share * (rounds - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** mulberry32: small, seeded, good enough to resample with. Numbers in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
