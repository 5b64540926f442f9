import { isBusinessDay } from "#/domain/business-time.ts";
import { percentile } from "../kpi/percentile.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { approvalWay } from "./approval-way.ts";

/** The requests that reach one person, day by day, and what is usual for that person. */
export type Desk = {
  /**
   * What came on all but one of the five business days around that instant, and what that is on nine
   * days in ten of the person's own history; null before the first day. One full morning, such as
   * all time sheets on a Monday, does not move it: only a flood that lasts does.
   */
  readonly inflowAt: (instant: string) => { readonly daily: number; readonly usual: number } | null;
  /** Requests before this person at that instant, each counted from when this person had it. */
  readonly depthAt: (instant: string) => number;
  /** Those that came on the five business days around that instant. */
  readonly cameAround: (instant: string) => readonly TwinRecord<"approval">[];
};

const desks = new WeakMap<FirmView, ReadonlyMap<string, Desk>>();

/** One pass over all requests of the view, on first use. */
export function deskOf(view: FirmView, personId: string): Desk | null {
  let known = desks.get(view);
  if (!known) desks.set(view, (known = buildDesks(view)));
  return known.get(personId) ?? null;
}

type Arrival = { readonly at: number; readonly approval: TwinRecord<"approval"> };
type Pile = { readonly arrivals: Arrival[]; readonly ends: number[] };

function buildDesks(view: FirmView): Map<string, Desk> {
  const piles = new Map<string, Pile>();
  for (const approval of view.all("approval")) {
    for (const { personId, from, to } of approvalWay(view, approval).turns) {
      if (personId === null) continue;
      let own = piles.get(personId);
      if (!own) piles.set(personId, (own = { arrivals: [], ends: [] }));
      own.arrivals.push({ at: Date.parse(from), approval });
      own.ends.push(Date.parse(to));
    }
  }
  const first = [...piles.values()].reduce(
    (least, { arrivals }) => arrivals.reduce((low, { at }) => Math.min(low, at), least),
    Date.parse(view.asOf),
  );
  const mornings = businessMornings(view, first);
  return new Map([...piles].map(([id, pile]) => [id, desk(pile, mornings)]));
}

/** Two business days before and two after. */
const reach = 2;

function desk({ arrivals, ends }: Pile, mornings: readonly number[]): Desk {
  arrivals.sort((one, other) => one.at - other.at);
  ends.sort((one, other) => one - other);
  const starts = arrivals.map(({ at }) => at);
  const own = mornings.slice(Math.max(0, countUpTo(mornings, starts[0] ?? 0) - 1));
  const counts = own.map(
    (morning, index) =>
      countUpTo(starts, (own[index + 1] ?? Number.POSITIVE_INFINITY) - 1) -
      countUpTo(starts, morning - 1),
  );
  const lasting = counts.map((_, index) => {
    const near = counts.slice(Math.max(0, index - reach), index + reach + 1);
    return near.toSorted((one, other) => one - other)[Math.min(1, near.length - 1)] ?? 0;
  });
  const usual = percentile(lasting, usualPercent);
  const dayAt = (instant: string) => Math.max(0, countUpTo(own, Date.parse(instant)) - 1);
  return {
    inflowAt: (instant) => {
      const daily = lasting[dayAt(instant)];
      return daily === undefined || usual === null ? null : { daily, usual };
    },
    depthAt: (instant) =>
      countUpTo(starts, Date.parse(instant)) - countUpTo(ends, Date.parse(instant)),
    cameAround: (instant) => {
      const day = dayAt(instant);
      const from = own[Math.max(0, day - reach)] ?? 0;
      const to = own[day + reach + 1] ?? Number.POSITIVE_INFINITY;
      return arrivals
        .slice(countUpTo(starts, from - 1), countUpTo(starts, to - 1))
        .map(({ approval }) => approval);
    },
  };
}

const usualPercent = 90;

/** When the firm opens, on every business day from the first request to now. */
function businessMornings({ calendar, asOf }: FirmView, first: number): number[] {
  const mornings: number[] = [];
  const zone = calendar.zone;
  const until = Date.parse(asOf);
  const time = Temporal.PlainTime.from({
    hour: Math.floor(calendar.opensAt / 60),
    minute: calendar.opensAt % 60,
  });
  let day = Temporal.Instant.fromEpochMilliseconds(first).toZonedDateTimeISO(zone).toPlainDate();
  for (;;) {
    const opens = day.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
    if (opens > until) return mornings;
    if (isBusinessDay(calendar, day)) mornings.push(opens);
    day = day.add({ days: 1 });
  }
}

/** How many of the sorted values are not greater. */
function countUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
