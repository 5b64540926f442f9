#!/usr/bin/env node
import { migrate } from "#/db/migrate.ts";
import { openDatabase } from "#/db/open-database.ts";
import { isCountersignError } from "#/domain/errors.ts";
import { readConfig } from "./config.ts";

try {
  const config = readConfig();
  const database = await openDatabase({
    url: config.DATABASE_URL,
    folder: config.COUNTERSIGN_HOME,
    connections: 2,
  });
  const { ran, vectors } = await migrate(database);
  await database.close();
  process.stdout.write(
    `${ran.length === 0 ? "Up to date." : `Ran ${ran.join(", ")}.`} pgvector: ${vectors ? "yes" : "no, vector search is off"}.\n`,
  );
} catch (error) {
  process.stderr.write(`${isCountersignError(error) ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
