#!/usr/bin/env node
import { isCountersignError } from "#/domain/errors.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { linksOf, runEverything } from "./run-everything.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const began = Date.now();
  const config = readConfig();
  say("Countersign is starting: database, the firm's systems, chat, workflows …");
  const running = await runEverything(config, createLog(config.LOG_LEVEL));
  const { product, front, chat, systems } = running;
  say("");
  for (const link of linksOf({ publicUrl: front.url, chat, systems }))
    say(`  ${link.title.padEnd(18)}${link.href}\n${" ".repeat(20)}${link.note}`);
  say("");
  say(
    product.database.embedded
      ? "  Embedded database: for one machine and for trying out. It survives a killed process, not a power cut."
      : `  Database server${product.vectors ? " with" : " without"} pgvector${product.vectors ? "" : ": vector search is off, everything else works"}.`,
  );
  say(
    config.ANTHROPIC_API_KEY
      ? `  Claude answers (${config.CLAUDE_MODEL}); the rules step in when it cannot.`
      : "  No model key: the rules answer, and say so.",
  );
  say(`ready ${front.url} after ${((Date.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops.`);
  const looking = Date.now();
  void running.firstLook.then(
    () =>
      say(
        `The firm was looked at, in ${((Date.now() - looking) / 1000).toFixed(1)} s: what needs attention is in the chat.`,
      ),
    () => say("The firm could not be looked at; the log says why. It is tried again by the clock."),
  );
  const stop = (): void => {
    process.removeAllListeners("SIGINT");
    process.removeAllListeners("SIGTERM");
    say("\nStopping: letting what runs finish …");
    void running.stop().then(() => {
      say("Stopped. Everything is kept for the next start.");
      process.exit(0);
    });
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
} catch (error) {
  process.stderr.write(`${isCountersignError(error) ? error.message : explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
