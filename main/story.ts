#!/usr/bin/env node
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyAudit } from "#/db/audit.ts";
import { isCountersignError } from "#/domain/errors.ts";
import { readConfigWith } from "./config.ts";
import { createLog } from "./log.ts";
import { runEverything } from "./run-everything.ts";
import { playDelay } from "./story-delay.ts";
import { askForRelease, decideRelease } from "./story-release.ts";
import { sandboxStage, trytonStage } from "./story-stage.ts";
import { createVoice } from "./story-voice.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const system = systemOf(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "countersign-story-"));

try {
  const config = readConfigWith({
    SYSTEM: system,
    SANDBOX_FIRM: "story",
    // Tryton's demonstration firm keeps its books in dollars.
    ...(system === "tryton" ? { BASE_CURRENCY: "USD" } : {}),
    PORT: "0",
    COUNTERSIGN_HOME: folder,
    DATABASE_URL: "",
    WATCH_SECONDS: "0",
    SLACK_MODE: "sandbox",
    LOG_LEVEL: "silent",
  });
  say(
    `The whole case on ${system === "tryton" ? "a real Tryton" : "the sandbox firm"}: database, systems, chat and workflows are starting …`,
  );
  const running = await runEverything(config, createLog(config.LOG_LEVEL), { lookAtStart: false });
  const voice = createVoice(say);
  try {
    const stage =
      system === "tryton" ? await trytonStage(running, config) : await sandboxStage(running);
    const proposal = await askForRelease(running, stage, voice);
    await playDelay(running, stage, voice);
    await decideRelease(running, { stage, proposal }, voice);
    voice.chapter("7. The audit");
    const [verified] = await verifyAudit(running.product.database, config.TENANT);
    const newest = (await running.product.store.auditTail(config.TENANT, 1)).at(-1);
    voice.tell(
      "audit event",
      `${verified?.lines ?? 0} lines, the newest #${newest?.seq} ${newest?.hash.slice(0, 12)}`,
    );
    voice.check(
      "every hash of the chain was recomputed and holds",
      verified?.fault === null && verified.lines > 0,
    );
  } finally {
    await running.stop();
  }
  const broken = voice.broken();
  say(
    broken.length === 0
      ? "\nThe story came out as promised."
      : `\n${broken.length} thing(s) did not come true.`,
  );
  process.exitCode = broken.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(
    `${isCountersignError(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : "failed"}\n`,
  );
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

function systemOf(args: readonly string[]): "sandbox" | "tryton" {
  const named =
    args.find((each) => each.startsWith("--system="))?.slice(9) ??
    args[args.indexOf("--system") + 1];
  return args.some((each) => each.startsWith("--system")) && named === "tryton"
    ? "tryton"
    : "sandbox";
}
