import { asAuditor, inTenant } from "#/db/in-tenant.ts";
import { inTransaction, type Tx } from "#/db/open-database.ts";
import type { TwoFirms } from "./two-firms.ts";

export type Attempts = { readonly tried: number; readonly violations: readonly string[] };

/**
 * As if our own code asked for the wrong tenant: straight SQL under the tenant role, every table
 * that has a tenant column, by tenant and by every id. The database alone must give nothing.
 */
export async function queryAcross({ database, ours, theirs }: TwoFirms): Promise<Attempts> {
  const violations: string[] = [];
  let tried = 0;
  const tables = await tablesOf(database.pool);
  if (tables.length < 12) violations.push(`only ${tables.length} tables were found`);

  const rows = async (what: string, query: Promise<number | "denied">): Promise<void> => {
    tried += 1;
    const found = await query;
    if (found !== 0 && found !== "denied") violations.push(`${what}: ${found} rows`);
  };
  const asUs = (sql: string, values: unknown[] = []): Promise<number | "denied"> =>
    denied(() =>
      inTenant(database, ours.tenant, async (tx) => (await tx.query(sql, values)).rowCount ?? 0),
    );

  for (const { name, columns } of tables) {
    const listed = columns.map((column) => `"${column}"`).join(", ");
    const theirRows = await database.pool.query<Record<string, unknown>>(
      `select * from "${name}" where tenant = $1`,
      [theirs.tenant],
    );
    const ourRows = await database.pool.query(`select 1 from "${name}" where tenant = $1`, [
      ours.tenant,
    ]);
    if (theirRows.rowCount === 0 || ourRows.rowCount === 0)
      violations.push(`${name}: a firm has no row, so nothing is shown by this`);
    await rows(`${name} read`, asUs(`select * from "${name}" where tenant = $1`, [theirs.tenant]));
    await rows(`${name} whole`, asUs(`select * from "${name}" where tenant <> $1`, [ours.tenant]));
    await rows(
      `${name} locked`,
      asUs(`select * from "${name}" where tenant = $1 for update`, [theirs.tenant]),
    );
    await rows(
      `${name} as auditor`,
      denied(() =>
        asAuditor(
          database,
          ours.tenant,
          async (tx) =>
            (await tx.query(`select * from "${name}" where tenant <> $1`, [ours.tenant]))
              .rowCount ?? 0,
        ),
      ),
    );
    const mine = new Set(
      (
        await database.pool.query<{ row: string }>(
          `select to_jsonb(t)::text as row from "${name}" t where tenant = $1`,
          [ours.tenant],
        )
      ).rows.map(({ row }) => row),
    );
    for (const column of columns.filter((each) => each !== "tenant"))
      for (const row of theirRows.rows.slice(0, 20)) {
        const value = row[column];
        if (typeof value !== "string" || value.length < 6) continue;
        tried += 1;
        // The same value may stand in one of our own rows; nothing else may come.
        const found = await inTenant(database, ours.tenant, async (tx) =>
          tx.query<{ row: string }>(
            `select to_jsonb(t)::text as row from "${name}" t where "${column}"::text = $1`,
            [value],
          ),
        ).catch(() => ({ rows: [] }));
        if (found.rows.some(({ row: each }) => !mine.has(each)))
          violations.push(`${name} by ${column}: a row of theirs`);
      }
    for (const column of columns) {
      await rows(
        `${name}.${column} changed`,
        asUs(`update "${name}" set "${column}" = "${column}" where tenant = $1`, [theirs.tenant]),
      );
    }
    await rows(
      `${name} given away`,
      asUs(`update "${name}" set tenant = $1 where tenant = $2`, [theirs.tenant, ours.tenant]),
    );
    await rows(`${name} deleted`, asUs(`delete from "${name}" where tenant = $1`, [theirs.tenant]));
    await rows(
      `${name} planted`,
      asUs(
        `insert into "${name}" (${listed}) select ${listed} from (select (jsonb_populate_record(t,
           jsonb_build_object('tenant', $1::text))).* from "${name}" t limit 1) planted`,
        [theirs.tenant],
      ),
    );
    for (const setting of [
      "",
      "nobody",
      `${ours.tenant}' or true --`,
      `${ours.tenant},${theirs.tenant}`,
      "%",
    ])
      await rows(
        `${name} as “${setting}”`,
        denied(() =>
          inTransaction(database.pool, async (tx: Tx) => {
            await tx.query("set local role countersign_app");
            await tx.query("select set_config('countersign.tenant', $1, true)", [setting]);
            return (await tx.query(`select * from "${name}"`)).rowCount ?? 0;
          }),
        ),
      );
  }
  for (const table of await otherTables(database.pool))
    await rows(`${table} as the tenant role`, asUs(`select * from ${table} limit 1`));
  return { tried, violations };
}

type Pool = TwoFirms["database"]["pool"];

async function tablesOf(pool: Pool): Promise<{ name: string; columns: string[] }[]> {
  const found = await pool.query<{ name: string; columns: string[] }>(
    `select c.relname as name,
       array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '' and a.attidentity = '') as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      group by c.relname having bool_or(a.attname = 'tenant') order by 1`,
  );
  return found.rows;
}

/** Without a tenant column: nothing of them may be readable, but the list of tenants. */
async function otherTables(pool: Pool): Promise<string[]> {
  const found = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'v', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg\\_%' and not exists (select 1 from pg_attribute a
          where a.attrelid = c.oid and a.attname = 'tenant')
        and not (n.nspname = 'public' and c.relname = 'tenant') order by 1`,
  );
  return found.rows.map(({ name }) => name);
}

/** Refused by the database, or the number of rows. Anything else is a fault of the experiment. */
async function denied(query: () => Promise<number>): Promise<number | "denied"> {
  try {
    return await query();
  } catch (error) {
    if (
      error instanceof Error &&
      /permission denied|row-level security|can only be|append-only|must be owner/.test(
        error.message,
      )
    )
      return "denied";
    // A constraint spoke, so the wall had let it through.
    if (error instanceof Error && /violates (foreign|unique|check|not-null)/.test(error.message))
      return 1;
    throw error;
  }
}
