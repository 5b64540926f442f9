import type { BusinessCalendar } from "#/domain/business-time.ts";
import { businessDays } from "../clocks/civil-days.ts";
import type { SlipBlocker } from "./slip-blockers.ts";
import { type SlipCode, slipOrder } from "./slip-causes.ts";

/** Business days of one cause; `sole` while nothing else held the chain. sole + shared = days. */
export type SharedDays = {
  readonly code: SlipCode;
  readonly days: number;
  readonly sole: number;
  readonly shared: number;
};

/**
 * Goes through the days on which something held the chain; each goes to the most upstream of what held
 * it, once. Overlaps are not counted twice.
 */
export function sweepBlockers(
  calendar: BusinessCalendar,
  blockers: readonly SlipBlocker[],
): SharedDays[] {
  const cuts = [...new Set(blockers.flatMap(({ from, to }) => [from, to]))].toSorted();
  const found = new Map<SlipCode, { sole: number; shared: number }>();
  cuts.forEach((from, index) => {
    const to = cuts[index + 1];
    if (to === undefined) return;
    const codes = new Set(
      blockers.filter((one) => one.from <= from && one.to >= to).map(({ code }) => code),
    );
    const owner = slipOrder.find((code) => codes.has(code));
    if (owner === undefined) return;
    const days = businessDays(calendar, from, to);
    const sum = found.get(owner) ?? { sole: 0, shared: 0 };
    found.set(
      owner,
      codes.size === 1 ? { ...sum, sole: sum.sole + days } : { ...sum, shared: sum.shared + days },
    );
  });
  return [...found].map(([code, { sole, shared }]) => ({
    code,
    days: sole + shared,
    sole,
    shared,
  }));
}

/**
 * Fits days into a slip that is shorter than they are: the plan's slack took the rest. Each gives way in
 * proportion, whole days by the largest remainder, so the sum is the slip.
 */
export function fitDays(claims: readonly SharedDays[], slipDays: number): SharedDays[] {
  const total = claims.reduce((sum, { days }) => sum + days, 0);
  if (total <= slipDays) return [...claims];
  if (slipDays <= 0) return [];
  const scaled = claims.map((claim, index) => ({
    claim,
    index,
    days: Math.floor((claim.days * slipDays) / total),
    rest: (claim.days * slipDays) % total,
  }));
  let left = slipDays - scaled.reduce((sum, { days }) => sum + days, 0);
  for (const one of scaled.toSorted((a, b) => b.rest - a.rest || a.index - b.index)) {
    if (left <= 0) break;
    one.days += 1;
    left -= 1;
  }
  return scaled
    .filter(({ days }) => days > 0)
    .map(({ claim, days }) => {
      const sole = Math.min(days, Math.round((claim.sole * days) / claim.days));
      return { code: claim.code, days, sole, shared: days - sole };
    });
}
