/** One measured figure. `bar` says what it must reach; null: it is only told. */
export type BenchRow = {
  readonly what: string;
  readonly measured: string;
  readonly bar: string | null;
  readonly holds: boolean | null;
};
export type BenchTable = { readonly title: string; readonly rows: readonly BenchRow[] };

export const told = (what: string, measured: string): BenchRow => ({
  what,
  measured,
  bar: null,
  holds: null,
});

/**
 * How much longer `ours` takes than `floor`: both run in turn, many rounds, so that what slows the
 * machine slows both. The median of the rounds' ratios, and each side's median time per call.
 */
export function ratioOf(
  sides: { readonly ours: () => unknown; readonly floor: () => unknown },
  { rounds, callsPerRound }: { rounds: number; callsPerRound: number },
): { ratio: number; oursMicroseconds: number; floorMicroseconds: number } {
  const time = (call: () => unknown): number => {
    const start = performance.now();
    for (let turn = 0; turn < callsPerRound; turn += 1) call();
    return ((performance.now() - start) / callsPerRound) * 1_000;
  };
  time(sides.floor);
  time(sides.ours);
  const measured = Array.from({ length: rounds }, (_, round) => {
    // Whoever goes second may find warmer caches, so they take turns.
    const first = round % 2 === 0;
    const before = first ? time(sides.floor) : 0;
    const ours = time(sides.ours);
    const floor = first ? before : time(sides.floor);
    return { ours, floor, ratio: ours / floor };
  });
  return {
    ratio: median(measured.map(({ ratio }) => ratio)),
    oursMicroseconds: median(measured.map(({ ours }) => ours)),
    floorMicroseconds: median(measured.map(({ floor }) => floor)),
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The exponent b of y = a·x^b that fits the points best: the least-squares line through their logarithms. */
export function slopeOfLogs(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (at: 0 | 1): number => logs.reduce((sum, each) => sum + each[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const shared = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return shared / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}
