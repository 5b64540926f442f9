import type { DayRange, IssuedForecast } from "./conformal.ts";

/** A forecast as it was shown, next to what the tables had said. */
export type ShownForecast = IssuedForecast & { readonly shown: DayRange };

export type RecentCoverage = {
  /** Share of the newest forecasts that came true whose range held. */
  readonly held: number;
  /** Share of them that took longer than the middle of the forecast: half, in a steady process. */
  readonly longer: number;
  readonly forecasts: number;
};

const fewest = 200;
const dayMs = 86_400_000;
/** Cases end in bunches, a payment run a week: less than four weeks would judge one bunch. */
const spanMs = 28 * dayMs;

/**
 * The forecasts that came true in the four weeks before `asOf`, and at least the newest 200 that
 * did; null when there are not so many. Their order does not matter.
 */
export function recentCoverage(
  shown: readonly ShownForecast[],
  asOf: number,
): RecentCoverage | null {
  const resolved = shown
    .flatMap((forecast) => {
      const { endedAt } = forecast;
      return endedAt !== null && endedAt < asOf ? [{ ...forecast, endedAt }] : [];
    })
    .sort((a, b) => b.endedAt - a.endedAt || b.madeAt - a.madeAt);
  if (resolved.length < fewest) return null;
  const newest = resolved.filter(
    ({ endedAt }, index) => index < fewest || endedAt >= asOf - spanMs,
  );
  let held = 0;
  let longer = 0;
  for (const { shown: range, madeAt, endedAt } of newest) {
    const actual = (endedAt - madeAt) / dayMs;
    if (actual >= range.p10 && actual <= range.p90) held += 1;
    if (actual > range.p50) longer += 1;
  }
  return { held: held / newest.length, longer: longer / newest.length, forecasts: newest.length };
}

/** Ranges that hold this often are what they say they are; outside, they are being calibrated. */
export const steadyCoverage = { from: 0.75, to: 0.85 } as const;
/** 200 forecasts come from some fifty cases: less than this may be chance. */
const noteworthyCoverage = { from: 0.7, to: 0.9 } as const;
/** Outside this, the ranges say nothing and are not shown. */
export const usableCoverage = { from: 0.65, to: 0.95 } as const;

/** What the newest forecasts say about a process that changes, in our words; null when it does not. */
export function driftNote(recent: RecentCoverage | null): string | null {
  if (!recent) return null;
  const { held, longer, forecasts } = recent;
  const notes = [
    longer > 0.65 &&
      `${percent(longer)} took longer than the middle of the forecast: it has slowed`,
    longer < 0.35 &&
      `${percent(1 - longer)} took less than the middle of the forecast: it has sped up`,
    held < noteworthyCoverage.from &&
      `${percent(held)} ended inside an 80 % range: more varied than it was`,
    held > noteworthyCoverage.to &&
      `${percent(held)} ended inside an 80 % range: less varied than it was`,
  ].filter((note) => note !== false);
  return notes.length > 0 ? `Of the newest ${forecasts} forecasts, ${notes.join("; ")}.` : null;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
