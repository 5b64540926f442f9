import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CountersignError } from "#/domain/errors.ts";
import { type Database, inTransaction } from "./open-database.ts";

export type Migrated = {
  /** Names of the migrations that ran now. */
  readonly ran: readonly string[];
  /** Whether the server has pgvector; without it everything but vector search works. */
  readonly vectors: boolean;
};

const folder = join(import.meta.dirname, "migrations");

/** Runs what has not run yet, each file in its own transaction, in order, once. Safe to call at every start. */
export async function migrate(database: Database): Promise<Migrated> {
  await inTransaction(database.pool, async (tx) => {
    // Two processes may start at once on a server.
    await tx.query("select pg_advisory_xact_lock(7300001)");
    await tx.query(
      "create table if not exists migration (name text primary key, sha256 text not null, at timestamptz not null default clock_timestamp())",
    );
  });
  const ran: string[] = [];
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()) {
    const sql = readFileSync(join(folder, name), "utf8");
    const sha256 = createHash("sha256").update(sql).digest("hex");
    const fresh = await inTransaction(database.pool, async (tx) => {
      await tx.query("select pg_advisory_xact_lock(7300001)");
      const known = await tx.query<{ sha256: string }>(
        "select sha256 from migration where name = $1",
        [name],
      );
      if (known.rows[0]) {
        if (known.rows[0].sha256 !== sha256)
          throw new CountersignError("MIGRATION_CHANGED", { name });
        return false;
      }
      await tx.query(sql);
      await tx.query("insert into migration (name, sha256) values ($1, $2)", [name, sha256]);
      return true;
    });
    if (fresh) ran.push(name);
  }
  return { ran, vectors: await enableVectors(database) };
}

/** A server without the extension, or a role that may not add it, still works. */
async function enableVectors(database: Database): Promise<boolean> {
  try {
    await database.pool.query("create extension if not exists vector");
    return true;
  } catch {
    return false;
  }
}
