import type { TenantId } from "#/domain/ids.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { randomId } from "./random-id.ts";

export type PauseRow = { readonly reason: string; readonly by: string; readonly since: string };

/** The pause in force; null: runs may begin. */
export async function pauseInForce(tx: Tx): Promise<PauseRow | null> {
  const found = await tx.query<{ reason: string; by: string; since: Date }>(
    "select reason, by, since from pause where ended_at is null",
  );
  const row = found.rows[0];
  return row ? { reason: row.reason, by: row.by, since: row.since.toISOString() } : null;
}

/** Beginning runs share this; a pause takes it alone. Once a pause is committed, nothing begins. */
export const holdOffPause = (tx: Tx, tenant: TenantId) =>
  tx.query("select pg_advisory_xact_lock_shared(hashtextextended($1, 7301))", [tenant]);
const waitForBeginners = (tx: Tx, tenant: TenantId) =>
  tx.query("select pg_advisory_xact_lock(hashtextextended($1, 7301))", [tenant]);

/** false: it is paused already. `by` is an actor of the audit: `person:ada`, `system:worker`. */
export async function startPause(
  tx: Tx,
  tenant: TenantId,
  { by, reason }: { by: string; reason: string },
): Promise<boolean> {
  await waitForBeginners(tx, tenant);
  return writePause(tx, tenant, { by, reason });
}

/** As above, for a transaction that is itself a beginner and so cannot wait for the others. */
export async function writePause(
  tx: Tx,
  tenant: TenantId,
  { by, reason }: { by: string; reason: string },
): Promise<boolean> {
  const id = randomId("S");
  const made = await tx.query(
    "insert into pause (tenant, id, reason, by) values ($1, $2, $3, $4) on conflict do nothing",
    [tenant, id, reason, by],
  );
  if (!made.rowCount) return false;
  await appendAudit(tx, {
    kind: "tenant.paused",
    actor: by,
    subject: `tenant:${tenant}`,
    detail: { id, reason },
  });
  await refreshOpenCards(tx, tenant, id);
  return true;
}

/** false: it was not paused. */
export async function endPause(tx: Tx, tenant: TenantId, by: string): Promise<boolean> {
  const ended = await tx.query<{ id: string }>(
    "update pause set ended_at = clock_timestamp() where ended_at is null returning id",
  );
  const row = ended.rows[0];
  if (!row) return false;
  await appendAudit(tx, {
    kind: "tenant.resumed",
    actor: by,
    subject: `tenant:${tenant}`,
    detail: { id: row.id },
  });
  await refreshOpenCards(tx, tenant, `${row.id}:over`);
  return true;
}

/** Everybody who was asked sees it on the card. */
async function refreshOpenCards(tx: Tx, tenant: TenantId, why: string): Promise<void> {
  const open = await tx.query<{ id: string; version: number }>(
    "select id, version from proposal where state in ('waiting', 'approved')",
  );
  for (const { id, version } of open.rows)
    await enqueueOutbox(tx, tenant, {
      key: `card-refresh:${id}:${version}:pause:${why}`,
      item: { kind: "card-refresh", proposal: id, version },
    });
}
