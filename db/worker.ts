import type { Database } from "./open-database.ts";

/*
 * Which processes serve this installation. No tenant's data, so outside the tenant role; every moment
 * is the database's.
 */

export type WorkerName = {
  /** Stable over restarts: the name under which the engine keeps who runs what. */
  readonly id: string;
  /** New at every start. */
  readonly incarnation: string;
};

/** The newest process of a name has it. Whoever had it learns that at the next beat. */
export async function claimWorker(
  { pool }: Pick<Database, "pool">,
  { id, incarnation }: WorkerName,
): Promise<void> {
  await pool.query(
    `insert into worker (executor_id, incarnation) values ($1, $2)
     on conflict (executor_id) do update set incarnation = $2, seen_at = clock_timestamp(),
       reclaiming_until = null`,
    [id, incarnation],
  );
}

/** false: another process has this name by now. */
export async function beat(
  { pool }: Pick<Database, "pool">,
  { id, incarnation }: WorkerName,
): Promise<boolean> {
  const seen = await pool.query(
    `update worker set seen_at = clock_timestamp(), reclaiming_until = null
      where executor_id = $1 and incarnation = $2`,
    [id, incarnation],
  );
  return seen.rowCount === 1;
}

/**
 * Names not seen for so long, for this process alone to take over from: a lease, so that of several
 * survivors one acts, and another one should that one die as well.
 */
export async function silentWorkers(
  { pool }: Pick<Database, "pool">,
  { me, deadAfterSeconds }: { me: string; deadAfterSeconds: number },
): Promise<string[]> {
  const found = await pool.query<{ executor_id: string }>(
    `update worker set reclaiming_until = clock_timestamp() + make_interval(secs => $2)
      where executor_id <> $1 and seen_at < clock_timestamp() - make_interval(secs => $2)
        and (reclaiming_until is null or reclaiming_until < clock_timestamp())
      returning executor_id`,
    [me, deadAfterSeconds],
  );
  return found.rows.map((row) => row.executor_id);
}

/** How often each was taken over, this time included. */
export async function countReclaims(
  { pool }: Pick<Database, "pool">,
  workflows: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counted = await pool.query<{ workflow_id: string; times: number }>(
    `insert into run_reclaim (workflow_id) select unnest($1::text[])
     on conflict (workflow_id) do update set times = run_reclaim.times + 1
     returning workflow_id, times`,
    [workflows],
  );
  return new Map(counted.rows.map(({ workflow_id, times }) => [workflow_id, times]));
}
