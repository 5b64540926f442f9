#!/usr/bin/env node
import { env } from "node:process";
import { parseArgs } from "node:util";
import { readConfig } from "#/main/config.ts";
import { runHijack } from "./hijack/run.ts";
import { killExperiment, type Moment, moments } from "./kill.ts";
import { lostExperiment } from "./lost.ts";
import { raceExperiment } from "./race.ts";
import { formatResult, type Result } from "./report.ts";
import { ownDatabase } from "./server-database.ts";
import { swapExperiment } from "./swap.ts";
import { takeoverExperiment } from "./takeover.ts";
import { sandboxTarget, trytonTarget } from "./targets.ts";
import { tenancyExperiment, tenancyTable } from "./tenancy/run.ts";

const usage = `npm run faults -- [--only kill|race|lost|swap|hijack|tenancy|takeover] [--seed N] [--quiet]
  kill  --kills N (20) [--system sandbox|tryton] [--action R08|R14|R16] [--point ${moments.join("|")}]
  race  --rounds N (200, of each race)
  lost  --rounds N (1, of each fault and action)
  swap  --rounds N (5, of each change)
  hijack  --attacks FILE… (attack texts, one a line or JSON) --proposals N (2000; from 10000 on every part is whole)
  tenancy
  takeover  --kills N (20), two processes on one PostgreSQL server; needs TEST_DATABASE_URL
TEST_DATABASE_URL adds a PostgreSQL server to the embedded database; --database embedded|server names one.
--system tryton needs TRYTON_URL, TRYTON_USER and TRYTON_PASSWORD, and issues invoices there.`;

const experiments = ["kill", "race", "lost", "swap", "hijack", "tenancy", "takeover"] as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const results: Result[] = [];
/** Of the experiments that print their own table. */
const violations: string[] = [];
try {
  await runAll();
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : "failed");
  process.exit(1);
}
say("");
for (const result of results) say(`${formatResult(result)}\n`);
const failed = violations.length > 0 || results.some((result) => result.violations.length > 0);
process.exit(failed ? 1 : 0);

async function runAll(): Promise<void> {
  const { values: given, positionals: moreFiles } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string" },
      kills: { type: "string" },
      rounds: { type: "string" },
      seed: { type: "string" },
      system: { type: "string" },
      action: { type: "string" },
      point: { type: "string" },
      database: { type: "string" },
      attacks: { type: "string", multiple: true },
      proposals: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (given.help) return say(usage);
  if (moreFiles.length > 0 && !given.attacks)
    throw new Error(`${moreFiles.join(" ")} belongs to nothing.\n\n${usage}`);
  const chosen = given.only ? [oneOf(experiments, given.only)] : experiments;
  const seed = given.seed ? number(given.seed) : Math.floor(Math.random() * 1_000_000);
  const progress = given.quiet ? () => undefined : say;
  const rounds = (otherwise: number): number => (given.rounds ? number(given.rounds) : otherwise);
  const server = env["TEST_DATABASE_URL"];
  const databases = given.database
    ? [oneOf(["embedded", "server"] as const, given.database)]
    : server
      ? (["embedded", "server"] as const)
      : (["embedded"] as const);
  for (const kind of databases)
    for (const experiment of chosen) {
      if (kind === "server" && !server) throw new Error("set TEST_DATABASE_URL to a server's URL");
      const database = kind === "server" && server ? await ownDatabase(server) : null;
      const databaseUrl = database ? { databaseUrl: database.url } : {};
      say(`\n${experiment}, ${kind}, seed ${seed}`);
      try {
        if (experiment === "race")
          results.push(
            await raceExperiment({
              rounds: rounds(200),
              seed,
              progress,
              ...(database && server ? { serverUrl: server } : {}),
            }),
          );
        if (experiment === "hijack")
          violations.push(
            ...(await runHijack({
              files: [...(given.attacks ?? []), ...moreFiles],
              proposals: given.proposals ? number(given.proposals) : 2_000,
              seed,
              say,
              progress,
              ...(server && kind === "server" ? { databaseUrl: () => ownDatabase(server) } : {}),
            })),
          );
        if (experiment === "tenancy") {
          const result = await tenancyExperiment(kind === "server" ? server : undefined);
          for (const line of tenancyTable(result)) say(line);
          violations.push(...result.violations);
        }
        if (experiment === "lost")
          results.push(await lostExperiment({ rounds: rounds(1), progress, ...databaseUrl }));
        if (experiment === "swap")
          results.push(await swapExperiment({ rounds: rounds(5), progress, ...databaseUrl }));
        if (experiment === "takeover")
          if (!database) say("takeover needs two processes, so a server: set TEST_DATABASE_URL");
          else
            results.push(
              await takeoverExperiment({
                kills: given.kills ? number(given.kills) : 20,
                databaseUrl: database.url,
                progress,
              }),
            );
        if (experiment === "kill") {
          const target = await targetOf(given.system);
          try {
            results.push(
              await killExperiment(target, {
                kills: given.kills ? number(given.kills) : 20,
                seed,
                progress,
                ...databaseUrl,
                ...(given.point ? { moments: [oneOf<Moment>(moments, given.point)] } : {}),
                ...(given.action ? { actions: [oneOf(target.actions, given.action)] } : {}),
              }),
            );
          } finally {
            await target.close();
          }
        }
      } finally {
        await database?.drop();
      }
    }
}

function targetOf(system = "sandbox") {
  if (oneOf(["sandbox", "tryton"] as const, system) === "sandbox") return sandboxTarget();
  const { TRYTON_URL, TRYTON_USER, TRYTON_PASSWORD } = readConfig({ ...env, SYSTEM: "tryton" });
  return trytonTarget({
    url: TRYTON_URL ?? "",
    user: TRYTON_USER ?? "",
    password: TRYTON_PASSWORD ?? "",
  });
}

function oneOf<T extends string>(known: readonly T[], given: string): T {
  const found = known.find((each) => each === given);
  if (found === undefined) throw new Error(`${given} is none of ${known.join(", ")}.\n\n${usage}`);
  return found;
}

function number(given: string): number {
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${given} is no whole number.\n\n${usage}`);
  return value;
}
