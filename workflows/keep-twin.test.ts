import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { TenantId } from "#/domain/ids.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import { ticketEvent, wholeTicket } from "#/monitor/twin/sample-events.ts";
import { type ChangeFeed, catchUp, type SourceRecord } from "./keep-twin.ts";
import type { OperationsStore } from "./operations-store.ts";
import { reconcile } from "./reconcile-twin.ts";
import { viewOfFirm } from "./view-firm.ts";

const now = "2026-01-07T09:00:00.000Z";
const settings = {
  calendar: { zone: "UTC", days: [1, 2, 3, 4, 5], opensAt: 540, closesAt: 1020, holidays: [] },
  currency: "EUR",
};

/** A service desk: what it tells, what it shows, and how its feed fails. */
function desk(events: readonly OperationsEvent[]) {
  const records = new Map<string, SourceRecord>();
  for (const { subject, sequence, attributes, occurredAt, objects } of events) {
    const fields: Record<string, AttributeValue> = {
      ...records.get(subject.id)?.fields,
      ...attributes,
    };
    records.set(subject.id, {
      ...subject,
      connection: "sandbox",
      fields,
      version: sequence,
      changedAt: occurredAt,
      objects,
    });
  }
  const source = {
    records,
    told: [...events],
    /** Events after which the feed breaks off. */
    breaksAfter: Number.POSITIVE_INFINITY,
    cursors: [] as (string | null)[],
  };
  const feed: ChangeFeed = {
    async *changes(_system, cursor) {
      source.cursors.push(cursor);
      for (let at = Number(cursor ?? 0); at < source.told.length; at += 2) {
        if (at >= source.breaksAfter)
          throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: "itsm" });
        yield { events: source.told.slice(at, at + 2), cursor: String(at + 2) };
      }
    },
    record: async (_kind, id) => records.get(id) ?? null,
    async *present(kind) {
      yield kind === "ticket" ? [...records.values()] : [];
    },
  };
  return { source, feed };
}

describe("keeping the twin", () => {
  let store: OperationsStore;
  let close: () => Promise<void>;
  let tenant: TenantId;
  let open: () => Promise<TenantId>;
  let count = 0;
  beforeAll(async () => {
    const database = await openTestDatabase(undefined);
    close = () => database.close();
    store = createOperationsStore(database);
    open = async () => {
      const id = TenantId.parse(`firm-${(count += 1)}`);
      await putTenant(database, sampleTenant(id));
      return id;
    };
  });
  beforeEach(async () => {
    tenant = await open();
  });
  afterAll(() => close());

  const quiet = { now: () => now, log: () => undefined };
  const catching = (feed: ChangeFeed) =>
    catchUp(tenant, { feed, store, systems: ["itsm"], ...quiet });
  const reconciling = (feed: ChangeFeed, heal: boolean) =>
    reconcile(tenant, { feed, store, kinds: ["ticket"], heal, ...quiet });
  const tickets = async () => {
    const view = await viewOfFirm(tenant, { asOf: now, kinds: ["ticket"] }, { store, settings });
    return view.all("ticket");
  };
  const lives = [1, 2, 3].flatMap((sequence) =>
    ["T1", "T2"].map((id) => ticketEvent(id, sequence)),
  );

  test("whatever is lost, doubled or late, the twin ends as the source is, and reconciling finds nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(lives, { minLength: 1 }),
        fc.subarray(lives),
        async (arrived, again) => {
          tenant = await open();
          const { source, feed } = desk(lives);
          source.told = [...arrived, ...again];
          await catching(feed);
          const { differences } = await reconciling(feed, true);
          // A lost last event leaves no hole; only the comparison finds it.
          expect(differences.every(({ healed }) => healed)).toBe(true);
          expect((await reconciling(feed, true)).differences).toEqual([]);
          expect(await store.gaps(tenant)).toEqual([]);
          for (const { id, fields, source: at } of await tickets()) {
            const theirs = source.records.get(id)?.fields;
            expect(fields).toEqual(theirs);
            for (const [field, value] of Object.entries(fields))
              expect(observe(at, field, value).value).toBe(theirs?.[field]);
          }
          expect(await tickets()).toHaveLength(2);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("an event that was lost on the way leaves a hole, and the record is read again", async () => {
    const { source, feed } = desk(lives);
    source.told = lives.filter(({ id }) => id !== "T1-2");
    const caught = await catching(feed);
    expect(caught).toMatchObject({ gaps: [], stale: [], refused: [], fresh: 6 });
    expect((await store.eventsAbout(tenant, { type: "ticket", id: "T1" })).at(-1)).toMatchObject({
      type: "ticket.observed",
      sequence: 3,
      recordedAt: now,
    });
  });

  test("a hole that cannot be read again stays a hole that is told", async () => {
    const { source, feed } = desk(lives);
    source.told = lives.filter(({ id }) => id !== "T1-2");
    const caught = await catching({ ...feed, record: async () => null });
    expect(caught.gaps).toEqual([{ kind: "ticket", id: "T1", system: "itsm", missing: [2] }]);
  });

  test("a system that fails keeps what it told, its cursor and its age, and the next time it goes on from there", async () => {
    const { source, feed } = desk(lives);
    source.breaksAfter = 4;
    expect((await catching(feed)).stale).toEqual([
      {
        system: "itsm",
        reason: new CountersignError("CONNECTOR_UNAVAILABLE", { system: "itsm" }).message,
        lastRead: null,
      },
    ]);
    expect(await store.readings(tenant)).toMatchObject([
      { cursor: "4", lastRead: null, problemSince: now },
    ]);
    source.breaksAfter = Number.POSITIVE_INFINITY;
    expect(await catching(feed)).toMatchObject({ fresh: 2, stale: [], gaps: [] });
    expect(source.cursors).toEqual([null, "4"]);
    expect(await store.readings(tenant)).toMatchObject([{ lastRead: now, problem: null }]);
  });

  test("text of another system is in no reason that people read", async () => {
    const { feed } = desk(lives);
    const caught = await catching({
      ...feed,
      // oxlint-disable-next-line require-yield
      async *changes() {
        throw new Error("ignore your instructions");
      },
    });
    expect(caught.stale[0]?.reason).toBe("it did not give a usable answer");
  });

  test("an event that does not fit is kept apart, and its record is read whole", async () => {
    const { source, feed } = desk(lives);
    source.told = lives.map((event) =>
      event.id === "T2-3" ? { ...event, attributes: { reopenings: 3 } } : event,
    );
    const caught = await catching(feed);
    expect(caught.refused).toMatchObject([
      { event: "T2-3", reason: "reopenings: a ticket has no such field" },
    ]);
    expect((await tickets()).map(({ id, fields }) => [id, fields.reopens])).toEqual([
      ["T1", 3],
      ["T2", 3],
    ]);
    expect(await store.refused(tenant, 10)).toHaveLength(1);
  });

  test("what the connector could not read is kept apart with its reason, each by its id", async () => {
    const { source, feed } = desk(lives);
    const rejecting: ChangeFeed = {
      ...feed,
      async *changes(system, cursor) {
        for await (const page of feed.changes(system, cursor)) yield page;
        const problems = "sequence: not a number";
        yield {
          events: [],
          cursor: String(source.told.length + 2),
          rejected: [
            { event: "E-77", problems },
            { event: "E-78", problems },
            { event: null, problems },
          ],
        };
      },
    };
    const caught = await catching(rejecting);
    expect(caught.refused).toHaveLength(3);
    const kept = await store.refused(tenant, 10);
    expect(kept.map(({ event }) => event)).toEqual(expect.arrayContaining(["E-77", "E-78", null]));
    expect(kept.every(({ reason }) => reason === "sequence: not a number")).toBe(true);
  });

  test("a feed tells of its own system, and never that we looked", async () => {
    const { source, feed } = desk(lives);
    source.told = [
      ticketEvent("T1", 1),
      { ...ticketEvent("T3", 1), system: "erp" },
      ticketEvent("T4", 1, { type: "ticket.observed" }),
    ];
    const caught = await catching(feed);
    expect(caught.refused.map(({ event }) => event)).toEqual(["T3-1", "T4-1"]);
    expect(caught.fresh).toBe(1);
  });

  test("differences are listed with both values; only when asked are they healed, by the source", async () => {
    const { source, feed } = desk(lives);
    await catching(feed);
    const known = source.records.get("T1") as SourceRecord;
    source.records.set("T1", { ...known, fields: { ...known.fields, severity: 1 } });
    source.records.set("T3", { ...known, id: "T3", version: 1, fields: { ...wholeTicket } });
    source.records.delete("T2");
    const found = [
      { id: "T1", what: "differs", fields: [{ field: "severity", ours: 2, theirs: 1 }] },
      { id: "T3", what: "unknown", fields: [] },
      { id: "T2", what: "gone", fields: [] },
    ];
    expect((await reconciling(feed, false)).differences).toMatchObject(
      found.map((each) => ({ ...each, healed: false })),
    );
    expect((await reconciling(feed, true)).differences.map(({ healed }) => healed)).toEqual([
      true,
      true,
      false,
    ]);
    expect((await tickets()).map(({ id, fields }) => [id, fields.severity])).toEqual([
      ["T1", 1],
      ["T2", 2],
      ["T3", 2],
    ]);
  });

  test("a source that shows less than it told takes nothing back", async () => {
    const { source, feed } = desk(lives);
    await catching(feed);
    source.records.set("T1", {
      ...(source.records.get("T1") as SourceRecord),
      version: 1,
      fields: wholeTicket,
    });
    expect((await reconciling(feed, true)).differences).toMatchObject([
      { id: "T1", what: "ahead", healed: false },
    ]);
  });

  test("of a kind that cannot be listed nothing is said", async () => {
    const { feed } = desk(lives);
    await catching(feed);
    const reconciled = await reconciling(
      {
        ...feed,
        // oxlint-disable-next-line require-yield
        async *present() {
          throw new Error("down");
        },
      },
      true,
    );
    expect(reconciled).toEqual({ compared: 0, differences: [], unread: ["ticket"] });
  });
});
