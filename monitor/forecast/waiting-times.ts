import type { DaysBetween } from "./business-clock.ts";
import type { CaseHistory } from "./case-history.ts";
import type { NoForecast } from "./forecast-case.ts";
import { minimumSupport } from "./process-model.ts";
import {
  breachShare,
  furtherWait,
  type SurvivalCurve,
  stillWaiting,
  survivalCurve,
  type Wait,
} from "./survival.ts";

/** How long cases stay after a step until the next one, by the activity of that step. */
export type WaitingTimes = {
  readonly curves: ReadonlyMap<string, SurvivalCurve>;
  /** Milliseconds. */
  readonly learntThrough: number;
};

/**
 * Learns waits from what was known at `asOf` (milliseconds). The open cases' present waits count as
 * "longer than so far"; leaving them out would make every queue look quicker than it is. Steps at or
 * after `asOf` are ignored. Days are those of `daysBetween`.
 */
export function learnWaitingTimes(
  { ended, open }: { ended: readonly CaseHistory[]; open: readonly CaseHistory[] },
  { asOf, daysBetween }: { asOf: number; daysBetween: DaysBetween },
): WaitingTimes {
  const waits = new Map<string, Wait[]>();
  const add = (activity: string, wait: Wait) => {
    const list = waits.get(activity);
    if (list) list.push(wait);
    else waits.set(activity, [wait]);
  };
  const addCase = (history: CaseHistory, isOpen: boolean) => {
    const known = history.steps.filter(({ at }) => at < asOf);
    known.forEach(({ activity, at }, index) => {
      const next = known[index + 1];
      if (next) add(activity, { days: daysBetween(at, next.at), over: true });
      else if (isOpen) add(activity, { days: daysBetween(at, asOf), over: false });
    });
  };
  for (const history of ended) addCase(history, false);
  for (const history of open) addCase(history, true);
  const curves = new Map([...waits].map(([activity, list]) => [activity, survivalCurve(list)]));
  return { curves, learntThrough: asOf };
}

export type WaitForecast = {
  readonly kind: "wait-forecast";
  /** P(the wait passes the limit | it has lasted this long). 1 once the limit is passed. */
  readonly breachShare: number;
  /** Days, from now; null when too few waits ended to know. */
  readonly furtherP50: number | null;
  readonly furtherP90: number | null;
  /** Waits that lasted longer than this one so far. */
  readonly support: number;
};

/** What becomes of a wait after `activity` that has lasted `waited` days against a limit of days. */
export function forecastWait(
  times: WaitingTimes,
  { activity, waited, limit }: { activity: string; waited: number; limit: number },
): WaitForecast | NoForecast {
  const curve = times.curves.get(activity);
  const support = curve ? stillWaiting(curve, waited) : 0;
  const share = curve && breachShare(curve, { limit, waited });
  if (!curve || support < minimumSupport || share === undefined || share === null)
    return {
      kind: "no-forecast",
      reason: `${support} past waits lasted as long; ${minimumSupport} are needed`,
    };
  return {
    kind: "wait-forecast",
    breachShare: share,
    furtherP50: furtherWait(curve, { waited, level: 0.5 }),
    furtherP90: furtherWait(curve, { waited, level: 0.9 }),
    support,
  };
}
