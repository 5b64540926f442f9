import type { Database } from "#/db/open-database.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { TenantId } from "#/domain/ids.ts";
import { mark, type TemplateFirm } from "./template-firm.ts";

export const benchTenant = TenantId.parse("bench");

/**
 * Writes copies of a firm, each named by what stands in place of the mark: its records, and the events
 * of the copies in `told`.
 * Straight into the tables, as folding those events would leave them, because millions of rows would
 * otherwise take an hour.
 */
export async function fillDatabase(
  { pool, ...database }: Database,
  firm: TemplateFirm,
  { copies, told }: { copies: readonly string[]; told: readonly string[] },
): Promise<void> {
  const { calendar, currency } = firm;
  await putTenant(
    { ...database, pool },
    { ...sampleTenant(benchTenant), calendar, baseCurrency: currency },
  );
  // Indexes of a full table are made faster than they are kept.
  const found = await pool.query<{ name: string; made: string }>(
    `select indexname as name, indexdef as made from pg_indexes where tablename = 'twin_record'
      and indexname <> 'twin_record_pkey'`,
  );
  for (const { name } of found.rows) await pool.query(`drop index ${name}`);
  for (const some of chunks(firm.records)) await insertRecords(pool, some, copies);
  for (const { made } of found.rows) await pool.query(made);
  for (const some of chunks(firm.events)) await insertEvents(pool, some, told);
  await pool.query(
    `insert into source_reading (tenant, system, last_read)
     select $1, system, $2 from unnest($3::text[]) as system`,
    [benchTenant, firm.asOf, ["psa", "crm", "erp", "hris", "itsm", "messenger"]],
  );
  await pool.query("analyze");
}

type Pool = Database["pool"];

const insertRecords = (
  pool: Pool,
  records: TemplateFirm["records"],
  copies: readonly string[],
): Promise<unknown> =>
  pool.query(
    `insert into twin_record (tenant, kind, id, connection, system, fields, versions, version, holes,
         changed_at, recorded_at)
     select $1, kind, replace(id, $2, copy), connection, system,
         replace(fields, $2, copy)::jsonb, '{}', version, 0, changed_at, recorded_at
       from unnest($3::text[]) as copy, unnest($4::text[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::int[], $10::timestamptz[], $11::timestamptz[])
         as given (kind, id, connection, system, fields, version, changed_at, recorded_at)`,
    [
      benchTenant,
      mark,
      copies,
      records.map(({ kind }) => kind),
      records.map(({ id }) => id),
      records.map(({ connection }) => connection),
      records.map(({ system }) => system),
      records.map(({ fields }) => JSON.stringify(fields)),
      records.map(({ version }) => version),
      records.map(({ changedAt }) => changedAt),
      records.map(({ recordedAt }) => recordedAt),
    ],
  );

const insertEvents = (
  pool: Pool,
  events: TemplateFirm["events"],
  copies: readonly string[],
): Promise<unknown> =>
  pool.query(
    `insert into operations_event (tenant, connection, id, system, type, occurred_at, recorded_at, kind,
         subject, sequence, objects, attributes)
     select $1, connection, replace(id, $2, copy), system, type, occurred_at, recorded_at, kind,
         replace(subject, $2, copy), sequence, replace(objects, $2, copy)::jsonb,
         replace(attributes, $2, copy)::jsonb
       from unnest($3::text[]) as copy, unnest($4::text[], $5::text[], $6::text[], $7::text[],
         $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::int[], $13::text[],
         $14::text[])
         as given (connection, id, system, type, occurred_at, recorded_at, kind, subject, sequence,
           objects, attributes)`,
    [
      benchTenant,
      mark,
      copies,
      events.map(({ connection }) => connection),
      events.map(({ id }) => id),
      events.map(({ system }) => system),
      events.map(({ type }) => type),
      events.map(({ occurredAt }) => occurredAt),
      events.map(({ recordedAt }) => recordedAt),
      events.map(({ subject }) => subject.kind),
      events.map(({ subject }) => subject.id),
      events.map(({ sequence }) => sequence),
      events.map(({ objects }) => JSON.stringify(objects)),
      events.map(({ attributes }) => JSON.stringify(attributes)),
    ],
  );

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += 500) yield items.slice(from, from + 500);
}
