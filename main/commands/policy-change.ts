import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { PolicyVersion } from "#/domain/policy-version.ts";
import { differenceText } from "#/workflows/change-policy.ts";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

const Change = z.enum([
  "denial appears",
  "denial disappears",
  "approval appears",
  "approval disappears",
  "approval changes",
  "approvers change",
  "wait appears",
  "wait disappears",
]);
const Summary = z.object({
  requests: z.number(),
  changed: z.number(),
  differences: z.array(
    z.object({
      change: Change,
      action: z.string(),
      from: z.string(),
      to: z.string(),
      count: z.number(),
      examples: z.array(z.string()),
    }),
  ),
});

function tell({ requests, changed, differences }: z.infer<typeof Summary>): void {
  say(`Valid. Tried on ${requests} recorded requests: ${changed} end otherwise.`);
  for (const each of differences) say(`  ${differenceText(each)}`);
}

/** What other rules would have said. Exit 1 when they are not valid. */
export async function diffCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { since: { type: "string" }, json: { type: "boolean" } },
  });
  const [file] = positionals;
  if (!file) return complain("Say which: countersign policy diff rules.cedar [--since 2026-11-01]");
  const asked = { rules: readFileSync(file, "utf8"), since: values.since };
  const summary = Summary.parse(await perform(readConfig(), "policy-diff", asked));
  if (values.json) say(JSON.stringify(summary));
  else tell(summary);
  return 0;
}

/** Asks the administrators for exactly these rules. */
export async function proposeCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { reason: { type: "string" } },
  });
  const [file] = positionals;
  if (!file || !values.reason)
    return complain('Say which and why: countersign policy propose rules.cedar --reason "…"');
  const made = z.object({ id: z.string(), created: z.boolean(), summary: Summary }).parse(
    await perform(readConfig(), "policy-propose", {
      rules: readFileSync(file, "utf8"),
      reason: values.reason,
    }),
  );
  tell(made.summary);
  say(
    made.created
      ? `${made.id} waits for two administrators. Nothing changes before they approve exactly this text.`
      : `${made.id} is under way already; one change of the rules at a time.`,
  );
  return 0;
}

const History = z.array(
  PolicyVersion.extend({ requestedBy: z.string().nullable(), approvedBy: z.array(z.string()) }),
);

export async function historyCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean" } } });
  const versions = History.parse(await perform(readConfig(), "policy-history", null));
  if (values.json) say(JSON.stringify(versions));
  else
    for (const {
      number,
      rulesHash,
      at,
      source,
      proposal,
      requestedBy,
      approvedBy,
      reason,
    } of versions)
      say(
        source === "settings"
          ? `${number}  ${rulesHash.slice(0, 12)}  ${at}  from the settings (${reason})`
          : `${number}  ${rulesHash.slice(0, 12)}  ${at}  ${proposal?.id}: asked by ${requestedBy}, approved by ${approvedBy.join(" and ")}. ${reason}`,
      );
  return 0;
}

export async function showRulesCommand([number]: readonly string[]): Promise<number> {
  const asked = number === undefined ? {} : { number: Number(number) };
  process.stdout.write(z.string().parse(await perform(readConfig(), "policy-show", asked)));
  return 0;
}
