import { parseArgs } from "node:util";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

const Row = z.object({
  id: z.string(),
  version: z.number(),
  state: z.string(),
  title: z.string(),
  amount: z.string().nullable(),
  hash: z.string(),
});

/** What was proposed; or one of them taken back. */
export async function proposalsCommand([first, ...rest]: readonly string[]): Promise<number> {
  if (first === "withdraw") return withdraw(rest);
  const rows = z
    .array(Row)
    .parse(await perform(readConfig(), "proposals", first ? { state: first } : {}));
  for (const row of rows)
    say(
      `${row.id} v${row.version}  ${row.state.padEnd(10)} ${row.title}${row.amount ? `, ${row.amount}` : ""}  ${row.hash}`,
    );
  if (rows.length === 0) say("No proposals.");
  return 0;
}

async function withdraw(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { reason: { type: "string" } },
  });
  const [proposal] = positionals;
  if (!proposal || !values.reason)
    return complain(
      'Say which and why: countersign proposals withdraw P-7K3M2Q --reason "wrong client"',
    );
  const asked = { proposal, reason: values.reason };
  say(z.string().parse(await perform(readConfig(), "proposal-withdraw", asked)));
  return 0;
}
