import { type Calendar, dayOf, endOfDay, type Moment } from "./calendar.ts";
import { waits as order, type SimulatedInvoice, type Wait, type WaitKind } from "./invoice.ts";

/** Working days that fall to one kind of wait, attributed upstream first. */
export type WaitShare = {
  readonly what: WaitKind;
  readonly total: number;
  readonly sole: number;
  readonly shared: number;
};

/** Cuts the window at every boundary and gives each piece to the earliest wait in the chain. */
export function attribute(
  calendar: Calendar,
  waits: readonly Wait[],
  window: readonly [Moment, Moment],
): { shares: WaitShare[]; unexplained: number } {
  const [start, end] = window;
  const near = waits.flatMap((wait) => {
    const cut = { ...wait, from: Math.max(wait.from, start), to: Math.min(wait.to, end) };
    return cut.to > cut.from ? [cut] : [];
  });
  const edges = [...new Set([start, end, ...near.flatMap(({ from, to }) => [from, to])])].toSorted(
    (one, other) => one - other,
  );
  const totals = new Map<WaitKind, { total: number; sole: number; shared: number }>();
  let unexplained = 0;
  edges.slice(1).forEach((to, index) => {
    const from = edges[index] ?? start;
    const days = calendar.between(from, to);
    if (days <= 0) return;
    const active = new Set(
      near.filter((wait) => wait.from <= from && wait.to >= to).map(({ what }) => what),
    );
    const owner = order.find((what) => active.has(what));
    if (!owner) {
      unexplained += days;
      return;
    }
    const sum = totals.get(owner) ?? { total: 0, sole: 0, shared: 0 };
    sum.total += days;
    if (active.size === 1) sum.sole += days;
    else sum.shared += days;
    totals.set(owner, sum);
  });
  return {
    shares: [...totals]
      .map(([what, sum]) => ({ what, ...sum }))
      .toSorted((one, other) => other.total - one.total),
    unexplained,
  };
}

/**
 * Business days by which the invoice would have been ready earlier, had this one wait not been there
 * and had everything downstream taken as long as it did. Reviews of late time move up with the time.
 */
export function daysWithout(calendar: Calendar, invoice: SimulatedInvoice, what: WaitKind): number {
  const downstream: readonly WaitKind[] = ["invoice approval", "transfer", "run"];
  const own = invoice.waits.filter((wait) => wait.what === what);
  if (own.length === 0) return 0;
  if (downstream.includes(what))
    return own.reduce((sum, { from, to }) => sum + calendar.between(from, to), 0);
  const freed = new Map(own.map((wait) => [wait.record.id, calendar.between(wait.from, wait.to)]));
  const upstream = invoice.waits.filter((wait) => !downstream.includes(wait.what));
  const floor = Math.max(invoice.draftedAt, invoice.clock);
  const end = Math.max(floor, ...upstream.map(({ to }) => to));
  const without = Math.max(
    floor,
    ...upstream
      .filter((wait) => wait.what !== what)
      .map(({ to, record }) =>
        freed.has(record.id) ? calendar.add(to, -Math.min(freed.get(record.id) ?? 0, 200)) : to,
      ),
  );
  return Math.max(0, calendar.between(without, end));
}

/** From the clock's start to the end of the day on which it went out, or to now. */
export const windowOf = (invoice: SimulatedInvoice, now: Moment): readonly [Moment, Moment] => {
  const end = invoice.issuedAt <= now ? endOfDay(dayOf(invoice.issuedAt)) : now;
  return [invoice.clock, Math.max(invoice.clock, end)];
};
