import { authorityTable } from "#/policies/authority-table.ts";
import { createPolicySet } from "#/policies/policy-set.ts";
import { readConfig } from "../config.ts";
import { firmRules } from "../firm-rules.ts";
import { complain, say } from "./perform.ts";

/** The authority in force, as a table. Loads the rules first: what is printed is what holds. */
export function policyCommand([what]: readonly string[]): number {
  if (what !== "table") return complain("Say: countersign policy table");
  const config = readConfig();
  const { tenantRules, authority } = firmRules(config);
  const set = createPolicySet({ name: config.TENANT, tenantRules });
  say(`${authority.name} (policy set ${set.hash.slice(0, 12)})\n`);
  say(authorityTable(authority, config.BASE_CURRENCY));
  if (config.TENANT_POLICY_FILE)
    say(`\n${config.TENANT_POLICY_FILE} may add to this; a forbid in it always wins.`);
  return 0;
}
