import { type CaseHistory, dayMs, lastAt, startedAt, stepAt } from "./case-history.ts";

type ReadFeature = (history: CaseHistory, length: number) => string | number | null;

const activityBack =
  (back: number): ReadFeature =>
  ({ steps }, length) =>
    steps[length - 1 - back]?.activity ?? null;
const elapsed = (history: CaseHistory, length: number): number =>
  (stepAt(history, length - 1).at - startedAt(history)) / dayMs;
const gap = ({ steps }: CaseHistory, length: number): number =>
  ((steps[length - 1]?.at ?? 0) - (steps[length - 2] ?? steps[length - 1])!.at) / dayMs;

/**
 * What a state of a process can be told by. All of it is known at the moment of the step itself;
 * attributes of the whole case are left out, because logs fill them in afterwards.
 */
export const stateFeatures = {
  activity: activityBack(0),
  previous: activityBack(1),
  "second previous": activityBack(2),
  "third previous": activityBack(3),
  "activities seen": ({ steps }, length) =>
    [...new Set(steps.slice(0, length).map(({ activity }) => activity))].sort().join("\n"),
  "steps so far": (_, length) => Math.min(length, 12),
  elapsed: (history, length) => Math.floor(2 * Math.log2(elapsed(history, length) + 1)),
  "elapsed, fine": (history, length) => Math.floor(8 * Math.log2(elapsed(history, length) + 1)),
  "time since previous": (history, length) => Math.floor(2 * Math.log2(gap(history, length) + 1)),
  weekday: (history, length) => weekday(stepAt(history, length - 1).at),
  role: ({ steps }, length) => steps[length - 1]?.role ?? null,
  resource: ({ steps }, length) => steps[length - 1]?.resource ?? null,
  group: ({ steps }, length) => steps[length - 1]?.group ?? null,
} as const satisfies Record<string, ReadFeature>;

export type StateFeature = keyof typeof stateFeatures;
export const stateFeatureNames = Object.keys(stateFeatures) as readonly StateFeature[];

/** Monday = 0, in UTC. 1970-01-01 was a Thursday. */
const weekday = (at: number): number => (Math.floor(at / dayMs) + 3) % 7;

/** One number per feature value, as first met while learning; unknown values have none. */
export type StateCodes = {
  /** Learns new values. */
  learn(feature: StateFeature, history: CaseHistory, length: number): number;
  /** -1 for a value never learnt. */
  find(feature: StateFeature, history: CaseHistory, length: number): number;
};

export function createStateCodes(): StateCodes {
  const codes = new Map(
    stateFeatureNames.map((name) => [name, new Map<string | number | null, number>()]),
  );
  const valuesOf = (feature: StateFeature) => {
    const values = codes.get(feature);
    if (!values) throw new RangeError(`no feature ${feature}`);
    return values;
  };
  return {
    learn(feature, history, length) {
      const values = valuesOf(feature);
      const value = stateFeatures[feature](history, length);
      const known = values.get(value);
      if (known !== undefined) return known;
      values.set(value, values.size);
      return values.size - 1;
    },
    find: (feature, history, length) =>
      valuesOf(feature).get(stateFeatures[feature](history, length)) ?? -1,
  };
}

/** Prefixes as columns of numbers. Days as fractions, instants in milliseconds. */
export type StateRows = {
  readonly count: number;
  readonly codes: Readonly<Record<StateFeature, Int32Array>>;
  readonly elapsedDays: Float64Array;
  readonly remainingDays: Float64Array;
  /** Code of the next activity, in the codes of `activity`. */
  readonly next: Int32Array;
  readonly madeAt: Float64Array;
  readonly endedAt: Float64Array;
};

/** All prefixes of the cases that have a next step, of `shortest` steps and more. */
export function stateRows(
  cases: readonly CaseHistory[],
  { codes, shortest }: { codes: StateCodes; shortest: number },
): StateRows {
  const count = cases.reduce((n, { steps }) => n + Math.max(0, steps.length - shortest), 0);
  const columns = Object.fromEntries(
    stateFeatureNames.map((name) => [name, new Int32Array(count)]),
  ) as Record<StateFeature, Int32Array>;
  const rows = {
    count,
    codes: columns,
    elapsedDays: new Float64Array(count),
    remainingDays: new Float64Array(count),
    next: new Int32Array(count),
    madeAt: new Float64Array(count),
    endedAt: new Float64Array(count),
  };
  let row = 0;
  for (const history of cases)
    for (let length = shortest; length < history.steps.length; length += 1) {
      for (const name of stateFeatureNames) columns[name][row] = codes.learn(name, history, length);
      const { at } = stepAt(history, length - 1);
      const end = lastAt(history);
      rows.elapsedDays[row] = (at - startedAt(history)) / dayMs;
      rows.remainingDays[row] = (end - at) / dayMs;
      rows.next[row] = codes.learn("activity", history, length + 1);
      rows.madeAt[row] = at;
      rows.endedAt[row] = end;
      row += 1;
    }
  return rows;
}

/** The rows of cases that ended in [from, to). Codes stay comparable with the whole. */
export function rowsEndedWithin(rows: StateRows, from: number, to: number): StateRows {
  const chosen: number[] = [];
  for (let row = 0; row < rows.count; row += 1) {
    const ended = rows.endedAt[row] ?? 0;
    if (ended >= from && ended < to) chosen.push(row);
  }
  const integers = (column: Int32Array) => Int32Array.from(chosen, (row) => column[row] ?? 0);
  const numbers = (column: Float64Array) => Float64Array.from(chosen, (row) => column[row] ?? 0);
  return {
    count: chosen.length,
    codes: Object.fromEntries(
      stateFeatureNames.map((name) => [name, integers(rows.codes[name])]),
    ) as Record<StateFeature, Int32Array>,
    elapsedDays: numbers(rows.elapsedDays),
    remainingDays: numbers(rows.remainingDays),
    next: integers(rows.next),
    madeAt: numbers(rows.madeAt),
    endedAt: numbers(rows.endedAt),
  };
}
