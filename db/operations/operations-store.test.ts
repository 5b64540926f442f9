import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { observed } from "#/domain/event-order.ts";
import type { FoldedRecord } from "#/domain/folded-record.ts";
import { TenantId } from "#/domain/ids.ts";
import { recordKinds } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { foldEvents, placeEvent } from "#/monitor/twin/fold-events.ts";
import { ticketEvent, wholeTicket } from "#/monitor/twin/sample-events.ts";
import { inTenant } from "../in-tenant.ts";
import type { Database } from "../open-database.ts";
import { sampleTenant } from "../sample-rows.ts";
import { putTenant } from "../tenant.ts";
import { openTestDatabase } from "../test-database.ts";
import { createOperationsStore } from "./operations-store.ts";

const server = process.env["TEST_DATABASE_URL"];
const kinds: readonly (string | undefined)[] = server ? [undefined, server] : [undefined];

const first = TenantId.parse("first");
const second = TenantId.parse("second");

/** Up to five versions of up to three tickets; some claimed twice, some looked at. */
const tale = fc
  .array(
    fc.record({
      ticket: fc.constantFrom("T1", "T2", "T3"),
      sequence: fc.integer({ min: 1, max: 5 }),
      reopens: fc.integer({ min: 0, max: 3 }),
      looked: fc.boolean(),
      minute: fc.integer({ min: 10, max: 59 }),
    }),
    { minLength: 1, maxLength: 15 },
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

/** The same events in another order, some more than once, in packets. */
const deliveries = tale.chain((events) =>
  fc.record({
    events: fc.constant(events),
    packets: fc
      .tuple(fc.shuffledSubarray(events, { minLength: events.length }), fc.subarray(events))
      .chain(([all, again]) =>
        fc
          .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 })
          .map((sizes) => cut([...all, ...again], sizes)),
      ),
  }),
);

function cut(events: readonly OperationsEvent[], sizes: readonly number[]): OperationsEvent[][] {
  const packets: OperationsEvent[][] = [];
  for (let at = 0, turn = 0; at < events.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    packets.push(events.slice(at, at + size));
    at += size;
  }
  return packets;
}

const folded = (events: readonly OperationsEvent[]) =>
  [...Map.groupBy(events, ({ subject }) => subject.id)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, own]) => {
      const placed: OperationsEvent[] = [];
      for (const event of own) placeEvent(placed, event);
      return foldEvents(placed);
    });

describe.each(kinds.map((url) => ({ url, label: url ? "a server" : "embedded" })))(
  "the operations store, $label",
  ({ url }) => {
    let database: Database;
    let store: ReturnType<typeof createOperationsStore>;
    let runs = 0;
    const fresh = async (): Promise<TenantId> => {
      const tenant = TenantId.parse(`run-${(runs += 1)}`);
      await putTenant(database, sampleTenant(tenant));
      return tenant;
    };
    const records = async (tenant: TenantId, asOf: string | null = null) => {
      const found: FoldedRecord[] = [];
      for await (const page of store.firmRecords(tenant, { kinds: recordKinds, asOf, history: [] }))
        found.push(...page.records);
      return found;
    };
    beforeAll(async () => {
      database = await openTestDatabase(url);
      store = createOperationsStore(database);
      for (const id of [first, second]) await putTenant(database, sampleTenant(id));
    });
    afterAll(() => database.close());

    test("any order, any packets and repeats end in the records that the events amount to", async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ events, packets }) => {
          const tenant = await fresh();
          let count = 0;
          for (const packet of packets) count += (await store.receive(tenant, packet)).fresh.length;
          expect(count).toBe(events.length);
          expect(await records(tenant)).toEqual(folded(events));
        }),
        { numRuns: 60 },
      );
    });

    test("writers at the same time end in the same records", async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ events, packets }) => {
          const tenant = await fresh();
          await Promise.all(packets.map((packet) => store.receive(tenant, packet)));
          expect(await records(tenant)).toEqual(folded(events));
        }),
        { numRuns: 20 },
      );
    });

    test("as of an instant, records are as what had been recorded by then tells", async () => {
      await fc.assert(
        fc.asyncProperty(tale, fc.integer({ min: 10, max: 59 }), async (events, minute) => {
          const tenant = await fresh();
          const asOf = `2026-01-06T09:${minute}:00.000Z`;
          await store.receive(tenant, events);
          expect(await records(tenant, asOf)).toEqual(
            folded(events.filter(({ recordedAt }) => recordedAt <= asOf)),
          );
        }),
        { numRuns: 30 },
      );
    });

    test("the gaps are the versions that are missing below the highest and above the last look", async () => {
      await fc.assert(
        fc.asyncProperty(tale, async (events) => {
          const tenant = await fresh();
          await store.receive(tenant, events);
          const expected = [...Map.groupBy(events, ({ subject }) => subject.id)].flatMap(
            ([id, own]) => {
              const versions = new Set(own.map(({ sequence }) => sequence));
              const looked = own.filter(({ type }) => type.endsWith(".observed"));
              const from = Math.max(0, ...looked.map(({ sequence }) => sequence));
              const missing = [1, 2, 3, 4, 5].filter(
                (version) =>
                  version > from && version < Math.max(...versions) && !versions.has(version),
              );
              return missing.length > 0 ? [{ kind: "ticket", id, system: "itsm", missing }] : [];
            },
          );
          expect(await store.gaps(tenant)).toEqual(
            expected.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
          );
        }),
        { numRuns: 30 },
      );
    });

    test("a version far away costs nothing: its first hundred holes are listed", async () => {
      const tenant = await fresh();
      await store.receive(tenant, [ticketEvent("T1", 1), ticketEvent("T1", 2_000_000_000)]);
      expect((await store.gaps(tenant))[0]?.missing).toHaveLength(100);
    });

    test("P8: by row-level security alone, no tenant sees or writes what is another's", async () => {
      await store.receive(first, [ticketEvent("T1", 1)]);
      await store.receive(second, [ticketEvent("T2", 1)]);
      await store.markRead(first, "itsm", "2026-01-06T10:00:00.000Z");
      await store.receive(first, [{ id: "bad" }]);
      await store.saveAssessments(first, [
        { projectId: "P1", asOf: "2026-01-06T10:00:00.000Z", body: {}, memory: {} },
      ]);
      await store.openProcessLog(first, { name: "log", format: "csv", declared: null });
      await store.addProcessEvents(first, "log", [step]);
      await store.putProcessObjects(first, "log", [
        { type: "order", id: "O1", attributes: [], objects: [] },
      ]);
      const tables = await database.pool.query<{ relname: string }>(
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
           and (relname ~ '^(operations|process)_' or relname in ('twin_record', 'source_reading', 'project_assessment'))`,
      );
      expect(tables.rows).toHaveLength(9);
      for (const { relname } of tables.rows) {
        const seen = await inTenant(database, second, (tx) =>
          tx.query(`select tenant from ${relname}`),
        );
        expect(seen.rows.filter(({ tenant }) => tenant !== second)).toEqual([]);
        const own = await inTenant(database, first, (tx) =>
          tx.query(`select tenant from ${relname}`),
        );
        expect(own.rows.length).toBeGreaterThan(0);
      }
      await expect(
        inTenant(database, second, (tx) =>
          tx.query(
            `insert into twin_record (tenant, kind, id, connection, system, fields, versions, version,
               holes, changed_at, recorded_at)
             values ('first', 'ticket', 'X', 'c', 'itsm', '{}', '{}', 1, 0, now(), now())`,
          ),
        ),
      ).rejects.toThrow(/row-level security/);
    });

    test("what was told cannot be changed or taken back", async () => {
      for (const statement of [
        "update operations_event set type = 'ticket.closed'",
        "delete from operations_event",
        "update operations_event_object set id = 'C2'",
        "delete from process_event",
      ])
        await expect(inTenant(database, first, (tx) => tx.query(statement))).rejects.toThrow(
          /permission denied/,
        );
    });

    test.each([
      ["no event at all", { id: "x" }, /connection/],
      [
        "a field that its kind does not have",
        { attributes: { reopen: 1 } },
        /reopen: a ticket has/,
      ],
      ["a value of another type", { attributes: { reopens: "twice" } }, /^reopens: /],
      ["a type that is about something else", { type: "invoice.issued" }, /not about a ticket/],
      ["a text that cannot be stored", { attributes: { title: "a\0b" } }, /cannot be stored/],
      ["half a character", { attributes: { title: "\ud83d" } }, /cannot be stored/],
      ["a version beyond counting", { sequence: 3_000_000_000 }, /sequence/],
      ["a look that saw only half", { type: "ticket.observed" }, /whole record/],
    ])("%s is kept apart with its reason, and the rest is taken in", async (_, change, reason) => {
      const tenant = await fresh();
      const bad = "id" in change ? change : { ...ticketEvent("T1", 2), ...change };
      for (const times of [1, 2]) {
        const received = await store.receive(tenant, [bad, ticketEvent("T1", 1)]);
        expect(received.refused).toHaveLength(1);
        expect(await store.refused(tenant, 10)).toEqual([
          expect.objectContaining({ reason: expect.stringMatching(reason), times }),
        ]);
      }
      expect((await records(tenant)).map(({ version }) => version)).toEqual([1]);
    });

    test("times are kept in UTC, whatever way they were written", async () => {
      const tenant = await fresh();
      await store.receive(tenant, [
        { ...ticketEvent("T1", 1), occurredAt: "2026-01-05T09:00:00Z" },
      ]);
      expect((await records(tenant))[0]?.changedAt).toBe("2026-01-05T09:00:00.000Z");
    });

    test("events of an object are those about it and those that concern it", async () => {
      const tenant = await fresh();
      await store.receive(tenant, [
        ticketEvent("T1", 1),
        ticketEvent("T2", 1, { attributes: { ...wholeTicket, clientId: "C2" } }),
        ticketEvent("T1", 2),
      ]);
      const about = async (type: string, id: string) =>
        (await store.eventsAbout(tenant, { type, id })).map(({ id: event }) => event);
      expect(await about("ticket", "T1")).toEqual(["T1-1", "T1-2"]);
      expect(await about("client", "C1")).toEqual(["T1-1", "T2-1", "T1-2"]);
      expect(await about("client", "C9")).toEqual([]);
    });

    test("a system that fails keeps its cursor and its last reading, and says since when", async () => {
      const tenant = await fresh();
      const [t1, t2, t3] = [1, 2, 3].map((hour) => `2026-01-06T0${hour}:00:00.000Z`) as [
        string,
        string,
        string,
      ];
      await store.moveCursor(tenant, "erp", "c1");
      await store.markRead(tenant, "erp", t1);
      await store.markProblem(tenant, "erp", { problem: "down", at: t2 });
      await store.markProblem(tenant, "erp", { problem: "still down", at: t3 });
      expect(await store.readings(tenant)).toEqual([
        { system: "erp", cursor: "c1", lastRead: t1, problem: "still down", problemSince: t2 },
      ]);
      await store.markRead(tenant, "erp", t3);
      await store.markRead(tenant, "erp", t2);
      expect(await store.readings(tenant)).toEqual([
        { system: "erp", cursor: "c1", lastRead: t3, problem: null, problemSince: null },
      ]);
    });

    test("an assessment is kept with its memory; an earlier instant never replaces a later", async () => {
      const tenant = await fresh();
      const of = (projectId: string, day: number) => ({
        projectId,
        asOf: `2026-01-0${day}T00:00:00.000Z`,
        body: { day },
        memory: [day],
      });
      await store.saveAssessments(tenant, [of("P1", 2), of("P2", 2)]);
      await store.saveAssessments(tenant, [of("P1", 1), of("P2", 3)]);
      expect(await store.loadAssessments(tenant, null)).toEqual([of("P1", 2), of("P2", 3)]);
      expect(await store.loadAssessments(tenant, ["P2"])).toEqual([of("P2", 3)]);
    });
  },
);

const step = {
  key: "1",
  case: "c",
  activity: "a",
  at: "2026-01-06T10:00:00.000Z",
  resource: null,
  role: null,
  group: null,
  attributes: {},
  objects: [],
};
