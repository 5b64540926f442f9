import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { TenantId } from "#/domain/ids.ts";
import { importLog } from "#/ingest/import-log.ts";
import { readLog } from "#/ingest/read-log.ts";
import { peakMegabytes } from "./own-process.ts";

export type Taken = {
  readonly events: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
};

/** Only reads the log. */
async function read(path: string): Promise<number> {
  const reading = await readLog(path);
  if (reading.kind !== "cases") throw new Error("this is no log of cases");
  let events = 0;
  for await (const _ of reading.events) events += 1;
  return events;
}

/** Reads it into a database in this process. */
async function take(path: string): Promise<{ events: number; milliseconds: number }> {
  const database = await openTestDatabase(undefined);
  try {
    const tenant = TenantId.parse("bench");
    await putTenant(database, sampleTenant(tenant));
    const store = createOperationsStore(database);
    const start = performance.now();
    const { fresh } = await importLog(
      { path, log: "bench" },
      { store, tenant, progress: () => undefined },
    );
    return { events: fresh, milliseconds: performance.now() - start };
  } finally {
    await database.close();
  }
}

async function measure(path: string, how: string): Promise<Taken> {
  const start = performance.now();
  const taken =
    how === "import"
      ? await take(path)
      : { events: await read(path), milliseconds: performance.now() - start };
  const { events, milliseconds } = taken;
  return { events, seconds: milliseconds / 1_000, peakMegabytes: peakMegabytes() };
}

const [path = "", how = "read"] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measure(path, how)));
