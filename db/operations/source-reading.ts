import type { SystemKind } from "#/domain/record.ts";
import type { Tx } from "../open-database.ts";

/** How far one system was read. */
export type SourceReading = {
  readonly system: SystemKind;
  readonly cursor: string | null;
  /** When it last answered in full; null: it never did. */
  readonly lastRead: string | null;
  /** Why it does not answer now, and since when; null: it does. */
  readonly problem: string | null;
  readonly problemSince: string | null;
};

export async function readings(tx: Tx): Promise<SourceReading[]> {
  const found = await tx.query<{
    system: SystemKind;
    cursor: string | null;
    last_read: Date | null;
    problem: string | null;
    problem_since: Date | null;
  }>(
    "select system, cursor, last_read, problem, problem_since from source_reading order by system",
  );
  return found.rows.map((row) => ({
    system: row.system,
    cursor: row.cursor,
    lastRead: row.last_read?.toISOString() ?? null,
    problem: row.problem,
    problemSince: row.problem_since?.toISOString() ?? null,
  }));
}

/** How far we have come, while the system may have more to say. */
export const moveCursor = async (tx: Tx, system: SystemKind, cursor: string): Promise<void> => {
  await tx.query(
    `insert into source_reading (tenant, system, cursor) values (current_tenant(), $1, $2)
     on conflict (tenant, system) do update set cursor = excluded.cursor`,
    [system, cursor],
  );
};

/** It answered in full at that instant: a later reading is never put back. */
export const markRead = async (tx: Tx, system: SystemKind, at: string): Promise<void> => {
  await tx.query(
    `insert into source_reading (tenant, system, last_read) values (current_tenant(), $1, $2)
     on conflict (tenant, system) do update
       set last_read = greatest(source_reading.last_read, excluded.last_read),
         problem = null, problem_since = null`,
    [system, at],
  );
};

/** It did not answer: the cursor and the last reading stay, and with them how old everything is. */
export const markProblem = async (
  tx: Tx,
  system: SystemKind,
  { problem, at }: { problem: string; at: string },
): Promise<void> => {
  await tx.query(
    `insert into source_reading (tenant, system, problem, problem_since)
     values (current_tenant(), $1, $2, $3)
     on conflict (tenant, system) do update set problem = excluded.problem,
       problem_since = coalesce(source_reading.problem_since, excluded.problem_since)`,
    [system, problem.slice(0, 1000), at],
  );
};
