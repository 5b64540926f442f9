import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { SystemKind } from "#/domain/record.ts";
import type { Tx } from "../open-database.ts";

export type Subjects = { readonly kinds: readonly string[]; readonly ids: readonly string[] };

/**
 * Records from events: `monitor/twin/fold-events.ts` in SQL. One event a version stands (the one
 * recorded later, then the greater id), and each field is as the highest version that named it left it.
 * $1 kinds, $2 ids, in pairs; $3 an instant: what was recorded later is not there.
 */
const folding = `
  select kind, subject as id,
      (array_agg(connection order by sequence desc, observed desc))[1] as connection,
      (array_agg(system order by sequence desc, observed desc))[1] as system,
      coalesce(jsonb_object_agg(key, value order by sequence, observed) filter (where key is not null), '{}')
        as fields,
      coalesce(jsonb_object_agg(key, sequence order by sequence, observed) filter (where key is not null), '{}')
        as versions,
      max(sequence) as version,
      (max(sequence) - coalesce(max(sequence) filter (where observed), 0)
        - count(distinct sequence) filter (where sequence > looked))::int as holes,
      max(occurred_at) as changed_at, max(recorded_at) as recorded_at
    from (
      select *, coalesce(max(sequence) filter (where observed) over (partition by kind, subject), 0) as looked
        from (
          select distinct on (event.kind, event.subject, sequence, observed) event.*
            from (select distinct kind, subject from unnest($1::text[], $2::text[]) as given (kind, subject))
                as asked,
              lateral (select kind, subject, sequence, observed, connection, system, id, occurred_at,
                    recorded_at, attributes
                  from operations_event
                 where kind = asked.kind and subject = asked.subject and recorded_at <= $3::timestamptz
                offset 0) as event
           order by event.kind, event.subject, sequence, observed, recorded_at desc,
             id collate "C" desc, connection collate "C" desc) as standing) as known
      left join lateral jsonb_each(attributes) on true
     group by kind, subject`;

/** Brings the records of these subjects up to date with their events. */
export async function refold(tx: Tx, { kinds, ids }: Subjects): Promise<void> {
  await tx.query(
    `insert into twin_record (tenant, kind, id, connection, system, fields, versions, version, holes,
        changed_at, recorded_at)
     select current_tenant(), * from (${foldedColumns}) as folded
     on conflict (tenant, kind, id) do update set connection = excluded.connection,
       system = excluded.system, fields = excluded.fields, versions = excluded.versions,
       version = excluded.version, holes = excluded.holes, changed_at = excluded.changed_at,
       recorded_at = excluded.recorded_at`,
    [kinds, ids, "infinity"],
  );
}
const foldedColumns = `select kind, id, connection, system, fields, versions, version, holes,
  changed_at, recorded_at from (${folding}) as fold`;

/** The records as they were known once everything recorded up to an instant had arrived. */
export async function foldUntil(
  tx: Tx,
  { kinds, ids }: Subjects,
  instant: string,
): Promise<FoldedRecord[]> {
  const found = await tx.query<RecordRow>(
    `select ${recordColumns} from (${folding}) as twin_record`,
    [kinds, ids, instant],
  );
  return found.rows.map(recordOf);
}

export const recordColumns =
  "kind, id, connection, system, fields, version, changed_at, recorded_at";

export type RecordRow = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly connection: string;
  readonly system: SystemKind;
  readonly fields: FoldedRecord["fields"];
  readonly version: number;
  readonly changed_at: Date;
  readonly recorded_at: Date;
};

export const recordOf = (row: RecordRow): FoldedRecord => ({
  kind: row.kind,
  id: row.id,
  fields: row.fields,
  version: row.version,
  changedAt: row.changed_at.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  connection: row.connection,
  system: row.system,
});
