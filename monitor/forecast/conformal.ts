import { survivalCurve, waitOf } from "./survival.ts";

/** Days remaining. */
export type DayRange = { readonly p10: number; readonly p50: number; readonly p90: number };

/** A forecast as the tables gave it, and when it came true. Instants in milliseconds. */
export type IssuedForecast = DayRange & {
  readonly madeAt: number;
  /** When the case ended; null while nobody knows. */
  readonly endedAt: number | null;
};

/** How far both ends of a range move, in widths of that range. */
export type Calibration = {
  readonly lower: number;
  readonly upper: number;
  /** Forecasts looked at, and how many of them had come true. */
  readonly forecasts: number;
  readonly resolved: number;
};

/** Fewer forecasts that came true than this do not calibrate anything. */
export const leastResolved = 50;
const dayMs = 86_400_000;
/** Ranges narrower than this, in days, move as if they were this wide. */
const narrowest = 0.1;

const widthOf = ({ p10, p90 }: DayRange): number => Math.max(narrowest, p90 - p10);

/** The range after calibration. Never below zero, never crossed, the middle inside. */
export function calibrated(range: DayRange, { lower, upper }: Calibration): DayRange {
  const p10 = Math.max(0, range.p10 + lower * widthOf(range));
  const p90 = Math.max(p10, range.p90 + upper * widthOf(range));
  return { p10, p50: Math.min(p90, Math.max(p10, range.p50)), p90 };
}

/**
 * Split conformal (conformalised quantile regression, Romano, Patterson & Candès 2019) with scores
 * in widths of the range: both ends move by the same share, so that 80 % of these forecasts, none
 * of which the tables had learnt from, would have held. null under 50 resolved forecasts.
 */
export function splitConformal(issued: readonly IssuedForecast[]): Calibration | null {
  const scores = issued.flatMap((forecast) => {
    if (forecast.endedAt === null) return [];
    const actual = (forecast.endedAt - forecast.madeAt) / dayMs;
    return [Math.max(forecast.p10 - actual, actual - forecast.p90) / widthOf(forecast)];
  });
  if (scores.length < leastResolved) return null;
  scores.sort((a, b) => a - b);
  const rank = Math.min(scores.length, Math.ceil((scores.length + 1) * 0.8));
  const move = scores[rank - 1] ?? 0;
  return { lower: -move, upper: move, forecasts: issued.length, resolved: scores.length };
}

/**
 * The same as the process goes on: from forecasts made before `asOf`, with what is known at `asOf`.
 * A forecast whose case is still open enters as "longer than so far" (Kaplan–Meier over the
 * scores); leaving it out would count the quick ones only. Each end gets its own 10 %.
 */
export function rollingConformal(
  issued: readonly IssuedForecast[],
  asOf: number,
): Calibration | null {
  const known = issued.filter(({ madeAt }) => madeAt < asOf);
  const isOver = ({ endedAt }: IssuedForecast) => endedAt !== null && endedAt < asOf;
  const resolved = known.filter(isOver).length;
  if (resolved < leastResolved) return null;
  const moveOf = (end: "p10" | "p90", level: number): number | null => {
    const scores = known.map((forecast) => {
      const over = isOver(forecast);
      const until = over ? (forecast.endedAt ?? asOf) : asOf;
      const days = (until - forecast.madeAt) / dayMs;
      return { days: (days - forecast[end]) / widthOf(forecast), over };
    });
    return waitOf(survivalCurve(scores), level);
  };
  const lower = moveOf("p10", 0.1);
  const upper = moveOf("p90", 0.9);
  if (lower === null || upper === null) return null;
  return { lower, upper, forecasts: known.length, resolved };
}
