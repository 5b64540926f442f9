import { countUpTo } from "./sorted-values.ts";

/** One wait. A wait that is still going on enters with what it has lasted so far. */
export type Wait = { readonly days: number; readonly over: boolean };

/** Kaplan–Meier: the share of waits that last longer than t, from finished and unfinished waits. */
export type SurvivalCurve = {
  /** Ascending lengths at which waits ended, and the share that lasts longer. */
  readonly days: Float64Array;
  readonly share: Float64Array;
  /** All lengths, ascending, to count who was still waiting. */
  readonly waits: Float64Array;
};

export function survivalCurve(waits: readonly Wait[]): SurvivalCurve {
  // At equal length an end comes first: whoever still waits was at risk when it happened.
  const ordered = waits.toSorted((a, b) => a.days - b.days || Number(b.over) - Number(a.over));
  const days: number[] = [];
  const share: number[] = [];
  let lasting = 1;
  ordered.forEach((wait, index) => {
    if (!wait.over) return;
    lasting *= 1 - 1 / (ordered.length - index);
    if (days.at(-1) === wait.days) share[share.length - 1] = lasting;
    else {
      days.push(wait.days);
      share.push(lasting);
    }
  });
  return {
    days: Float64Array.from(days),
    share: Float64Array.from(share),
    waits: Float64Array.from(ordered, (wait) => wait.days),
  };
}

/** P(wait > t). Beyond the longest finished wait it stays where it is: nobody knows more. */
export function shareLongerThan({ days, share }: SurvivalCurve, t: number): number {
  const ended = countUpTo(days, t);
  return ended === 0 ? 1 : (share[ended - 1] ?? 0);
}

/** Waits, finished or not, that lasted longer than t. */
export const stillWaiting = ({ waits }: SurvivalCurve, t: number): number =>
  waits.length - countUpTo(waits, t);

/** P(wait > limit | already waited). 1 once the limit is reached; null when nobody waited so long. */
export function breachShare(
  curve: SurvivalCurve,
  { limit, waited }: { limit: number; waited: number },
): number | null {
  if (waited >= limit) return 1;
  const now = shareLongerThan(curve, waited);
  return now > 0 ? shareLongerThan(curve, limit) / now : null;
}

/** The shortest t that `level` of all waits do not outlast; null when too few ended to know. */
export const waitOf = (curve: SurvivalCurve, level: number): number | null =>
  firstAtMost(curve, { from: 0, share: 1 - level });

/** The further wait within which `level` of those that waited so long are done; null if unknown. */
export function furtherWait(
  curve: SurvivalCurve,
  { waited, level }: { waited: number; level: number },
): number | null {
  const share = (1 - level) * shareLongerThan(curve, waited);
  const days = firstAtMost(curve, { from: countUpTo(curve.days, waited), share });
  return days === null ? null : days - waited;
}

function firstAtMost(
  curve: SurvivalCurve,
  { from, share }: { from: number; share: number },
): number | null {
  for (let index = from; index < curve.days.length; index += 1)
    if ((curve.share[index] ?? 1) <= share + 1e-12) return curve.days[index] ?? null;
  return null;
}
