import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#/db/open-database.ts";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { sampleTenant } from "#/db/sample-rows.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { CountersignError } from "#/domain/errors.ts";
import { ticketEvent } from "#/monitor/twin/sample-events.ts";
import { importLines, logNameOf, rejectsCsv } from "./commands/logs.ts";
import { readConfigWith } from "./config.ts";
import { openFrontDoor } from "./front-door.ts";
import { openDesk } from "./local-desk.ts";
import { followJob, jobTasks } from "./log-jobs.ts";
import { exportFrom, importInto } from "./log-tasks.ts";

const ignored = (): void => undefined;

describe("long work that a command has done by the running process", () => {
  let folder: string;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "jobs-"));
    const front = await openFrontDoor(
      { host: "127.0.0.1", port: 0 },
      { ready: async () => ({}), log: ignored },
    );
    const desk = openDesk(folder, front.url, {
      tasks: jobTasks({
        "log-import": async (argument, progress) => {
          for (let items = 1; items <= 3; items += 1) {
            progress(items);
            await new Promise((resolve) => setTimeout(resolve, 150));
          }
          return { took: argument };
        },
        "log-export": async () => {
          throw new CountersignError("INVALID_ARGUMENTS", { problems: "no such folder" });
        },
      }),
      log: { error: ignored },
    });
    front.open([desk.door]);
    stop = async () => {
      desk.close();
      await front.close();
    };
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const follow = (name: string, home = folder, progress: (items: number) => void = ignored) =>
    followJob(readConfigWith({ COUNTERSIGN_HOME: home }), { name, argument: "a log" }, progress);

  test("it says how far it is, and gives the result when it is done", async () => {
    const seen: number[] = [];
    expect(await follow("log-import", folder, (items) => seen.push(items))).toEqual({
      running: true,
      result: { took: "a log" },
    });
    expect(seen.at(-1)).toBe(3);
  });

  test("a failure is told in our own sentence", async () => {
    await expect(follow("log-export")).rejects.toThrow(/no such folder/);
  });

  test("without a running process nothing is started there", async () => {
    expect(await follow("log-import", join(folder, "elsewhere"))).toEqual({ running: false });
  });
});

describe("import and export for the firm of this process", () => {
  let database: Database;
  let folder: string;
  const product = () => ({ database, config: readConfigWith({ TENANT: "meridian" }) });
  beforeAll(async () => {
    database = await openTestDatabase(undefined);
    await putTenant(database, sampleTenant("meridian"));
    folder = mkdtempSync(join(tmpdir(), "logs-"));
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("an export is there when it is whole, and readable by its owner only", async () => {
    await createOperationsStore(database).receive(product().config.TENANT, [ticketEvent("T1", 1)]);
    const path = join(folder, "events.jsonocel");
    expect(await exportFrom(product(), { path, since: null, until: null }, ignored)).toEqual({
      events: 1,
    });
    expect(readdirSync(folder)).toEqual(["events.jsonocel"]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      events: [{ type: "ticket.opened" }],
    });
    await expect(
      exportFrom(product(), { path: join(folder, "no", "x"), since: null, until: null }, ignored),
    ).rejects.toThrow(/ENOENT/);
    expect(existsSync(join(folder, "no"))).toBe(false);
  });

  test("columns of other names are named, and a file is named by its whole path", async () => {
    const path = join(folder, "asks.csv");
    writeFileSync(path, "Ticket,What,When\nT1,ask,2026-01-05 10:00\n");
    const columns = { case: "Ticket", activity: "What", at: "When" };
    const imported = await importInto(
      product(),
      { path, log: "asks", columns, zone: "Europe/Berlin" },
      ignored,
    );
    expect(imported).toMatchObject({ events: 1, fresh: 1, problemCount: 0 });
    await expect(importInto(product(), { path: "asks.csv", log: "asks" }, ignored)).rejects.toThrow(
      /whole path/,
    );
    await expect(importInto(product(), { path, log: "other" }, ignored)).rejects.toThrow(
      /no column for case/,
    );
  });
});

test("a log is called as its file, without what says how it is packed", () => {
  expect(["loans.xes.gz", "/data/p2p.jsonocel", "a.b.csv", "plain"].map(logNameOf)).toEqual([
    "loans",
    "p2p",
    "a.b",
    "plain",
  ]);
});

test("what was left out is told with its line, and written as CSV", () => {
  const imported = {
    log: "asks",
    format: "csv",
    into: "process" as const,
    events: 1,
    fresh: 0,
    objects: 0,
    problems: [
      { line: 3, problem: 'no "case", no activity' },
      { line: 0, problem: "event E1: not so" },
    ],
    problemCount: 2,
  };
  expect(importLines(imported)).toEqual([
    "asks (csv): 1 event(s) into log “asks”, 0 of them new.",
    "Left out: 2.",
    '  line 3: no "case", no activity',
    "  event E1: not so",
  ]);
  expect(rejectsCsv(imported)).toBe(
    'line,reason\n3,"no ""case"", no activity"\n,event E1: not so\n',
  );
});
