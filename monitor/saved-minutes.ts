import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { type BusinessCalendar, businessMinutes } from "#/domain/business-time.ts";
import { earliest, latest } from "./civil-time.ts";
import type { Interval } from "./sweep.ts";

/** An interval that knows which record it is about: approval of a week follows its submission. */
export type RecordInterval = Interval & { readonly record: string };

/**
 * How many business minutes earlier the invoice would have been ready without one cause: its
 * intervals shrink to nothing, what waited for them moves forward by as much and keeps its length.
 * A billing run stays on its date. Where causes overlap the results do not add up.
 */
export function savedMinutes(
  calendar: BusinessCalendar,
  window: { readonly start: string; readonly end: string },
  intervals: readonly RecordInterval[],
): (without: InvoiceCauseCode) => number {
  const origin = intervals.map((interval) => interval.start).reduce(earliest, window.start);
  const at = (instant: string) => businessMinutes(calendar, origin, earliest(instant, window.end));
  const floor = at(window.start);
  const spans = intervals.map(({ cause, record, start, end }) => ({
    cause,
    record,
    start: at(start),
    end: at(latest(start, end)),
  }));
  type Span = (typeof spans)[number];
  const readyOf = (list: readonly Span[]) => Math.max(floor, ...list.map((span) => span.end));
  const isUpstream = ({ cause }: Span) => cause !== "INV-8" && cause !== "INV-12";
  const ready = readyOf(spans);
  const upstreamReady = readyOf(spans.filter(isUpstream));

  return (without) => {
    const collapse = (span: Span): Span =>
      span.cause === without ? { ...span, end: span.start } : span;
    const upstream = spans.filter(isUpstream).map((span) => {
      if (without !== "INV-1" || span.cause !== "INV-2") return collapse(span);
      const gained = spans
        .filter((s) => s.cause === "INV-1" && s.record === span.record && s.end <= span.start)
        .reduce((sum, s) => sum + s.end - s.start, 0);
      return { ...span, start: span.start - gained, end: span.end - gained };
    });
    const gainedUpstream = upstreamReady - readyOf(upstream);
    const queue = spans
      .filter((span) => span.cause === "INV-8")
      .map((span) => {
        const gained = span.start >= upstreamReady ? gainedUpstream : 0;
        return collapse({ ...span, start: span.start - gained, end: span.end - gained });
      });
    const run = spans.filter((span) => span.cause === "INV-12").map(collapse);
    return Math.max(0, ready - readyOf([...upstream, ...queue, ...run]));
  };
}
