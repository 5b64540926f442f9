import type { Tx } from "#/db/open-database.ts";
import { rulesByHash, versionInForce } from "#/db/policy-version.ts";
import { rulesHash } from "#/domain/decision-record.ts";
import type { Sha256, TenantId } from "#/domain/ids.ts";
import type { AuthorityMatrix } from "#/policies/authority-matrix.ts";
import { createPolicySet } from "#/policies/policy-set.ts";
import type { FirmPolicy } from "#/workflows/policy-facts.ts";

export type PolicyInForce = {
  /** The set in force as of the newest transaction of this process. */
  readonly policy: () => FirmPolicy;
  /** Called at the beginning of every transaction of a tenant: from then on `policy` is what holds in it. */
  readonly follow: (tx: Tx, tenant: TenantId) => Promise<void>;
};

/**
 * The rules that hold, read by every process from the database in the transaction that asks. Until the
 * first version is there, those of the settings. Throws POLICY_SET_INVALID for rules that cannot stand.
 */
export function policyInForce(firm: {
  tenant: TenantId;
  baseCurrency: string;
  settingsRules: string;
  ladder: AuthorityMatrix | undefined;
}): PolicyInForce {
  const load = (tenantRules: string): { hash: Sha256; policy: FirmPolicy } => ({
    hash: rulesHash(tenantRules),
    policy: {
      ...createPolicySet({ name: firm.tenant, tenantRules }),
      baseCurrency: firm.baseCurrency,
      ...(firm.ladder ? { authority: firm.ladder } : {}),
    },
  });
  let current = load(firm.settingsRules);
  return {
    policy: () => current.policy,
    follow: async (tx, tenant) => {
      if (tenant !== firm.tenant) return;
      const inForce = await versionInForce(tx, tenant);
      if (!inForce || inForce.rulesHash === current.hash) return;
      const rules = await rulesByHash(tx, inForce.rulesHash);
      if (rules === null || rulesHash(rules) !== inForce.rulesHash)
        throw new Error(
          `the text of rules version ${inForce.number} is not the one that was approved`,
        );
      current = load(rules);
    },
  };
}
