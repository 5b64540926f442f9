import { parseArgs } from "node:util";
import { z } from "zod";
import { anchorsCsv } from "#/domain/audit-anchor.ts";
import { rotateCheckpointKey } from "../checkpoint-key.ts";
import { readConfig } from "../config.ts";
import { proofCommand } from "./audit-proof.ts";
import { showCommand } from "./audit-show.ts";
import { verifyCommand } from "./audit-verify.ts";
import { complain, perform, say } from "./perform.ts";

export const auditUsage = `  countersign audit verify                               recompute every hash; exit 1 and name the line on a fault
  countersign audit verify export.ndjson                 the same for an export, anywhere: no database, no secrets
      [--checkpoints FILE|DIR --key PUBLIC.pem|DIR]      … held against signed checkpoints
      [--anchors CSV|CHAT-EXPORT|DIR] [--tenant NAME]    … and against what the chat showed
  countersign audit export [--personal]                  every audit line of the tenant, one JSON object a line
  countersign audit anchors                              what the chat showed of it: seq,hash12,channel,ts
  countersign audit show P-7K3M2Q [--export FILE]        who saw, decided and did what
  countersign audit proof 17 --export FILE               that a line belongs to it; --check PROOF [--key PUBLIC.pem]
  countersign audit erase --containing TEXT | --before DAY   personal values go, the chain stays valid
  countersign audit reconcile --reason TEXT              after a restored backup: accept what is left
  countersign audit rotate-key                           sign with a new key from now on`;

type Command = (args: readonly string[]) => Promise<number> | number;

const commands: Readonly<Record<string, Command>> = {
  verify: verifyCommand,
  proof: proofCommand,
  show: showCommand,

  export: async (args) => {
    const { values } = parseArgs({ args: [...args], options: { personal: { type: "boolean" } } });
    const task = values.personal === true ? "audit-openings" : "audit-export";
    for (const line of z.array(z.unknown()).parse(await perform(readConfig(), task, null)))
      say(JSON.stringify(line));
    return 0;
  },

  anchors: async () => {
    const anchors = z.array(Anchor).parse(await perform(readConfig(), "audit-anchors", null));
    process.stdout.write(anchorsCsv(anchors));
    return 0;
  },

  erase: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: { containing: { type: "string" }, before: { type: "string" } },
    });
    if ((values.containing === undefined) === (values.before === undefined))
      return complain(
        "Say what: countersign audit erase --containing TEXT, or --before 2026-01-01",
      );
    const lines = z.array(z.number()).parse(await perform(readConfig(), "audit-erase", values));
    say(
      lines.length === 0
        ? "Nothing was erased: no kept value fits."
        : `Erased the personal values of ${lines.length} line(s); the chain is as it was. Copies in proposals, messages and the firm's systems have their own retention.`,
    );
    return 0;
  },

  reconcile: async (args) => {
    const { values } = parseArgs({ args: [...args], options: { reason: { type: "string" } } });
    const reason = values.reason?.trim();
    if (!reason)
      return complain('Say why: countersign audit reconcile --reason "restored Monday\'s backup"');
    const point = z
      .object({ size: z.number(), reconciled: z.object({ kept: z.number() }) })
      .parse(await perform(readConfig(), "audit-reconcile", { reason }));
    say(
      `Reconciled and signed: ${point.size} lines now, the first ${point.reconciled.kept} of them as signed before. Runs may begin again.`,
    );
    return 0;
  },

  "rotate-key": () => {
    const config = readConfig();
    const { name } = rotateCheckpointKey(config.COUNTERSIGN_HOME, config.CHECKPOINT_KEY_FILE);
    say(
      `Key ${name} signs from the next checkpoint on. Its public half is in the folder checkpoints/keys beside the old ones; give it to whoever verifies.`,
    );
    return 0;
  },
};

const Anchor = z.object({
  seq: z.number(),
  hash12: z.string(),
  channel: z.string().nullable(),
  ts: z.string().nullable(),
});

export function auditCommand([name, ...rest]: readonly string[]): Promise<number> | number {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    return complain(
      `Say which: countersign audit verify, or countersign audit export; or one of these:\n${auditUsage}`,
    );
  return command(rest);
}
