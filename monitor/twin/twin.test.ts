import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observed } from "#/domain/event-order.ts";
import { observe } from "#/domain/evidence.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView } from "./firm-view.ts";
import { foldEvents, placeEvent } from "./fold-events.ts";
import { ticketEvent, wholeTicket } from "./sample-events.ts";
import { createTwin } from "./twin.ts";
import { viewOfRecords } from "./view-of-records.ts";

const settings = {
  calendar: { zone: "UTC", days: [1, 2, 3, 4, 5], opensAt: 540, closesAt: 1020, holidays: [] },
  currency: "EUR",
};
const asOf = "2026-02-01T00:00:00.000Z";

const twinOf = (events: Iterable<OperationsEvent>) => {
  const twin = createTwin(settings);
  for (const event of events) twin.apply(event);
  return twin;
};

/** Everything a view of tickets can be asked. */
const seen = (view: FirmView) => ({
  all: view.all("ticket"),
  by: [1, 2, 3].map((reopens) => view.by("ticket", "reopens", String(reopens))),
  history: view.all("ticket").map(({ id }) => view.history("ticket", id)),
});

/** Up to five versions of up to four tickets; some versions are claimed twice, some were looked at. */
const tale = fc
  .array(
    fc.record({
      ticket: fc.constantFrom("T1", "T2", "T3", "T4"),
      sequence: fc.integer({ min: 1, max: 5 }),
      reopens: fc.integer({ min: 0, max: 3 }),
      looked: fc.boolean(),
      minute: fc.integer({ min: 10, max: 59 }),
    }),
    { maxLength: 20 },
  )
  .map((parts) =>
    parts.map(({ ticket, sequence, reopens, looked, minute }, index) =>
      ticketEvent(ticket, sequence, {
        id: `E${index}`,
        recordedAt: `2026-01-06T09:${minute}:00.000Z`,
        ...(looked ? { type: observed("ticket") } : {}),
        attributes: looked || sequence === 1 ? { ...wholeTicket, reopens } : { reopens },
      }),
    ),
  );

const delivered = tale.chain((events) =>
  fc.record({
    events: fc.constant(events),
    arrivals: fc
      .tuple(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.subarray(events),
        fc.shuffledSubarray(events),
      )
      .map(([all, ...again]) => [...all, ...again.flat()]),
  }),
);

describe("the twin", () => {
  test("permuted, repeated and delayed deliveries end in the same view", () => {
    fc.assert(
      fc.property(delivered, ({ events, arrivals }) => {
        expect(seen(twinOf(arrivals).view(asOf))).toEqual(seen(twinOf(events).view(asOf)));
      }),
      { numRuns: 300 },
    );
  });

  test("records folded elsewhere give the same view as their events", () => {
    fc.assert(
      fc.property(tale, (events) => {
        const histories = Map.groupBy(events, ({ subject }) => subject.id);
        const records = [...histories.values()].flatMap((own) => {
          const placed: OperationsEvent[] = [];
          for (const event of own) placeEvent(placed, event);
          return foldEvents(placed) ?? [];
        });
        const view = viewOfRecords({ records, events }, settings, { asOf });
        expect(seen(view)).toEqual(seen(twinOf(events).view(asOf)));
      }),
    );
  });

  test("a view stays as it was when more arrives, and the next one knows it", () => {
    fc.assert(
      fc.property(tale, tale, (first, later) => {
        const twin = twinOf(first);
        const view = twin.view(asOf);
        const before = structuredClone(seen(twinOf(first).view(asOf)));
        for (const event of later) twin.apply(event);
        expect(seen(view)).toEqual(before);
        expect(seen(twin.view(asOf))).toEqual(seen(twinOf([...first, ...later]).view(asOf)));
      }),
    );
  });

  test("a repeated event says so, and so does another one of a version that stands", () => {
    const twin = createTwin(settings);
    expect(twin.apply(ticketEvent("T1", 1, { id: "b" }))).toBe(true);
    expect(twin.apply(ticketEvent("T1", 1, { id: "b" }))).toBe(false);
    expect(twin.apply(ticketEvent("T1", 1, { id: "a" }))).toBe(false);
    expect(twin.size).toBe(1);
  });

  test("a lost event shows as a gap; a look at the whole record closes it and nothing above", () => {
    const twin = twinOf([1, 3, 6].map((sequence) => ticketEvent("T1", sequence)));
    expect(twin.incomplete()).toEqual([
      { kind: "ticket", id: "T1", missing: [2, 4, 5], problem: null },
    ]);
    twin.apply(ticketEvent("T1", 4, { type: observed("ticket"), attributes: wholeTicket }));
    expect(twin.incomplete()[0]?.missing).toEqual([5]);
    expect(twin.view(asOf).get("ticket", "T1")?.fields.reopens).toBe(6);
  });

  test("what was seen at the source beats what was told of the same version", () => {
    const twin = twinOf([
      ticketEvent("T1", 2, { type: observed("ticket"), attributes: wholeTicket }),
      ticketEvent("T1", 1),
      ticketEvent("T1", 2),
    ]);
    expect(twin.view(asOf).get("ticket", "T1")?.fields.reopens).toBe(0);
    expect(
      twin
        .view(asOf)
        .history("ticket", "T1")
        .map(({ type }) => type),
    ).toEqual(["ticket.opened", "ticket.changed", "ticket.observed"]);
  });

  test("a record whose first event has not arrived is not shown, and names the field it lacks", () => {
    const twin = twinOf([ticketEvent("T1", 2)]);
    expect(twin.view(asOf).get("ticket", "T1")).toBeNull();
    expect(twin.view(asOf).all("ticket")).toEqual([]);
    expect(twin.incomplete()).toEqual([
      { kind: "ticket", id: "T1", missing: [1], problem: "clientId" },
    ]);
  });

  test("a version far away lists its first hundred holes, not millions", () => {
    const twin = twinOf([ticketEvent("T1", 1), ticketEvent("T1", 2_000_000_000)]);
    expect(twin.incomplete()[0]?.missing).toHaveLength(100);
  });

  test("evidence of a field is its value, its version and when we heard of it (P5)", () => {
    const record = twinOf([ticketEvent("T1", 1), ticketEvent("T1", 2)])
      .view(asOf)
      .get("ticket", "T1");
    expect(record && observe(record.source, "reopens", record.fields.reopens)).toMatchObject({
      record: { system: "itsm", type: "ticket", id: "T1" },
      value: 2,
      revision: "2",
      retrievedAt: ticketEvent("T1", 2).recordedAt,
    });
  });
});
