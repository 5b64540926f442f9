import { createHash } from "node:crypto";

/** Draws for one entity. Its own stream: a new project leaves every other one byte for byte as it was. */
export type RandomStream = {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True once in `outOf` draws on average. */
  oneIn(outOf: number): boolean;
};

/** The stream that belongs to (seed, entity); equal inputs give equal draws on every machine. */
export function randomStream(seed: string, entity: string): RandomStream {
  let state = createHash("sha256").update(`${seed}\n${entity}`, "utf8").digest().readUInt32LE(0);
  const next = (): number => {
    // Mulberry32: 32 bits of state are plenty for some dozen draws per entity.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor(next() * (high - low + 1));
  return { between, oneIn: (outOf) => between(1, outOf) === 1 };
}
