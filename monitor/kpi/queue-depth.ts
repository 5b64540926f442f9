import type { Source } from "#/domain/record.ts";
import { compareInstants } from "../civil-time.ts";
import { waitAt } from "../clocks/pending-age.ts";
import type { Context } from "./context.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, measured, noValue } from "./kpi.ts";
import { rational } from "./rational.ts";

/** One item of work in one queue: an approver, a stage, a webhook inbox. */
export type QueuedItem = {
  readonly source: Source;
  readonly queue: string;
  readonly enteredAt: string;
  /** null: still there. */
  readonly leftAt: string | null;
};

export type QueueState = {
  readonly depth: Kpi;
  /** Age of the oldest item, in business days. */
  readonly oldest: Kpi;
};

/**
 * How many items stood in the queue at the context's instant, past instants included: an item is in
 * it from its entry up to, and not including, the moment it left.
 */
export function queueState(
  items: Listing<QueuedItem> | null,
  { asOf, clock }: Context,
): QueueState {
  const intake = createIntake();
  const open = intake
    .list(items)
    .filter(
      ({ enteredAt, leftAt }) =>
        compareInstants(enteredAt, asOf) <= 0 &&
        (leftAt === null || compareInstants(leftAt, asOf) > 0),
    );
  for (const item of open) {
    intake.need(item.source, "enteredAt", item.enteredAt);
    intake.saw(item.source, "leftAt", item.leftAt);
  }
  const depth = { kpi: "queue-depth", unit: "count", asOf, from: [intake] } as const;
  const oldest = { kpi: "queue-oldest", unit: "business days", asOf, from: [intake] } as const;
  if (items === null)
    return { depth: noValue(depth, "missing-input"), oldest: noValue(oldest, "missing-input") };
  const ages = open.map(
    ({ enteredAt, leftAt }) =>
      waitAt(clock, { since: enteredAt, until: leftAt }, asOf)?.minutes ?? 0,
  );
  return {
    depth: amount(depth, open.length),
    oldest:
      ages.length === 0
        ? noValue(oldest, "none-found")
        : measured(
            oldest,
            rational(
              ages.reduce((a, b) => Math.max(a, b), 0),
              clock.dayMinutes,
            ),
          ),
  };
}

/** The same per queue (approver or stage), in ascending order of its name. */
export function queueStates(items: Listing<QueuedItem>, context: Context): Map<string, QueueState> {
  const queues = Map.groupBy(items.items, (item) => item.queue);
  return new Map(
    [...queues]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([queue, own]) => [queue, queueState({ source: items.source, items: own }, context)]),
  );
}
