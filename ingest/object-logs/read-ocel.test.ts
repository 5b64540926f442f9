import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLog } from "../read-log.ts";
import type { ObjectLogEvent, ObjectLogObject, ObjectLogReport } from "./object-log.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "object-logs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

type Read = { events: ObjectLogEvent[]; objects: ObjectLogObject[]; report: ObjectLogReport };

async function read(path: string, zone = "UTC"): Promise<Read> {
  const reading = await readLog(path, { zone });
  if (reading.kind !== "objects") throw new Error("not read as an object log");
  const found: Read = { events: [], objects: [], report: reading.report };
  for await (const item of reading.items)
    if ("event" in item) found.events.push(item.event);
    else found.objects.push(item.object);
  return found;
}

const json = {
  objectTypes: [{ name: "order", attributes: [{ name: "price", type: "float" }] }],
  eventTypes: [{ name: "place", attributes: [{ name: "by", type: "string" }] }],
  events: [
    {
      id: "e1",
      type: "place",
      time: "2026-01-05T10:00:00+01:00",
      attributes: [{ name: "by", value: "Ada & Co <3" }],
      relationships: [{ objectId: "o1", qualifier: "placed" }],
    },
    { id: "e2", type: "place", time: "2026-01-05T11:00:00Z" },
  ],
  objects: [
    {
      id: "o1",
      type: "order",
      attributes: [
        { name: "price", value: 10.5, time: "1970-01-01T00:00:00Z" },
        { name: "price", value: 12, time: "2026-01-05T11:00:00Z" },
      ],
      relationships: [{ objectId: "o2", qualifier: "follows" }],
    },
    { id: "o2", type: "order" },
  ],
};

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<log>
  <object-types><object-type name="order"><attributes><attribute name="price" type="float"/></attributes></object-type></object-types>
  <event-types><event-type name="place"><attributes><attribute name="by" type="string"/></attributes></event-type></event-types>
  <objects>
    <object id="o1" type="order">
      <attributes>
        <attribute name="price" time="1970-01-01T00:00:00Z">10.5</attribute>
        <attribute name="price" time="2026-01-05T11:00:00Z">12</attribute>
      </attributes>
      <objects><relationship object-id="o2" qualifier="follows"/></objects>
    </object>
    <object id="o2" type="order"/>
  </objects>
  <events>
    <event id="e1" type="place" time="2026-01-05T10:00:00+01:00">
      <attributes><attribute name="by">Ada &amp; Co <![CDATA[<3]]></attribute></attributes>
      <objects><relationship object-id="o1" qualifier="placed"/></objects>
    </event>
    <event id="e2" type="place" time="2026-01-05T11:00:00Z"/>
  </events>
</log>`;

function sqlite(name: string): string {
  const path = join(folder, name);
  const database = new DatabaseSync(path);
  database.exec(`
    create table event_map_type (ocel_type text, ocel_type_map text);
    create table object_map_type (ocel_type text, ocel_type_map text);
    insert into event_map_type values ('place', 'Place'); insert into object_map_type values ('order', 'Order');
    create table event (ocel_id text, ocel_type text); create table object (ocel_id text, ocel_type text);
    insert into event values ('e1', 'place'), ('e2', 'place');
    insert into object values ('o1', 'order'), ('o2', 'order');
    create table event_Place (ocel_id text, ocel_time timestamp, by text);
    insert into event_Place values ('e1', '2026-01-05 09:00:00', 'Ada & Co <3'), ('e2', '2026-01-05 11:00:00', null);
    create table object_Order (ocel_id text, price real, ocel_time timestamp, ocel_changed_field text);
    insert into object_Order values ('o1', 10.5, '1970-01-01 00:00:00', null), ('o1', 12, '2026-01-05 11:00:00', 'price');
    create table event_object (ocel_event_id text, ocel_object_id text, ocel_qualifier text);
    insert into event_object values ('e1', 'o1', 'placed');
    create table object_object (ocel_source_id text, ocel_target_id text, ocel_qualifier text);
    insert into object_object values ('o1', 'o2', 'follows');`);
  database.close();
  return path;
}

describe("object-centric logs", () => {
  test("JSON, XML and SQLite say the same, gzipped or not, whatever the file is called", async () => {
    const expected = {
      events: [
        {
          id: "e1",
          type: "place",
          at: "2026-01-05T09:00:00.000Z",
          attributes: { by: "Ada & Co <3" },
          objects: [{ id: "o1", qualifier: "placed" }],
        },
        { id: "e2", type: "place", at: "2026-01-05T11:00:00.000Z", attributes: {}, objects: [] },
      ],
      objects: [
        {
          id: "o1",
          type: "order",
          attributes: [
            { name: "price", value: "10.5", time: "1970-01-01T00:00:00.000Z" },
            { name: "price", value: "12", time: "2026-01-05T11:00:00.000Z" },
          ],
          objects: [{ id: "o2", qualifier: "follows" }],
        },
        { id: "o2", type: "order", attributes: [], objects: [] },
      ],
    };
    for (const path of [
      fileOf("a.txt", JSON.stringify(json, null, 1)),
      fileOf("b.csv", gzipSync(JSON.stringify(json))),
      fileOf("c.json", xml),
      fileOf("d", gzipSync(xml)),
      sqlite("e.xes"),
    ]) {
      const { events, objects, report } = await read(path);
      expect({ events, objects }).toEqual(expected);
      expect(report).toMatchObject({
        eventTypes: { place: { by: "string" } },
        objectTypes: { order: { price: "float" } },
        problems: [],
      });
    }
  });

  test("what is not as OCEL says is left out with its place and its reason, and the rest is read", async () => {
    const path = fileOf(
      "bad.json",
      JSON.stringify({
        ...json,
        events: [{ id: "x" }, 7, { ...json.events[0], time: "yesterday" }, json.events[1]],
        objects: [{ id: "o9", type: "order", attributes: [{ name: "price", value: 1 }] }],
      }),
    );
    const { events, objects, report } = await read(path);
    expect(events.map(({ id }) => id)).toEqual(["e2"]);
    expect(objects).toEqual([]);
    expect(report.problems).toEqual([
      { line: 1, problem: "an event with no type and no time" },
      { line: 2, problem: "events: an element is not as OCEL says" },
      { line: 3, problem: "an event with no time" },
      { line: 1, problem: "object o9: an attribute without a name, a value or a time" },
    ]);
  });

  test("the line of an event in XML is its line in the file", async () => {
    const { report } = await read(
      fileOf(
        "bad.xml",
        xml.replace(' time="2026-01-05T11:00:00Z"/>\n  </events>', "/>\n  </events>"),
      ),
    );
    expect(report.problems).toEqual([{ line: 20, problem: "an event with no time" }]);
  });

  test("a SQLite file that is no log, or is damaged, is refused", async () => {
    const path = join(folder, "other.db");
    const database = new DatabaseSync(path);
    database.exec("create table t (a)");
    database.close();
    await expect(read(path)).rejects.toThrow(/no OCEL 2.0 log/);
    await expect(read(fileOf("broken.db", `SQLite format 3\0${"x".repeat(5000)}`))).rejects.toThrow(
      /damaged/,
    );
  });

  test("an empty file is refused", async () => {
    await expect(readLog(fileOf("empty", ""))).rejects.toThrow(/empty/);
  });

  const example = "../shared/data/ocel/ocel20_example";
  test.skipIf(!existsSync(`${example}.sqlite`))(
    "the published example reads the same in its three encodings (skipped without ../shared/data)",
    async () => {
      const sorted = <T extends { id: string }>(items: T[]) =>
        items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const shown = ({ events, objects }: Read) => ({
        // Relations are a set.
        events: sorted(events).map((each) => ({ ...each, objects: sorted([...each.objects]) })),
        objects: sorted(objects).map((each) => ({ ...each, objects: sorted([...each.objects]) })),
      });
      const [one, two, three] = await Promise.all(
        ["jsonocel", "xmlocel", "sqlite"].map(
          (
            kind, // Two of them leave out the offset of the firm's clock.
          ) => read(`${example}.${kind}`, "Europe/Berlin"),
        ),
      );
      expect(one?.events).toHaveLength(13);
      expect(one?.objects).toHaveLength(9);
      expect(one?.report.problems).toEqual([]);
      expect(shown(two as Read)).toEqual(shown(one as Read));
      expect(shown(three as Read)).toEqual(shown(one as Read));
    },
  );
});
