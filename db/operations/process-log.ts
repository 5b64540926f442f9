import type { Tx } from "../open-database.ts";

/** One step of an imported log. In an object-centric log `case` is null and objects say what it concerns. */
export type ProcessEvent = {
  /** Unique within its log. */
  readonly key: string;
  readonly case: string | null;
  readonly activity: string;
  readonly at: string;
  readonly resource: string | null;
  readonly role: string | null;
  readonly group: string | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly objects: readonly { readonly id: string; readonly qualifier: string }[];
};

export type ProcessObject = {
  readonly type: string;
  readonly id: string;
  readonly attributes: readonly {
    readonly name: string;
    readonly value: string | number | boolean;
    readonly time: string;
  }[];
  readonly objects: readonly { readonly id: string; readonly qualifier: string }[];
};

export type ProcessLog = {
  readonly name: string;
  readonly format: string;
  /** OCEL: attribute names and types by type of event and object; null for other formats. */
  readonly declared: unknown;
  readonly importedAt: string;
  readonly events: number;
  readonly objects: number;
};

/** Names the log, or says that it was imported again. */
export const openProcessLog = async (
  tx: Tx,
  log: { name: string; format: string; declared: unknown },
): Promise<void> => {
  await tx.query(
    `insert into process_log (tenant, name, format, declared) values (current_tenant(), $1, $2, $3)
     on conflict (tenant, name) do update set format = excluded.format,
       declared = coalesce(excluded.declared, process_log.declared), imported_at = clock_timestamp()`,
    [log.name, log.format, log.declared === null ? null : JSON.stringify(log.declared)],
  );
};

/** How many were not there before. */
export async function addProcessEvents(
  tx: Tx,
  log: string,
  events: readonly ProcessEvent[],
): Promise<number> {
  const inserted = await tx.query(
    `insert into process_event (tenant, log, key, case_id, activity, at, resource, role, org_group,
         attributes, objects)
     select current_tenant(), $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[],
       $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[])
     on conflict do nothing`,
    [
      log,
      events.map(({ key }) => key),
      events.map((event) => event.case),
      events.map(({ activity }) => activity),
      events.map(({ at }) => at),
      events.map(({ resource }) => resource),
      events.map(({ role }) => role),
      events.map(({ group }) => group),
      events.map(({ attributes }) => JSON.stringify(attributes)),
      events.map(({ objects }) => JSON.stringify(objects)),
    ],
  );
  return inserted.rowCount ?? 0;
}

/** Objects as the newest import says them. */
export async function putProcessObjects(
  tx: Tx,
  log: string,
  objects: readonly ProcessObject[],
): Promise<void> {
  await tx.query(
    `insert into process_object (tenant, log, type, id, attributes, objects)
     select current_tenant(), $1, * from unnest($2::text[], $3::text[], $4::jsonb[], $5::jsonb[])
     on conflict (tenant, log, id) do update set type = excluded.type,
       attributes = excluded.attributes, objects = excluded.objects`,
    [
      log,
      objects.map(({ type }) => type),
      objects.map(({ id }) => id),
      objects.map(({ attributes }) => JSON.stringify(attributes)),
      objects.map((object) => JSON.stringify(object.objects)),
    ],
  );
}

export async function listProcessLogs(tx: Tx): Promise<ProcessLog[]> {
  const found = await tx.query<{
    name: string;
    format: string;
    declared: unknown;
    imported_at: Date;
    events: number;
    objects: number;
  }>(
    `select name, format, declared, imported_at,
        (select count(*)::int from process_event where log = name) as events,
        (select count(*)::int from process_object where log = name) as objects
       from process_log order by name`,
  );
  return found.rows.map(({ imported_at, ...log }) => ({
    ...log,
    importedAt: imported_at.toISOString(),
  }));
}

type ProcessEventRow = Omit<ProcessEvent, "at"> & { readonly at: Date; readonly number: string };

const processEventOf = (row: ProcessEventRow): ProcessEvent => ({
  key: row.key,
  case: row.case,
  activity: row.activity,
  at: row.at.toISOString(),
  resource: row.resource,
  role: row.role,
  group: row.group,
  attributes: row.attributes,
  objects: row.objects,
});

/** A page of a log's events in the order in which they came; `after` is the last page's `last`. */
export async function processEventPage(
  tx: Tx,
  log: string,
  { after, size }: { after: string | null; size: number },
): Promise<{ events: ProcessEvent[]; last: string | null }> {
  const found = await tx.query<ProcessEventRow>(
    `select process_event.number::text as number, key, case_id as "case", activity, at, resource, role,
        org_group as "group", attributes, objects
       from process_event where log = $1 and process_event.number > $2::bigint
      order by process_event.number limit $3`,
    [log, after ?? "0", size],
  );
  return {
    events: found.rows.map(processEventOf),
    last: found.rows.at(-1)?.number ?? null,
  };
}

export async function processObjectPage(
  tx: Tx,
  log: string,
  { after, size }: { after: string | null; size: number },
): Promise<ProcessObject[]> {
  const found = await tx.query<ProcessObject>(
    `select type, id, attributes, objects from process_object
      where log = $1 and id > $2 order by id limit $3`,
    [log, after ?? "", size],
  );
  return found.rows;
}
