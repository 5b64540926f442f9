import { type FirmMeasures, measureFirm } from "#/sandbox/simulator/measure-firm.ts";
import type { SimulationOptions } from "#/sandbox/simulator/options.ts";
import { realismTargets } from "#/sandbox/simulator/realism-targets.ts";
import { runFirm } from "#/sandbox/simulator/run-firm.ts";
import { evalFirm } from "./eval-firm.ts";
import { judges } from "./judges.ts";
import { type CountedRow, type SeedRow, seedRows } from "./seed-table.ts";

export type MonitorRun = {
  readonly seeds: readonly string[];
  readonly size: SimulationOptions["size"];
  readonly pack: NonNullable<SimulationOptions["pack"]>;
  readonly anchor: string;
};

export type MonitorResult = MonitorRun & {
  /** How any of these numbers must be called. */
  readonly label: string;
  readonly rows: readonly SeedRow[];
  /** What one gets without looking. Where these are good, the firm is too easy. */
  readonly baselines: readonly SeedRow[];
  readonly realism: readonly SeedRow[];
  /** What each judge has to say beyond its rows, by seed and stage. */
  readonly detail: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly seconds: number;
};

/** Fewer seeds than this, or a small firm, are too few to say whether it looks like a real one. */
const seedsForRealism = 5;

/** Plays one firm to a seed, one at a time, and lets every judge look at it. */
export function evaluateMonitor(run: MonitorRun, tell: (progress: string) => void): MonitorResult {
  const begun = performance.now();
  const judged: { seed: string; rows: CountedRow[] }[] = [];
  const measured: { seed: string; measures: FirmMeasures }[] = [];
  const detail: Record<string, Record<string, unknown>> = {};
  const { seeds, size, pack, anchor } = run;
  for (const [index, seed] of seeds.entries()) {
    const timed = <T>(stage: string, work: () => T): T => {
      const from = performance.now();
      const result = work();
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      tell(`seed ${index + 1} of ${seeds.length} (${seed}): ${stage}, ${seconds} s`);
      return result;
    };
    const options: SimulationOptions = { seed, size, anchor, pack };
    const firm = timed("the firm", () => evalFirm(options));
    const rows: CountedRow[] = [];
    const own: Record<string, unknown> = {};
    for (const { stage, judge } of judges) {
      const judgement = timed(stage, () => judge(firm));
      rows.push(...judgement.rows.map((row) => named(row, stage)));
      own[stage] = judgement.detail;
    }
    judged.push({ seed, rows });
    detail[seed] = own;
    measured.push({ seed, measures: timed("realism", () => measureFirm(runFirm(options))) });
  }
  const all = seedRows(judged);
  return {
    ...run,
    label: `synthetic, seeds ${seeds.length}, parameter pack ${pack}`,
    rows: all.filter(({ metric }) => !metric.startsWith("baseline ")),
    baselines: all.filter(({ metric }) => metric.startsWith("baseline ")),
    realism: seedRows(realismOf(run, measured)).map(withinSampling),
    detail,
    seconds: (performance.now() - begun) / 1000,
  };
}

/** Several judges have a baseline of the same name. */
const named = (row: CountedRow, stage: string): CountedRow => ({
  ...row,
  metric: row.metric.replace(/^baseline /, `baseline (${stage}) `),
});

/**
 * Five firms are a small sample of the firms that the generator makes: a measure is off when its 95 %
 * interval over the seeds lies wholly outside the band, not when the mean of a few is a hair beyond it.
 */
export function withinSampling(row: SeedRow): SeedRow {
  const [low, high] = row.bar?.split("-").map(Number) ?? [];
  if (low === undefined || high === undefined || row.interval === null) return row;
  const [least, most] = row.interval;
  return { ...row, pass: most >= low && least <= high };
}

const realismOf = (
  { size, seeds }: MonitorRun,
  measured: readonly { seed: string; measures: FirmMeasures }[],
): { seed: string; rows: CountedRow[] }[] => {
  const judgeable = size !== "S" && seeds.length >= seedsForRealism;
  const text = (value: number): string => String(Math.round(value * 1000) / 1000);
  return measured.map(({ seed, measures }) => ({
    seed,
    rows: realismTargets.map(({ measure, low, high }) => ({
      metric: measure,
      value: measures[measure],
      n: measures.projects,
      bar: judgeable ? `${text(low)}-${text(high)}` : null,
      pass: null,
    })),
  }));
};

/** Every bar that the mean over the seeds does not reach. */
export const missedBars = ({ rows, baselines, realism }: MonitorResult): SeedRow[] =>
  [...rows, ...baselines, ...realism].filter(({ pass }) => pass === false);
