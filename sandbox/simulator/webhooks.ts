import { dayOfDate } from "./calendar.ts";
import { createCast } from "./cast.ts";
import { drawsFor } from "./draws.ts";
import type { SimulatedEvent } from "./events.ts";
import { createSetting } from "./options.ts";
import { systemOf } from "./record-systems.ts";
import type { RecordKind } from "./records.ts";
import type { SimulatedFirm } from "./simulate-firm.ts";

/** How often things go wrong between a system and its listener; each a share of all deliveries. */
export type DeliveryRates = {
  readonly duplicate: number;
  readonly reorder: number;
  /** Later than an hour. */
  readonly delayed: number;
  readonly lost: number;
  readonly badSignature: number;
};
export const usualRates: DeliveryRates = {
  duplicate: 0.02,
  reorder: 0.03,
  delayed: 0.01,
  lost: 0.003,
  badSignature: 0.001,
};

/** One arrival at the listener. A duplicate has the delivery id of its first arrival. */
export type WebhookDelivery = {
  readonly deliveryId: string;
  readonly system: string;
  readonly sentAt: string;
  readonly arrivesAt: string;
  readonly signature: "valid" | "invalid";
  readonly event: SimulatedEvent;
};

/** All deliveries in the order of arrival. Lost ones do not appear; what the listener misses, only a sweep can tell. */
export function webhookStream(
  firm: Pick<SimulatedFirm, "options" | "events">,
  rates: DeliveryRates = usualRates,
): WebhookDelivery[] {
  const root = drawsFor(`${firm.options.seed}/deliveries`);
  const lags = outages(firm);
  const deliveries: { order: number; delivery: WebhookDelivery }[] = [];
  for (const event of firm.events) {
    const kind = event.objects[0]?.type as RecordKind;
    const system = systemOf[kind];
    const draws = root.of("delivery", event.id);
    if (draws.chance("lost", rates.lost)) continue;
    const sent = Date.parse(event.recordedAt);
    const fate = draws.uniform("fate");
    const usual = 400 + 2_600 * draws.uniform("latency");
    // Overtaken by whatever is sent within the next minutes.
    const wait =
      fate < rates.delayed
        ? 3_600_000 * (1 + 20 * draws.uniform("hours"))
        : fate < rates.delayed + rates.reorder
          ? 60_000 * (2 + 20 * draws.uniform("minutes"))
          : usual;
    const held = lags.find((lag) => lag.system === system && sent >= lag.from && sent < lag.until);
    const arrives = Math.round(held ? held.until + usual : sent + wait);
    const delivery: WebhookDelivery = {
      deliveryId: `WH-${event.id.slice(3)}`,
      system,
      sentAt: event.recordedAt,
      arrivesAt: new Date(arrives).toISOString(),
      signature: draws.chance("signature", rates.badSignature) ? "invalid" : "valid",
      event,
    };
    deliveries.push({ order: arrives, delivery });
    if (draws.chance("twice", rates.duplicate)) {
      const again = arrives + Math.round(1_000 + 600_000 * draws.uniform("again"));
      deliveries.push({
        order: again,
        delivery: { ...delivery, arrivesAt: new Date(again).toISOString() },
      });
    }
  }
  return deliveries.sort((one, other) => one.order - other.order).map(({ delivery }) => delivery);
}

/** Days on which a system sends nothing and catches up afterwards. */
function outages({
  options,
}: Pick<SimulatedFirm, "options">): { system: string; from: number; until: number }[] {
  const { circumstances, setting } = createCast(createSetting(options));
  const midnight = (day: number): number => Date.parse(setting.calendar.instant(day * 1440));
  const last = dayOfDate(options.anchor);
  return circumstances.all
    .filter(({ kind }) => kind === "system-lags")
    .map(({ entityId, from, until }) => ({
      system: entityId,
      from: midnight(from),
      until: midnight(Math.min(until, last + 5)),
    }));
}
