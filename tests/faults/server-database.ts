import { randomUUID } from "node:crypto";
import { Client } from "pg";

/** An empty database of one experiment on that server. */
export async function ownDatabase(
  serverUrl: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `countersign_faults_${randomUUID().replaceAll("-", "")}`;
  const run = async (sql: string): Promise<void> => {
    const admin = new Client({ connectionString: serverUrl });
    await admin.connect();
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) };
}
