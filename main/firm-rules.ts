import {
  type AuthorityMatrix,
  readAuthority,
  startingAuthority,
} from "#/policies/authority-matrix.ts";
import { compileAuthority } from "#/policies/compile-authority.ts";
import { defaultTenantRules, defaultWorkRules } from "#/policies/policy-set.ts";
import { type Config, readSettingsFile } from "./config.ts";

type Named = Pick<Config, "AUTHORITY_FILE" | "TENANT_POLICY_FILE">;

/**
 * A firm's own layer of rules. With a matrix, its rules take the place of the shipped ones about who
 * may agree; with a policy file, that file is the rest, or all of it when there is no matrix.
 */
export function firmRules({ AUTHORITY_FILE, TENANT_POLICY_FILE }: Named): {
  tenantRules: string;
  authority: AuthorityMatrix;
  /** Only with a matrix does a question go from rung to rung. */
  ladder: AuthorityMatrix | undefined;
} {
  const own = TENANT_POLICY_FILE ? readSettingsFile(TENANT_POLICY_FILE) : null;
  if (!AUTHORITY_FILE)
    return {
      tenantRules: own ?? defaultTenantRules,
      authority: startingAuthority,
      ladder: undefined,
    };
  const authority = readAuthority(readSettingsFile(AUTHORITY_FILE));
  return {
    tenantRules: `${own ?? defaultWorkRules}\n${compileAuthority(authority)}`,
    authority,
    ladder: authority,
  };
}
