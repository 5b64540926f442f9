import {
  byStart,
  type CaseHistory,
  durationMs,
  lastAt,
  startedAt,
  stepAt,
} from "./case-history.ts";
import { quantileOf } from "./sorted-values.ts";

/** A case as known after its first `length` steps. */
export type Prefix = { readonly history: CaseHistory; readonly length: number };

/** What was known before the cut, and what is asked after it. Instants in milliseconds. */
export type TemporalSplit = {
  readonly protocol: "published-strict" | "plain-strict";
  /** Nothing that happened at or after this instant was learnt from. */
  readonly cutAt: number;
  /** Cases longer than this were left out by the protocol; null when none were. */
  readonly maximumDurationMs: number | null;
  readonly lastTestAt: number | null;
  /** Ended before the cut, three steps or more. */
  readonly train: readonly CaseHistory[];
  /** Every case of the protocol, for forecasts that are issued and resolved on the way. */
  readonly kept: readonly CaseHistory[];
  readonly test: readonly Prefix[];
};

const shortestCase = 3;

/**
 * The strict temporal split of Weytjens & De Weerdt (2021): trims at most the longest 5 % of cases
 * and the tail of the log, so that the test has no cases cut off by the end of the recording.
 * Returns null when the log has no case of three steps on either side of the cut.
 */
export function publishedSplit(cases: readonly CaseHistory[]): TemporalSplit | null {
  if (cases.length === 0) return null;
  const durations = Float64Array.from(cases, durationMs).sort();
  const ordered = cases.toSorted(byStart);
  const newest = cases.reduce((latest, history) => Math.max(latest, lastAt(history)), -Infinity);
  let best: { split: TemporalSplit; prefixes: number } | null = null;
  for (let percentile = 95; percentile <= 100; percentile += 0.5) {
    const maximumDurationMs = quantileOf(durations, percentile / 100);
    const lastTestAt = newest - maximumDurationMs;
    const kept = ordered.filter(
      (history) => durationMs(history) <= maximumDurationMs && startedAt(history) <= lastTestAt,
    );
    const cut = kept[Math.floor(0.8 * kept.length)];
    if (!cut) continue;
    const cutAt = startedAt(cut);
    const train = kept.filter((c) => lastAt(c) < cutAt && c.steps.length >= shortestCase);
    const prefixes = train.reduce((sum, history) => sum + history.steps.length - 2, 0);
    if (best && prefixes <= best.prefixes) continue;
    const test = kept
      .filter((history) => lastAt(history) >= cutAt)
      .flatMap(prefixesOf)
      .filter(({ history, length }) => {
        const { at } = stepAt(history, length - 1);
        return at >= cutAt && at <= lastTestAt;
      });
    const protocol = "published-strict" as const;
    best = {
      split: { protocol, cutAt, maximumDurationMs, lastTestAt, train, kept, test },
      prefixes,
    };
  }
  return best && usable(best.split);
}

/**
 * The plain strict split, for the product's own report: nothing trimmed. Trains on cases that ended
 * before the cut, tests on cases that started at or after it.
 */
export function plainSplit(cases: readonly CaseHistory[]): TemporalSplit | null {
  const kept = cases.filter(({ steps }) => steps.length >= shortestCase).sort(byStart);
  const cut = kept[Math.floor(0.8 * kept.length)];
  if (!cut) return null;
  const cutAt = startedAt(cut);
  return usable({
    protocol: "plain-strict",
    cutAt,
    maximumDurationMs: null,
    lastTestAt: null,
    train: kept.filter((history) => lastAt(history) < cutAt),
    kept,
    test: kept.filter((history) => startedAt(history) >= cutAt).flatMap(prefixesOf),
  });
}

/** Prefixes of two steps up to all but the last: the last has nothing remaining and would flatter. */
export const prefixesOf = (history: CaseHistory): Prefix[] =>
  Array.from({ length: Math.max(0, history.steps.length - 2) }, (_, index) => ({
    history,
    length: index + 2,
  }));

const usable = (split: TemporalSplit): TemporalSplit | null =>
  split.train.length > 0 && split.test.length > 0 ? split : null;
