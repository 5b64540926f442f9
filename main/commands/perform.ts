import { type Config, readConfigWith } from "../config.ts";
import { askDesk } from "../local-desk.ts";
import { createLog } from "../log.ts";
import type { Running } from "../run-everything.ts";

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The exit code of a command that was not understood. */
export function complain(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

/** By the process that holds the data folder, or, when none runs, by this one. */
export async function perform(config: Config, name: string, argument: unknown): Promise<unknown> {
  const asked = await askDesk(config.COUNTERSIGN_HOME, name, argument);
  if (asked.running) return asked.answer;
  const { deskTasks } = await import("../desk-tasks.ts");
  return here(async ({ product, localPrincipal }) =>
    deskTasks(product, localPrincipal)[name]?.(argument),
  );
}

const ownSettings = { SLACK_MODE: "off", PORT: "0", LOG_LEVEL: "error" };

/**
 * In this process, with everything started for it and stopped again. Loaded only here: beside a
 * running process a command needs none of it, and starts at once.
 */
export async function here<T>(work: (running: Running) => Promise<T>): Promise<T> {
  const config = readConfigWith(ownSettings);
  const { runEverything } = await import("../run-everything.ts");
  const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: false });
  try {
    return await work(running);
  } finally {
    await running.stop();
  }
}
