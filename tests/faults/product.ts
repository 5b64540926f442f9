import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "#/main/config.ts";
import { createLog } from "#/main/log.ts";
import { type Running, runEverything } from "#/main/run-everything.ts";
import { type SandboxTarget, sandboxTarget } from "./targets.ts";

export type Bench = {
  readonly running: Running;
  readonly target: SandboxTarget;
  close(): Promise<void>;
};

/** The product in this process, behind wires to a firm that is new for each round. */
export async function openBench(databaseUrl?: string): Promise<Bench> {
  const target = await sandboxTarget();
  // Connecting asks nothing of the systems yet, but whoever looks must find some.
  await target.next(0, "R08");
  const home = mkdtempSync(join(tmpdir(), "countersign-faults-"));
  const config = readConfig({
    ...target.env,
    COUNTERSIGN_HOME: home,
    SLACK_MODE: "off",
    WATCH_SECONDS: "0",
    PORT: "0",
    LOG_LEVEL: "silent",
    DATABASE_URL: databaseUrl,
  });
  const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: false });
  return {
    running,
    target,
    close: async () => {
      await running.stop();
      await target.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
