import type { Context } from "./context.ts";
import type { Gathered } from "./intake.ts";
import { type Kpi, type KpiNote, measured, noValue } from "./kpi.ts";
import { median, percentile } from "./percentile.ts";
import { rational } from "./rational.ts";

/** Medians first: a mean is what the tail makes of it. */
export type Distribution = {
  readonly p50: Kpi;
  readonly p90: Kpi;
  readonly p99: Kpi;
  readonly count: number;
  /** How many of them are not over yet; they stand here with their age so far. */
  readonly pending: number;
};

export type Duration = { readonly minutes: number; readonly pending: boolean };

/**
 * Percentiles of durations in business days of the firm. Durations still running count with their
 * age so far, so a percentile is a lower bound while `pending` is above 0.
 */
export const distribution = (
  kpi: string,
  durations: readonly Duration[],
  { context, from }: { readonly context: Context; readonly from: readonly Gathered[] },
): Distribution => {
  const minutes = durations.map((duration) => duration.minutes);
  const pending = durations.filter((duration) => duration.pending).length;
  const notes: KpiNote[] = pending > 0 ? ["includes-pending"] : [];
  const at = (name: "p50" | "p90" | "p99"): Kpi => {
    const about = {
      kpi: `${kpi}-${name}`,
      unit: "business days",
      asOf: context.asOf,
      from,
      notes,
    } as const;
    const exact = median(minutes);
    if (exact === null)
      return noValue(
        about,
        from.some((i) => i.coverage().present === 0 || missing(i)) ? "missing-input" : "none-found",
      );
    const rank = name === "p50" ? null : percentile(minutes, name === "p90" ? 90 : 99);
    const value = rank === null ? exact : rational(rank);
    return measured(about, rational(value.n, value.d * BigInt(context.clock.dayMinutes)));
  };
  return { p50: at("p50"), p90: at("p90"), p99: at("p99"), count: durations.length, pending };
};

const missing = (intake: Gathered): boolean => {
  const { present, required } = intake.coverage();
  return present < required;
};
