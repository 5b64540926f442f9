import type { Payload } from "#/domain/proposal.ts";
import type { Tx } from "./open-database.ts";

/** Runs of this action on this project in the last 24 hours, by the database clock. */
export async function sentLast24h(
  tx: Tx,
  { action, projectId }: Pick<Payload, "action" | "projectId">,
): Promise<number> {
  const counted = await tx.query<{ sent: number }>(
    `select count(*)::int as sent from run
      where action = $1 and project_id is not distinct from $2
        and state <> 'stopped' and started_at > clock_timestamp() - interval '24 hours'`,
    [action, projectId],
  );
  return counted.rows[0]?.sent ?? 0;
}

/** Runs of the whole firm that began in the last hour. */
export async function begunLastHour(tx: Tx): Promise<number> {
  const counted = await tx.query<{ begun: number }>(
    `select count(*)::int as begun from run
      where started_at > clock_timestamp() - interval '1 hour'`,
  );
  return counted.rows[0]?.begun ?? 0;
}
