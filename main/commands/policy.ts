import { authorityTable } from "#/policies/authority-table.ts";
import { createPolicySet } from "#/policies/policy-set.ts";
import { readConfig } from "../config.ts";
import { firmRules } from "../firm-rules.ts";
import { complain, say } from "./perform.ts";
import { diffCommand, historyCommand, proposeCommand, showRulesCommand } from "./policy-change.ts";

export const policyUsage = `  countersign policy table                               who may agree to what, as the rules say
  countersign policy show [VERSION]                      the firm's own rules, as text
  countersign policy diff FILE [--since DAY] [--json]    what other rules would have said; exit 1 when not valid
  countersign policy propose FILE --reason "…"           ask two administrators for exactly these rules
  countersign policy history [--json]                    every version: who asked, who approved, when
  countersign access review [--json|--csv]               who may approve what, and what nobody uses`;

type Command = (args: readonly string[]) => Promise<number> | number;
const commands: Readonly<Record<string, Command>> = {
  table,
  show: showRulesCommand,
  diff: diffCommand,
  propose: proposeCommand,
  history: historyCommand,
};

export function policyCommand([name, ...rest]: readonly string[]): Promise<number> | number {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  return command ? command(rest) : complain(`Say which:\n${policyUsage}`);
}

/** The authority of the settings, as a table. Loads the rules first: what is printed can stand. */
function table(): number {
  const config = readConfig();
  const { tenantRules, authority } = firmRules(config);
  const set = createPolicySet({ name: config.TENANT, tenantRules });
  say(`${authority.name} (policy set ${set.hash.slice(0, 12)})\n`);
  say(authorityTable(authority, config.BASE_CURRENCY));
  if (config.TENANT_POLICY_FILE)
    say(`\n${config.TENANT_POLICY_FILE} may add to this; a forbid in it always wins.`);
  say("\nRules that administrators approved since take its place: countersign policy history.");
  return 0;
}
