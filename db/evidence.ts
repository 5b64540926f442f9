import { Evidence } from "#/domain/evidence.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Tx } from "./open-database.ts";

/** Keeps what was seen. The id is the hash of the fact, so the first sighting stands. */
export async function saveEvidence(
  tx: Tx,
  tenant: TenantId,
  seen: readonly Evidence[],
): Promise<void> {
  if (seen.length === 0) return;
  const unique = [...new Map(seen.map((each) => [each.id, each])).values()];
  await tx.query(
    `insert into evidence (tenant, id, body)
     select $1, item ->> 'id', item from jsonb_array_elements($2::jsonb) item
     on conflict do nothing`,
    [tenant, JSON.stringify(unique)],
  );
}

/** In the order asked for; unknown ids are left out. */
export async function evidenceByIds(tx: Tx, ids: readonly string[]): Promise<Evidence[]> {
  const found = await tx.query<{ id: string; body: unknown }>(
    "select id, body from evidence where id = any($1)",
    [ids],
  );
  const byId = new Map(found.rows.map((row) => [row.id, Evidence.parse(row.body)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
