import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { CountersignError } from "#/domain/errors.ts";
import { checkedEvent, checkedObject } from "./checked-item.ts";
import {
  addProblem,
  createObjectLogReport,
  type DeclaredTypes,
  type ObjectLogItem,
  type ObjectLogReading,
  type ObjectLogReport,
} from "./object-log.ts";

type Row = Record<string, SQLOutputValue>;

/** Reads an OCEL 2.0 SQLite file row by row, without ever writing to it. */
export function readOcelSqlite(path: string, zone: string): ObjectLogReading {
  const report = createObjectLogReport("ocel-sqlite");
  return { items: readTables(path, { report, zone }), report };
}

type Reading = { readonly report: ObjectLogReport; readonly zone: string };

async function* readTables(path: string, reading: Reading): AsyncGenerator<ObjectLogItem> {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    // What the file itself defines must not run anything.
    database.exec("pragma trusted_schema = off");
    yield* eventsIn(database, reading);
    yield* objectsIn(database, reading);
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    throw new CountersignError(
      "INVALID_ARGUMENTS",
      { problems: "the SQLite file is damaged or is no OCEL 2.0 log" },
      { cause },
    );
  } finally {
    database?.close();
  }
}

function* eventsIn(database: DatabaseSync, { report, zone }: Reading): Generator<ObjectLogItem> {
  const related = relationsOf(
    database,
    "select ocel_object_id as id, ocel_qualifier as qualifier from event_object where ocel_event_id = ?",
  );
  let number = 0;
  for (const { type, table } of typesIn(database, "event", report)) {
    for (const row of rowsOf(database, `select * from ${table}`)) {
      number += 1;
      const checked = checkedEvent(
        {
          id: row["ocel_id"],
          type,
          time: row["ocel_time"],
          attributes: valuesOf(row),
          objects: related(row["ocel_id"]),
        },
        zone,
      );
      if ("problem" in checked) addProblem(report, number, checked.problem);
      else yield { event: checked.item };
    }
  }
}

/** A row says how every attribute stood, and `ocel_changed_field` which of them it is about. */
function* objectsIn(database: DatabaseSync, { report, zone }: Reading): Generator<ObjectLogItem> {
  const related = relationsOf(
    database,
    "select ocel_target_id as id, ocel_qualifier as qualifier from object_object where ocel_source_id = ?",
  );
  let number = 0;
  for (const { type, table } of typesIn(database, "object", report)) {
    const changes = database.prepare(
      `select * from ${table} where ocel_id = ? order by ocel_time, rowid`,
    );
    for (const { ocel_id: id } of rowsOf(
      database,
      "select ocel_id from object where ocel_type = ? order by ocel_id",
      type,
    )) {
      number += 1;
      const attributes = [...changes.iterate(id ?? null)].flatMap((row) =>
        valuesOf(row)
          .filter(({ name }) =>
            [name, null, undefined].includes(row["ocel_changed_field"] as string),
          )
          .map((value) => ({ ...value, time: row["ocel_time"] })),
      );
      const checked = checkedObject({ id, type, attributes, objects: related(id) }, zone);
      if ("problem" in checked) addProblem(report, number, checked.problem);
      else yield { object: checked.item };
    }
  }
}

const own = new Set(["ocel_id", "ocel_time", "ocel_changed_field"]);

const valuesOf = (row: Row): { name: string; value: SQLOutputValue }[] =>
  Object.entries(row).flatMap(([name, value]) =>
    own.has(name) || value === null ? [] : [{ name, value }],
  );

/** The types of events or objects, each with the table of its attributes, which it declares. */
function typesIn(
  database: DatabaseSync,
  what: "event" | "object",
  report: ObjectLogReport,
): { type: string; table: string }[] {
  const found = [
    ...rowsOf(database, `select ocel_type, ocel_type_map from ${what}_map_type order by ocel_type`),
  ].map((row) => ({
    type: String(row["ocel_type"]),
    table: quoted(`${what}_${String(row["ocel_type_map"])}`),
  }));
  const declared: DeclaredTypes = Object.fromEntries(
    found.map(({ type, table }) => [type, columnsOf(database, table)]),
  );
  report[what === "event" ? "eventTypes" : "objectTypes"] = declared;
  return found;
}

function columnsOf(database: DatabaseSync, table: string): Record<string, string> {
  const columns = [...rowsOf(database, `pragma table_info(${table})`)];
  return Object.fromEntries(
    columns.flatMap((row) => {
      const name = String(row["name"]);
      return own.has(name)
        ? []
        : [[name, typeNames[String(row["type"]).toUpperCase()] ?? "string"]];
    }),
  );
}

const typeNames: Readonly<Record<string, string>> = {
  INTEGER: "integer",
  REAL: "float",
  BOOLEAN: "boolean",
  TIMESTAMP: "time",
};

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function* rowsOf(database: DatabaseSync, sql: string, ...values: string[]): Generator<Row> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  yield* statement.iterate(...values);
}

function relationsOf(database: DatabaseSync, sql: string) {
  const statement = database.prepare(`${sql} order by 1, 2`);
  return (id: SQLOutputValue | undefined) =>
    statement.all(id ?? null).map((row) => ({ id: row["id"], qualifier: row["qualifier"] }));
}
