import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { observed } from "#/domain/event-order.ts";
import { TenantId } from "#/domain/ids.ts";
import { recordKinds } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { operationsEvents } from "#/evals/monitor/eval-firm.ts";
import { ticketEvent, wholeTicket } from "#/monitor/twin/sample-events.ts";
import { simulateFirm } from "#/sandbox/simulator/simulate-firm.ts";
import { importLog } from "./import-log.ts";
import { writeOcelJson } from "./object-logs/write-ocel.ts";

const anySpan = { since: null, until: null };
const schemaFile = "../shared/data/ocel/schema_ocel2.json";

describe("import and export of logs", () => {
  let store: ReturnType<typeof createOperationsStore>;
  let close: () => Promise<void>;
  let firm: () => Promise<TenantId>;
  let folder: string;
  let count = 0;
  beforeAll(async () => {
    const database = await openTestDatabase(undefined);
    close = () => database.close();
    store = createOperationsStore(database);
    firm = async () => {
      const id = TenantId.parse(`firm-${(count += 1)}`);
      await putTenant(database, sampleTenant(id));
      return id;
    };
    folder = mkdtempSync(join(tmpdir(), "logs-"));
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fileOf = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const bring = (tenant: TenantId, path: string, log = "log") =>
    importLog({ path, log }, { store, tenant, progress: () => undefined });
  const all = async <T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> => {
    const found: T[] = [];
    for await (const page of pages) found.push(...page);
    return found;
  };
  const exported = async (tenant: TenantId, span = anySpan): Promise<string> => {
    const pieces: string[] = [];
    for await (const piece of writeOcelJson({
      types: await store.typesIn(tenant, span),
      events: store.events(tenant, span),
      eventsByRecord: store.eventsByRecord(tenant, span),
      concerned: store.concerned(tenant, span),
    }))
      pieces.push(piece);
    return pieces.join("");
  };
  const byId = (events: readonly OperationsEvent[]) =>
    events.toSorted((one, other) => (one.id < other.id ? -1 : 1));

  const csv =
    "case,activity,time\nc1,ask,2026-01-05T10:00:00Z\nc1,ask,when\nc1,done,2026-01-06T10:00:00Z\n";

  test("rows of a CSV are kept as events of a named log; a bad row is told with its line; again adds nothing", async () => {
    const tenant = await firm();
    const path = fileOf("asks.csv", csv);
    expect(await bring(tenant, path, "asks")).toEqual({
      log: "asks",
      format: "csv",
      into: "process",
      events: 2,
      fresh: 2,
      objects: 0,
      problems: [{ line: 3, problem: "no time with a year first" }],
      problemCount: 1,
    });
    expect(await bring(tenant, path, "asks")).toMatchObject({ events: 2, fresh: 0 });
    expect(await store.processLogs(tenant)).toMatchObject([
      { name: "asks", format: "csv", events: 2, objects: 0 },
    ]);
    expect(
      (await all(store.processEvents(tenant, "asks"))).map(({ case: id, activity }) => [
        id,
        activity,
      ]),
    ).toEqual([
      ["c1", "ask"],
      ["c1", "done"],
    ]);
  });

  test("a text that cannot be stored is told, and the other rows are kept", async () => {
    const tenant = await firm();
    const path = fileOf("nul.csv", csv.replace("c1,done", "c\0,done"));
    expect(await bring(tenant, path)).toMatchObject({ fresh: 1, problemCount: 2 });
  });

  test("a file that breaks off keeps what stood before; when it is whole, the rest is added", async () => {
    const tenant = await firm();
    const trace = (id: number) =>
      `<trace><string key="concept:name" value="c${id}"/><event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-01-05T10:00:00Z"/></event></trace>`;
    const whole = `<log>${Array.from({ length: 9000 }, (_, id) => trace(id)).join("\n")}</log>`;
    const cut = fileOf("cut.xes", whole.slice(0, -3000));
    await expect(bring(tenant, cut)).rejects.toThrow(/ends inside|ends before/);
    const { fresh } = await bring(tenant, fileOf("whole.xes", whole));
    expect(fresh).toBeGreaterThan(0);
    expect(fresh).toBeLessThan(9000);
    expect(await store.processLogs(tenant)).toMatchObject([{ events: 9000 }]);
  });

  test("an object-centric log keeps its events, its objects and what it declares", async () => {
    const tenant = await firm();
    const log = {
      objectTypes: [{ name: "order", attributes: [{ name: "price", type: "float" }] }],
      eventTypes: [{ name: "place", attributes: [] }],
      events: [
        {
          id: "e1",
          type: "place",
          time: "2026-01-05T10:00:00Z",
          relationships: [{ objectId: "o1", qualifier: "placed" }],
        },
      ],
      objects: [
        {
          id: "o1",
          type: "order",
          attributes: [{ name: "price", value: "10", time: "2026-01-05T10:00:00Z" }],
        },
      ],
    };
    const path = fileOf("orders.json", JSON.stringify(log));
    for (const fresh of [1, 0])
      expect(await bring(tenant, path, "orders")).toMatchObject({
        into: "process",
        format: "ocel-json",
        events: 1,
        objects: 1,
        fresh,
        problemCount: 0,
      });
    expect(await store.processLogs(tenant)).toMatchObject([
      { declared: { objectTypes: { order: { price: "float" } } }, events: 1, objects: 1 },
    ]);
    expect(await all(store.processEvents(tenant, "orders"))).toMatchObject([
      { key: "e1", case: null, objects: [{ id: "o1", qualifier: "placed" }] },
    ]);
    expect(await all(store.processObjects(tenant, "orders"))).toMatchObject([
      { id: "o1", attributes: [{ name: "price", value: "10" }] },
    ]);
  });

  const value = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom("", "null", "1,2", "true"));
  const lives = fc
    .uniqueArray(
      fc.record({ id: fc.constantFrom("T:1", "T2"), sequence: fc.integer({ min: 1, max: 4 }) }),
      {
        minLength: 1,
        selector: ({ id, sequence }) => `${id} ${sequence}`,
      },
    )
    .chain((names) =>
      fc.tuple(
        ...names.map(({ id, sequence }) =>
          fc
            .record({
              title: value,
              projectId: fc.constantFrom(null, "P1"),
              severity: fc.constantFrom(1, 2, 3, 4),
              escalated: fc.boolean(),
              looked: fc.boolean(),
            })
            .map(({ looked, ...fields }) =>
              ticketEvent(id, sequence, {
                attributes: { ...wholeTicket, ...fields },
                ...(looked ? { type: observed("ticket") } : {}),
              }),
            ),
        ),
      ),
    );

  test("what was exported and read again is the same events, whatever their values are", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (events) => {
        const [from, to] = [await firm(), await firm()];
        const { refused } = await store.receive(from, events);
        const path = fileOf("round.jsonocel", await exported(from));
        expect(await bring(to, path)).toMatchObject({ into: "operations", problemCount: 0 });
        expect(byId(await all(store.events(to, anySpan)))).toEqual(
          byId(await all(store.events(from, anySpan))),
        );
        expect(refused.length).toBe(0);
        expect(await bring(to, path)).toMatchObject({ fresh: 0 });
      }),
      { numRuns: 25 },
    );
  });

  const events = operationsEvents(
    simulateFirm({ seed: "ocel", size: "S", anchor: "2026-11-20", months: 1 }),
  );

  test("a whole firm comes back from its export as the same firm", async () => {
    const [from, to] = [await firm(), await firm()];
    await store.receive(from, events);
    const path = fileOf("firm.jsonocel", await exported(from));
    expect(await bring(to, path)).toMatchObject({ fresh: events.length, problems: [] });
    const records = async (tenant: TenantId) => {
      const found = [];
      for await (const page of store.firmRecords(tenant, {
        kinds: recordKinds,
        asOf: null,
        history: [],
      }))
        found.push(...page.records);
      return found;
    };
    expect(await records(to)).toEqual(await records(from));
  });

  test.skipIf(!existsSync(schemaFile))(
    "the export is valid OCEL 2.0, every relation has its object, and changes keep their time (skipped without ../shared/data)",
    async () => {
      const tenant = await firm();
      await store.receive(tenant, events);
      const log = JSON.parse(await exported(tenant)) as {
        objectTypes: { name: string; attributes: { name: string }[] }[];
        events: { relationships: { objectId: string }[] }[];
        objects: {
          id: string;
          type: string;
          attributes: { name: string; time: string }[];
          relationships: { objectId: string }[];
        }[];
      };
      const valid = new Ajv({ formats: { "date-time": true } }).compile(
        JSON.parse(readFileSync(schemaFile, "utf8")) as object,
      );
      valid(log);
      expect(valid.errors ?? []).toEqual([]);
      expect(log.events).toHaveLength(events.length);
      const ids = new Set(log.objects.map(({ id }) => id));
      expect(ids.size).toBe(log.objects.length);
      const named = [...log.events, ...log.objects].flatMap(({ relationships }) =>
        relationships.map(({ objectId }) => objectId),
      );
      expect(named.filter((id) => !ids.has(id))).toEqual([]);
      const types = new Map(log.objectTypes.map(({ name, attributes }) => [name, attributes]));
      for (const { type, attributes } of log.objects)
        for (const { name } of attributes)
          expect(types.get(type)?.some((each) => each.name === name)).toBe(true);
      expect(
        log.objects.some(({ attributes }) => new Set(attributes.map(({ time }) => time)).size > 1),
      ).toBe(true);
    },
  );

  test("a span exports what happened in it, and nothing else", async () => {
    const tenant = await firm();
    await store.receive(
      tenant,
      [1, 2, 3].map((sequence) => ticketEvent("T1", sequence)),
    );
    const span = { since: ticketEvent("T1", 2).occurredAt, until: ticketEvent("T1", 3).occurredAt };
    const log = JSON.parse(await exported(tenant, span as never)) as {
      events: { id: string }[];
      objects: { id: string; attributes: { time: string }[] }[];
    };
    expect(log.events.map(({ id }) => id)).toEqual(["sandbox:T1-2"]);
    expect(log.objects.flatMap(({ attributes }) => attributes.map(({ time }) => time))).toEqual([
      span.since,
    ]);
  });
});
