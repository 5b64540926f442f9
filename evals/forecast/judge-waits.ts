import { type DaysBetween } from "#/monitor/forecast/business-clock.ts";
import { type CaseHistory, lastAt, startedAt } from "#/monitor/forecast/case-history.ts";
import type { TemporalSplit } from "#/monitor/forecast/temporal-split.ts";
import { forecastWait, learnWaitingTimes } from "#/monitor/forecast/waiting-times.ts";

/** Waits after the cut that had lasted `waited` days: how many passed the limit, how many should have. */
export type JudgedWaits = {
  readonly waited: number;
  readonly limit: number;
  readonly waits: number;
  readonly abstained: number;
  readonly expectedShare: number;
  readonly actualShare: number;
  readonly brier: number;
  /** Of always saying the share of all past waits of that age that passed the limit. */
  readonly brierBase: number;
  /** null when all or none passed. */
  readonly auc: number | null;
};

type Judged = { expected: number; actual: number };

/**
 * P(wait passes the limit | it has lasted this long), learnt at the cut with the cases that were open
 * then, judged on the waits that began after it. Days are those of `daysBetween`.
 */
export function judgeWaits(
  split: TemporalSplit,
  { daysBetween, limit }: { daysBetween: DaysBetween; limit: number },
): JudgedWaits[] {
  const asOf = split.cutAt;
  const open = split.kept.filter((c: CaseHistory) => startedAt(c) < asOf && lastAt(c) >= asOf);
  const times = learnWaitingTimes({ ended: split.train, open }, { asOf, daysBetween });
  const tested = [...new Set(split.test.map(({ history }) => history))];
  const waits = tested.flatMap(({ steps }) =>
    steps.flatMap(({ activity, at }, index) => {
      const next = steps[index + 1];
      return next && at >= asOf ? [{ activity, days: daysBetween(at, next.at) }] : [];
    }),
  );
  const past = split.train.flatMap(({ steps }) =>
    steps.slice(1).map(({ at }, index) => daysBetween(steps[index]?.at ?? at, at)),
  );
  return [0, 1, 2, 3, 4]
    .filter((waited) => waited < limit)
    .map((waited) => {
      const asked = waits.filter(({ days }) => days > waited);
      const judged: Judged[] = [];
      for (const { activity, days } of asked) {
        const forecast = forecastWait(times, { activity, waited, limit });
        if (forecast.kind === "wait-forecast")
          judged.push({ expected: forecast.breachShare, actual: Number(days > limit) });
      }
      const older = past.filter((days) => days > waited);
      const base = older.filter((days) => days > limit).length / Math.max(1, older.length);
      return {
        waited,
        limit,
        waits: asked.length,
        abstained: asked.length - judged.length,
        expectedShare: meanOf(judged, ({ expected }) => expected),
        actualShare: meanOf(judged, ({ actual }) => actual),
        brier: meanOf(judged, ({ expected, actual }) => (expected - actual) ** 2),
        brierBase: meanOf(judged, ({ actual }) => (base - actual) ** 2),
        auc: areaUnderCurve(judged),
      };
    });
}

const meanOf = (judged: readonly Judged[], of: (one: Judged) => number): number =>
  judged.reduce((sum, one) => sum + of(one), 0) / Math.max(1, judged.length);

/** P(a breach was given a higher share than a non-breach); ties count half. */
export function areaUnderCurve(judged: readonly Judged[]): number | null {
  const ordered = judged.toSorted((a, b) => a.expected - b.expected);
  const breaches = ordered.filter(({ actual }) => actual === 1).length;
  const others = ordered.length - breaches;
  if (breaches === 0 || others === 0) return null;
  let wins = 0;
  let below = 0;
  for (let from = 0; from < ordered.length; ) {
    let to = from;
    while (ordered[to]?.expected === ordered[from]?.expected && to < ordered.length) to += 1;
    const tied = ordered.slice(from, to);
    const tiedBreaches = tied.filter(({ actual }) => actual === 1).length;
    wins += tiedBreaches * (below + (tied.length - tiedBreaches) / 2);
    below += tied.length - tiedBreaches;
    from = to;
  }
  return wins / (breaches * others);
}
