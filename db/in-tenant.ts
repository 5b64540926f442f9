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

/** Runs `work` in a transaction that can see and touch one tenant only. */
export type InTenant = typeof inTenant;

/**
 * The same for whoever answers questions and investigates: it reads, answers and proposes. It has no
 * right to vote, to begin a run, to write an effect, to pause, or to see the secret of a second factor.
 */
export const asAgent: InTenant = (database, tenant, work) =>
  asRole(database, { role: "countersign_agent", tenant }, work);

/** The same, able to read the audit and nothing else. */
export const asAuditor = <T>(
  database: Database,
  tenant: TenantId,
  work: (tx: Tx) => Promise<T>,
): Promise<T> => asRole(database, { role: "countersign_auditor", tenant }, work);

type Role = "countersign_app" | "countersign_agent" | "countersign_auditor";

const asRole = <T>(
  database: Database,
  { role, tenant }: { role: Role; tenant: TenantId },
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
