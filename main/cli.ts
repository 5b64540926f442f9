#!/usr/bin/env node
import { z } from "zod";
import { isCountersignError } from "#/domain/errors.ts";
import type { Answer } from "#/workflows/services.ts";
import { type Config, readConfig, readConfigWith } from "./config.ts";
import { askDesk, runningAt } from "./local-desk.ts";
import { createLog } from "./log.ts";
import type { Running } from "./run-everything.ts";
import { bridgeStdio } from "./stdio-bridge.ts";
import { answerText } from "./terminal-text.ts";

const usage = `countersign: what delays the firm's projects and invoices, and what to do about it

  countersign ask "why is the Northwind invoice late?"   a cited answer
  countersign proposals [waiting|approved|done|…]        what was proposed, and where it stands
  countersign audit verify                               recompute every hash; exit 1 and name the line on a fault
  countersign audit export                               every audit line of the tenant, one JSON object a line
  countersign mcp                                        the MCP server on standard input and output
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ownSettings = { SLACK_MODE: "off", PORT: "0", LOG_LEVEL: "error" };

async function main([command, ...rest]: string[]): Promise<number> {
  const config = readConfig();
  switch (command) {
    case "ask": {
      const question = rest.join(" ").trim();
      if (!question) return complain('Say what you want to know: countersign ask "why is … late?"');
      say(answerText((await perform(config, "ask", { question })) as Answer));
      return 0;
    }
    case "proposals": {
      const listed = await perform(config, "proposals", rest[0] ? { state: rest[0] } : {});
      const rows = z.array(Row).parse(listed);
      for (const row of rows)
        say(
          `${row.id} v${row.version}  ${row.state.padEnd(10)} ${row.title}${row.amount ? `, ${row.amount}` : ""}  ${row.hash}`,
        );
      if (rows.length === 0) say("No proposals.");
      return 0;
    }
    case "audit":
      if (rest[0] === "verify") return verifyAudit(config);
      if (rest[0] === "export") return exportAudit(config);
      return complain("Say which: countersign audit verify, or countersign audit export");
    case "mcp":
      return serveMcp(config);
    case undefined:
    case "help":
    case "--help":
      say(usage);
      return 0;
    default:
      return complain(`There is no command “${command}”.\n\n${usage}`);
  }
}

const Row = z.object({
  id: z.string(),
  version: z.number(),
  state: z.string(),
  title: z.string(),
  amount: z.string().nullable(),
  hash: z.string(),
});

const Verified = z.array(
  z.object({
    tenant: z.string(),
    lines: z.number(),
    fault: z.object({ seq: z.number(), problem: z.string() }).nullable(),
  }),
);

async function verifyAudit(config: Config): Promise<number> {
  const verified = Verified.parse(await perform(config, "audit-verify", null));
  for (const { tenant, lines, fault } of verified)
    say(
      fault
        ? `${tenant}: BROKEN at line ${fault.seq}: it ${fault.problem}. ${lines} lines read.`
        : `${tenant}: intact, ${lines} lines recomputed.`,
    );
  return verified.some(({ fault }) => fault) ? 1 : 0;
}

async function exportAudit(config: Config): Promise<number> {
  for (const line of z.array(z.unknown()).parse(await perform(config, "audit-export", null)))
    say(JSON.stringify(line));
  return 0;
}

/** By the process that holds the data folder, or, when none runs, by this one. */
async function perform(config: Config, name: string, argument: unknown): Promise<unknown> {
  const asked = await askDesk(config.COUNTERSIGN_HOME, name, argument);
  if (asked.running) return asked.answer;
  const { deskTasks } = await import("./desk-tasks.ts");
  return here(async ({ product, localPrincipal }) =>
    deskTasks(product, localPrincipal)[name]?.(argument),
  );
}

/** Loaded only here: beside a running process a command needs none of it, and starts at once. */
async function here<T>(work: (running: Running) => Promise<T>): Promise<T> {
  const { runEverything } = await import("./run-everything.ts");
  const config = readConfigWith(ownSettings);
  const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: false });
  try {
    return await work(running);
  } finally {
    await running.stop();
  }
}

async function serveMcp(config: Config): Promise<number> {
  const running = await runningAt(config.COUNTERSIGN_HOME);
  if (running) {
    await bridgeStdio(`${running}/mcp`, { input: process.stdin, write: say });
    return 0;
  }
  const { serveOperationsOverStdio } = await import("#/mcp-server/stdio.ts");
  const { operationsFor } = await import("./mcp-door.ts");
  return here(async ({ product, front, localPrincipal }) => {
    const log = createLog("error");
    const principal = await localPrincipal();
    const server = serveOperationsOverStdio(
      () =>
        operationsFor(
          { principal, obtainable: new Set(), client: null },
          { product, publicUrl: front.url, log },
        ),
      { log },
    );
    await server.closed;
    return 0;
  });
}

function complain(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

// Last, when everything above it is there.
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${isCountersignError(error) || error instanceof Error ? error.message : "failed"}\n`,
  );
  process.exitCode = 1;
}
