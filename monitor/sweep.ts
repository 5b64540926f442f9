import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import { type BusinessCalendar, businessMinutes } from "#/domain/business-time.ts";
import { compareInstants, earliest, latest } from "./civil-time.ts";
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
 * All in business minutes: the shares and `unexplainedMinutes` add up to the window exactly.
 */
export function sweep(
  calendar: BusinessCalendar,
  window: { readonly start: string; readonly end: string },
  intervals: readonly Interval[],
): { shares: ReadonlyMap<InvoiceCauseCode, Share>; unexplainedMinutes: number } {
  const inside = (instant: string) => earliest(latest(instant, window.start), window.end);
  const cuts = [window.start, window.end]
    .concat(intervals.flatMap(({ start, end }) => [inside(start), inside(end)]))
    .toSorted(compareInstants);
  const shares = new Map<InvoiceCauseCode, Share>();
  let unexplainedMinutes = 0;
  for (const [index, from] of cuts.entries()) {
    const to = cuts[index + 1];
    if (to === undefined || compareInstants(from, to) === 0) continue;
    const minutes = businessMinutes(calendar, from, to);
    const active = dependencyOrder.filter((cause) =>
      intervals.some(
        (interval) =>
          interval.cause === cause &&
          compareInstants(interval.start, from) <= 0 &&
          compareInstants(interval.end, to) >= 0,
      ),
    );
    const [owner] = active;
    if (owner === undefined) {
      unexplainedMinutes += minutes;
      continue;
    }
    const share = shares.get(owner) ?? { totalMinutes: 0, soleMinutes: 0, sharedMinutes: 0 };
    share.totalMinutes += minutes;
    if (active.length === 1) share.soleMinutes += minutes;
    else share.sharedMinutes += minutes;
    shares.set(owner, share);
  }
  return { shares, unexplainedMinutes };
}
