import { describe, expect, test } from "vitest";
import { simulateFirm } from "./simulate-firm.ts";
import { usualRates, webhookStream } from "./webhooks.ts";

const firm = simulateFirm({ seed: "hooks", size: "S", anchor: "2026-11-23" });
const perfect = { duplicate: 0, reorder: 0, delayed: 0, lost: 0, badSignature: 0 };

describe("webhooks", () => {
  test("deliveries are the same every time and come in the order of arrival", () => {
    const stream = webhookStream(firm);
    expect(webhookStream(firm)).toEqual(stream);
    const arrivals = stream.map(({ arrivesAt }) => arrivesAt);
    expect(arrivals).toEqual(arrivals.toSorted());
  });

  test("without faults every event arrives once, after it was sent", () => {
    const stream = webhookStream(firm, perfect);
    expect(stream.map(({ event }) => event.id).toSorted()).toEqual(
      firm.events.map(({ id }) => id).toSorted(),
    );
    for (const { arrivesAt, sentAt } of stream) expect(arrivesAt > sentAt).toBe(true);
  });

  test("faults come at the rates that were asked for", () => {
    const stream = webhookStream(firm, {
      ...perfect,
      duplicate: 0.1,
      lost: 0.05,
      badSignature: 0.02,
    });
    const distinct = new Set(stream.map(({ deliveryId }) => deliveryId)).size;
    expect(1 - distinct / firm.events.length).toBeCloseTo(0.05, 1);
    expect(stream.length / distinct - 1).toBeCloseTo(0.1, 1);
    const bad = stream.filter(({ signature }) => signature === "invalid").length / stream.length;
    expect(bad).toBeGreaterThan(0.01);
    expect(bad).toBeLessThan(0.03);
  });

  test("a duplicate repeats the delivery id, the event and its time of sending", () => {
    const stream = webhookStream(firm, { ...perfect, duplicate: 1 });
    for (const same of Map.groupBy(stream, ({ deliveryId }) => deliveryId).values()) {
      expect(same).toHaveLength(2);
      expect(same[0]?.event).toBe(same[1]?.event);
      expect(same[0]?.sentAt).toBe(same[1]?.sentAt);
    }
  });

  test("at the usual rates some arrive out of order and some hours late", () => {
    const stream = webhookStream(firm, usualRates);
    const overtaken = stream.filter(
      ({ sentAt }, index) => index > 0 && sentAt < (stream[index - 1]?.sentAt ?? ""),
    );
    expect(overtaken.length).toBeGreaterThan(20);
    const late = stream.filter(
      ({ sentAt, arrivesAt }) => Date.parse(arrivesAt) - Date.parse(sentAt) > 3_600_000,
    );
    expect(late.length).toBeGreaterThan(20);
  });
});
