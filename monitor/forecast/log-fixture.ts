import type { LogEvent } from "#/domain/event-log.ts";
import { type CaseHistory, collectCases, dayMs } from "./case-history.ts";

/** mulberry32. Numbers in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type SyntheticLog = {
  readonly seed: number;
  readonly cases: number;
  /** Factor on every wait of a case that starts at this share of the log. */
  readonly pace?: (share: number) => number;
  /** Every case closes this many days after its start, whatever happened. */
  readonly closesAfterDays?: number;
};

export const logStart = Date.parse("2026-01-05T08:00:00Z");

/** Mean days from `approved` to the end of a synthetic case; the wait is exponential. */
export const meanPaymentDays = 4;

/**
 * A process with known waits: submitted, then after an exponential day checked; one check in five is
 * rejected and comes again after two days on average; then approved, and paid after four.
 */
export function syntheticEvents({
  seed,
  cases,
  pace = () => 1,
  closesAfterDays,
}: SyntheticLog): LogEvent[] {
  const random = createRandom(seed);
  const wait = (mean: number) => -Math.log(1 - random()) * mean * dayMs;
  const events: LogEvent[] = [];
  for (let index = 0; index < cases; index += 1) {
    const start = logStart + index * 0.2 * dayMs;
    const factor = pace(index / cases);
    let at = start;
    const happen = (activity: string, after: number) => {
      at += Math.max(1000, after * factor);
      const time = new Date(at).toISOString();
      const who = { resource: null, role: null, group: null, attributes: {} };
      events.push({ case: `c${String(index).padStart(5, "0")}`, activity, at: time, ...who });
    };
    happen("submitted", 0);
    happen("checked", wait(1));
    while (random() < 0.2) {
      happen("rejected", wait(0.5));
      happen("checked", wait(2));
    }
    happen("approved", wait(1));
    const left = closesAfterDays === undefined ? null : start + closesAfterDays * dayMs - at;
    happen("paid", left ?? wait(meanPaymentDays));
  }
  return events;
}

export function historiesOf(events: Iterable<LogEvent>): CaseHistory[] {
  const collector = collectCases();
  for (const event of events) collector.add(event);
  return collector.finish().cases;
}

export const syntheticCases = (log: SyntheticLog): CaseHistory[] =>
  historiesOf(syntheticEvents(log));
