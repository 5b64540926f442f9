import type { TenantId } from "#/domain/ids.ts";
import { type Database, inTransaction, type Tx } from "./open-database.ts";

/**
 * A transaction that can see and touch one tenant only: it runs as a role that owns nothing, so the
 * database itself refuses everything else (P8).
 */
export const inTenant = <T>(
  database: Database,
  tenant: TenantId,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => asRole(database, { role: "countersign_app", tenant }, work);

/** The same, able to read the audit and nothing else. */
export const asAuditor = <T>(
  database: Database,
  tenant: TenantId,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => asRole(database, { role: "countersign_auditor", tenant }, work);

const asRole = <T>(
  database: Database,
  { role, tenant }: { role: "countersign_app" | "countersign_auditor"; tenant: TenantId },
  work: (tx: Tx) => Promise<T>,
): Promise<T> =>
  inTransaction(database.pool, async (tx) => {
    await tx.query(`set local role ${role}`);
    await tx.query("select set_config('countersign.tenant', $1, true)", [tenant]);
    return work(tx);
  });

/**
 * Steps out of the tenant role for the workflow engine's own tables, inside the same transaction.
 * The tenant role has no right there, so this must be the last thing a transaction does.
 */
export async function asEngine<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.query("reset role");
  return work();
}
