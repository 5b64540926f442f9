import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { Instant } from "#/domain/ids.ts";
import { importLog } from "#/ingest/import-log.ts";
import { writeOcelJson } from "#/ingest/object-logs/write-ocel.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { jobTasks, type Progress } from "./log-jobs.ts";
import { argumentsOf } from "./task-arguments.ts";

const file = z.string().refine(isAbsolute, "a file is named by its whole path");
const column = z.string().min(1).max(200);
const Import = z.object({
  path: file,
  log: z.string().min(1).max(200, "a log's name has at most 200 characters"),
  zone: z.string().max(60).optional(),
  columns: z
    .partialRecord(z.enum(["case", "activity", "at", "resource", "role", "group"]), column)
    .optional(),
});
const Export = z.object({
  path: file,
  since: Instant.nullable(),
  until: Instant.nullable(),
});

type LogProduct = Pick<Product, "config" | "database">;

/** Takes a log in for the firm of this process. */
export async function importInto(product: LogProduct, argument: unknown, progress: Progress) {
  const { columns, zone, ...asked } = argumentsOf(Import, argument);
  return importLog(
    {
      ...asked,
      ...(zone === undefined ? {} : { zone }),
      ...(columns && { columns: given(columns) }),
    },
    { store: createOperationsStore(product.database), tenant: product.config.TENANT, progress },
  );
}

const given = <T extends object>(values: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

/** Writes the firm's events as OCEL 2.0 JSON. The file is there when it is whole. */
export async function exportFrom(product: LogProduct, argument: unknown, progress: Progress) {
  const { path, since, until } = argumentsOf(Export, argument);
  const store = createOperationsStore(product.database);
  const tenant = product.config.TENANT;
  const span = { since, until };
  let events = 0;
  const counted = async function* () {
    for await (const page of store.events(tenant, span)) {
      events += page.length;
      progress(events);
      yield page;
    }
  };
  const pieces = writeOcelJson({
    types: await store.typesIn(tenant, span),
    events: counted(),
    eventsByRecord: store.eventsByRecord(tenant, span),
    concerned: store.concerned(tenant, span),
  });
  const unfinished = `${path}.part`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return { events };
}

/** What the commands `import` and `export` of a terminal ask for. */
export const logTasks = (product: LogProduct): DeskTasks =>
  jobTasks({
    "log-import": (argument, progress) => importInto(product, argument, progress),
    "log-export": (argument, progress) => exportFrom(product, argument, progress),
  });
