import { addDays, firmDate } from "../firm/firm-days.ts";
import type { SimulatedEvent } from "../simulator/events.ts";
import { type DeliveryRates, usualRates, webhookStream } from "../simulator/webhooks.ts";
import type { BookedEvent } from "./books.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { WebhookSender } from "./webhooks.ts";
import { type World, worldEventOf } from "./world.ts";

export type ReplayRequest = {
  /** Shares of all deliveries; what is not named is as usual. */
  readonly rates?: Partial<DeliveryRates>;
  /** How far back, 7 when left out. */
  readonly days?: number;
  /** At most so many of the newest events; 2,000 when left out. */
  readonly limit?: number;
};

/** What went out. An event that was lost is in none of the others. */
export type Replayed = {
  readonly events: number;
  readonly deliveries: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly forged: number;
};

const mostDays = 3_650;
const mostEvents = 100_000;

/**
 * Sends what all systems recorded in the last days, in the order in which it would arrive: some twice,
 * some late, some never, some with a bad signature. The same world and rates send the same.
 */
export function replayDeliveries(
  world: World,
  sender: Pick<WebhookSender, "send" | "sendForged">,
  { rates = {}, days = 7, limit = 2_000 }: ReplayRequest,
): Replayed {
  const all: DeliveryRates = { ...usualRates, ...rates };
  if (Object.values(all).some((rate) => !(rate >= 0 && rate <= 1)))
    throw new NotAllowed(422, "bad_rate", "A rate is a share from 0 to 1.");
  if (!(days >= 1 && days <= mostDays) || !(limit >= 1 && limit <= mostEvents))
    throw new NotAllowed(422, "bad_field", "Days and limit are positive whole numbers.");
  const since = addDays(firmDate(world.now()), -Math.floor(days));
  const booked = world.books.since(since).slice(-Math.floor(limit));
  const byId = new Map(booked.map((event) => [event.id, event]));
  const { seed, anchor, beside } = world.state();
  const stream = webhookStream(
    {
      options: { seed, size: beside?.size ?? "S", anchor: beside?.anchor ?? anchor },
      events: booked.map(simulated),
    },
    all,
  );
  const arrived = new Set<string>();
  let [duplicates, forged] = [0, 0];
  for (const { event, signature, deliveryId } of stream) {
    const known = byId.get(event.id);
    if (!known) continue;
    if (arrived.has(deliveryId)) duplicates += 1;
    arrived.add(deliveryId);
    if (signature === "invalid") {
      forged += 1;
      sender.sendForged(worldEventOf(known));
    } else sender.send(worldEventOf(known));
  }
  return {
    events: booked.length,
    deliveries: stream.length,
    duplicates,
    lost: booked.length - arrived.size,
    forged,
  };
}

const simulated = (event: BookedEvent): SimulatedEvent => ({
  id: event.id,
  type: event.type,
  occurredAt: event.occurredAt,
  recordedAt: event.recordedAt,
  objects: [{ type: event.kind, id: event.subject, qualifier: "subject" }, ...event.objects],
  attributes: event.changed,
});
