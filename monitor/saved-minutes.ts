import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { earliest, latest } from "./civil-time.ts";
import type { WorkClock } from "./clocks/work-clock.ts";
import type { Interval } from "./sweep.ts";

/** An interval that knows which record it is about: approval of a week follows its submission. */
export type RecordInterval = Interval & { readonly record: string };

/** What comes next on the same record, and so moves forward with it. */
const follows: Readonly<Partial<Record<InvoiceCauseCode, InvoiceCauseCode>>> = {
  "INV-2": "INV-1",
  "INV-4": "INV-5",
};
/** After everything is there, in this order; the run has its date. */
const downstream: readonly InvoiceCauseCode[] = ["INV-8", "INV-11"];
const isUpstream = ({ cause }: { readonly cause: InvoiceCauseCode }): boolean =>
  cause !== "INV-12" && !downstream.includes(cause);

/**
 * How many business minutes earlier the invoice would have been ready without one cause: its
 * intervals shrink to nothing, what waited for them moves forward by as much and keeps its length.
 * A billing run stays on its date. Where causes overlap the results do not add up.
 */
export function savedMinutes(
  clock: WorkClock,
  window: { readonly start: string; readonly end: string },
  intervals: readonly RecordInterval[],
): (without: InvoiceCauseCode) => number {
  const origin = intervals.map((interval) => interval.start).reduce(earliest, window.start);
  const at = (instant: string) => clock.minutes(origin, earliest(instant, window.end));
  const floor = at(window.start);
  const spans = intervals.map(({ cause, record, start, end }) => ({
    cause,
    record,
    start: at(start),
    end: at(latest(start, end)),
  }));
  type Span = (typeof spans)[number];
  const readyOf = (list: readonly Span[]) => Math.max(floor, ...list.map((span) => span.end));
  const ready = readyOf(spans);

  return (without) => {
    const collapse = (span: Span): Span =>
      span.cause === without ? { ...span, end: span.start } : span;
    const earlier = (span: Span, by: number): Span => ({
      ...span,
      start: span.start - by,
      end: span.end - by,
    });
    let before = spans.filter(isUpstream);
    let moved = before.map((span) => {
      if (follows[span.cause] !== without) return collapse(span);
      const gained = spans
        .filter((s) => s.cause === without && s.record === span.record && s.end <= span.start)
        .reduce((sum, s) => sum + s.end - s.start, 0);
      return earlier(span, gained);
    });
    for (const stage of downstream) {
      const [readyBefore, gained] = [readyOf(before), readyOf(before) - readyOf(moved)];
      const own = spans.filter(({ cause }) => cause === stage);
      moved = [
        ...moved,
        ...own.map((span) => collapse(span.start >= readyBefore ? earlier(span, gained) : span)),
      ];
      before = [...before, ...own];
    }
    const run = spans.filter((span) => span.cause === "INV-12").map(collapse);
    return Math.max(0, ready - readyOf([...moved, ...run]));
  };
}
