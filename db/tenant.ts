import { BusinessCalendar } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import { TenantId } from "#/domain/ids.ts";
import { appendAudit } from "./audit.ts";
import { inTenant } from "./in-tenant.ts";
import type { Database, Tx } from "./open-database.ts";

export type TenantRow = {
  readonly id: TenantId;
  readonly name: string;
  readonly baseCurrency: string;
  readonly calendar: BusinessCalendar;
  readonly targetBusinessDays: number;
  readonly slackTeam: string | null;
};

const columns = `id, name, base_currency as "baseCurrency", calendar, slack_team as "slackTeam",
  target_business_days as "targetBusinessDays"`;

const parsed = (row: TenantRow): TenantRow => ({
  ...row,
  id: TenantId.parse(row.id),
  calendar: BusinessCalendar.parse(row.calendar),
});

/** Every tenant of this installation. The only read that needs no tenant. */
export async function listTenants(database: Database): Promise<TenantRow[]> {
  const found = await database.pool.query<TenantRow>(`select ${columns} from tenant order by id`);
  return found.rows.map(parsed);
}

export async function getTenant(database: Database, id: TenantId): Promise<TenantRow> {
  const found = await database.pool.query<TenantRow>(
    `select ${columns} from tenant where id = $1`,
    [id],
  );
  if (!found.rows[0])
    throw new CountersignError("FORBIDDEN", {
      who: "This process",
      what: `open tenant ${id}`,
      needed: "tenant",
    });
  return parsed(found.rows[0]);
}

/** Creates the tenant, or brings its settings up to date. */
export async function putTenant(database: Database, tenant: TenantRow): Promise<void> {
  const made = await database.pool.query(
    `insert into tenant (id, name, base_currency, calendar, slack_team, target_business_days)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (id) do update set name = $2, base_currency = $3, calendar = $4, slack_team = $5,
       target_business_days = $6
     returning (xmax = 0) as created`,
    [
      tenant.id,
      tenant.name,
      tenant.baseCurrency,
      JSON.stringify(tenant.calendar),
      tenant.slackTeam,
      tenant.targetBusinessDays,
    ],
  );
  if ((made.rows[0] as { created: boolean } | undefined)?.created)
    await inTenant(database, tenant.id, (tx: Tx) =>
      appendAudit(tx, {
        kind: "tenant.created",
        actor: "system:setup",
        subject: `tenant:${tenant.id}`,
        detail: { baseCurrency: tenant.baseCurrency },
      }),
    );
}
