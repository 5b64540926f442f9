import { parseArgs } from "node:util";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

/** The kill switch of this firm. */
export async function pauseCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { reason: { type: "string" } } });
  if (!values.reason)
    return complain('Say why: countersign pause --reason "wrong rates in the ERP"');
  say(z.string().parse(await perform(readConfig(), "pause", { reason: values.reason })));
  return 0;
}

export async function resumeCommand(): Promise<number> {
  say(z.string().parse(await perform(readConfig(), "resume", null)));
  return 0;
}
