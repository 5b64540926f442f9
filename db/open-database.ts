import { AsyncLocalStorage } from "node:async_hooks";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { vector } from "@electric-sql/pglite-pgvector";
import { Pool, type PoolClient } from "pg";
import { CountersignError } from "#/domain/errors.ts";

export type Tx = PoolClient;

export type Database = {
  readonly pool: Pool;
  /** A second pool for the workflow engine on a server; the same one when embedded. */
  readonly enginePool: Pool;
  readonly url: string;
  readonly embedded: boolean;
  close(): Promise<void>;
};

/**
 * Opens the server at `url`, or, without one, PostgreSQL in this process with its data in `folder`.
 * Embedded is one session and one process: a lock the kernel releases guards the folder.
 * Throws FOLDER_IN_USE or DATABASE_UNREACHABLE.
 */
export async function openDatabase(settings: {
  url: string | undefined;
  folder: string;
  connections: number;
}): Promise<Database> {
  return settings.url
    ? openServer(settings.url, settings.connections)
    : openEmbedded(settings.folder);
}

async function openServer(url: string, connections: number): Promise<Database> {
  const pool = guarded(new Pool({ connectionString: url, max: connections }));
  const enginePool = new Pool({ connectionString: url, max: Math.max(6, connections) });
  for (const each of [pool, enginePool]) each.on("error", () => undefined);
  try {
    await pool.query("select 1");
  } catch (cause) {
    await Promise.allSettled([pool.end(), enginePool.end()]);
    throw new CountersignError("DATABASE_UNREACHABLE", {}, { cause });
  }
  return {
    pool,
    enginePool,
    url,
    embedded: false,
    close: async () => {
      await Promise.all([pool.end(), enginePool.end()]);
    },
  };
}

async function openEmbedded(folder: string): Promise<Database> {
  const unlock = lockFolder(folder);
  const lite = await PGlite.create({
    dataDir: join(folder, "postgres"),
    extensions: { vector },
  });
  // PGlite is one backend session: a second client would share its transaction.
  const pool = guarded(sessionKept(new Pool(Object.assign(createPgConfig(lite), { max: 1 }))));
  pool.on("error", () => undefined);
  return {
    pool,
    enginePool: pool,
    url: "postgresql://embedded@localhost/postgres",
    embedded: true,
    close: async () => {
      await pool.end();
      await lite.close();
      unlock();
    },
  };
}

// Module scope: a lock whose handle is collected is a lock that was given up.
const locks = new Map<string, DatabaseSync>();

function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, "lock.db"));
  try {
    lock.exec("pragma locking_mode = exclusive; begin exclusive");
  } catch (cause) {
    lock.close();
    throw new CountersignError("FOLDER_IN_USE", { folder }, { cause });
  }
  locks.set(folder, lock);
  return () => {
    locks.delete(folder);
    lock.close();
  };
}

type Checkout = (error: Error | undefined, client: PoolClient | undefined, done: unknown) => void;

/**
 * A pool drops the client whose statement failed. Embedded, that client is the only session there
 * is: dropping it would end the database for everybody, so it is given back instead.
 */
function sessionKept(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as (given?: Checkout) => Promise<PoolClient> | undefined;
  const kept = (client: PoolClient): PoolClient => {
    const release = client.release.bind(client);
    client.release = () => release();
    return client;
  };
  pool.connect = ((given?: Checkout) =>
    given
      ? connect((error, client, done) =>
          given(error, client && kept(client), client ? () => client.release() : done),
        )
      : connect()?.then(kept)) as Pool["connect"];
  return pool;
}

const holding = new AsyncLocalStorage<true>();

/** Turns the one-session deadlock (and, on a server, lost atomicity) into an error at once. */
function guarded(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown;
  pool.connect = ((...args: unknown[]) => {
    if (holding.getStore()) throw new CountersignError("TRANSACTION_NESTED");
    return connect(...args);
  }) as Pool["connect"];
  return pool;
}

/** Runs `work` in one transaction on one client: commits when it returns, rolls back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    return await holding.run(true, async () => {
      await tx.query("begin");
      try {
        const result = await work(tx);
        await tx.query("commit");
        return result;
      } catch (error) {
        await tx.query("rollback").catch((cause: unknown) => {
          broken = cause instanceof Error ? cause : new Error("rollback failed");
        });
        throw error;
      }
    });
  } finally {
    tx.release(broken);
  }
}
