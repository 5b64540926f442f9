import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { migrate } from "./migrate.ts";
import { type Database, openDatabase } from "./open-database.ts";

/**
 * A migrated database of one test file: PostgreSQL in this process, or, with `serverUrl`, a database
 * of its own on that server. Gone after `close()`.
 */
export async function openTestDatabase(
  serverUrl: string | undefined,
): Promise<Database & { label: string }> {
  if (!serverUrl) {
    const folder = mkdtempSync(join(tmpdir(), "countersign-"));
    const database = await openDatabase({ url: undefined, folder, connections: 1 });
    await migrate(database);
    return {
      ...database,
      label: "embedded PostgreSQL",
      close: async () => {
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  const name = `countersign_${randomUUID().replaceAll("-", "")}`;
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, folder: "", connections: 8 });
  await migrate(database);
  return {
    ...database,
    label: "PostgreSQL server",
    close: async () => {
      await database.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
