import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import type { WorkClock } from "./clocks/work-clock.ts";
import { dependencyOrder } from "./condition.ts";

/** A closed stretch [start, end) during which one cause held. */
export type Interval = {
  readonly cause: InvoiceCauseCode;
  readonly start: string;
  readonly end: string;
};

export type Share = { totalMinutes: number; soleMinutes: number; sharedMinutes: number };

/**
 * Cuts the window at every boundary and gives each piece to the most upstream cause active in it.
 * All in whole working minutes since the window's start: the shares and `unexplainedMinutes` add up
 * to the window exactly.
 */
export function sweep(
  clock: WorkClock,
  window: { readonly start: string; readonly end: string },
  intervals: readonly Interval[],
): { shares: ReadonlyMap<InvoiceCauseCode, Share>; unexplainedMinutes: number } {
  const length = clock.minutes(window.start, window.end);
  const at = (instant: string) => Math.min(length, clock.minutes(window.start, instant));
  const spans = intervals.map(({ cause, start, end }) => ({
    rank: dependencyOrder.indexOf(cause),
    start: at(start),
    end: at(end),
  }));
  const cuts = [...new Set([0, length, ...spans.flatMap(({ start, end }) => [start, end])])].sort(
    (one, other) => one - other,
  );
  const shares = new Map<InvoiceCauseCode, Share>();
  let unexplainedMinutes = 0;
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1];
    if (to === undefined) break;
    const active = new Set(
      spans.filter(({ start, end }) => start <= from && end >= to).map(({ rank }) => rank),
    );
    const owner = dependencyOrder[Math.min(...active)];
    if (owner === undefined) {
      unexplainedMinutes += to - from;
      continue;
    }
    const share = shares.get(owner) ?? { totalMinutes: 0, soleMinutes: 0, sharedMinutes: 0 };
    share.totalMinutes += to - from;
    if (active.size === 1) share.soleMinutes += to - from;
    else share.sharedMinutes += to - from;
    shares.set(owner, share);
  }
  return { shares, unexplainedMinutes };
}
