import { parseArgs } from "node:util";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

const Shown = z.object({ id: z.string(), away: z.string(), standIn: z.string(), days: z.string() });
const line = ({ id, away, standIn, days }: z.infer<typeof Shown>): string =>
  `${id}  ${standIn} acts for ${away}, ${days}`;

/** Who acts for whom, and naming or ending it. */
export async function delegateCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      to: { type: "string" },
      away: { type: "string" },
      from: { type: "string" },
      until: { type: "string" },
      revoke: { type: "string" },
    },
  });
  const config = readConfig();
  const { revoke, to, from, until } = values;
  if (revoke) {
    await perform(config, "delegation-revoke", { id: revoke });
    say(`${revoke} has ended. Votes given by it no longer count.`);
    return 0;
  }
  if (to === undefined) {
    const all = z.array(Shown).parse(await perform(config, "delegations", null));
    for (const each of all) say(line(each));
    if (all.length === 0) say("Nobody acts for anybody.");
    return 0;
  }
  if (!from || !until)
    return complain(
      "Say from when until when: countersign delegate --to maya@firm.example --from 2026-12-01 --until 2026-12-14",
    );
  say(line(Shown.parse(await perform(config, "delegate", values))));
  return 0;
}
