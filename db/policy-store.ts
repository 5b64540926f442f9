import type { Decided } from "#/domain/decision-record.ts";
import type { PersonId, ProposalId, Sha256, TenantId } from "#/domain/ids.ts";
import { keptDecisions, policySetByHash, saveRules } from "./decision-record.ts";
import { inTenant } from "./in-tenant.ts";
import type { Database, Tx } from "./open-database.ts";
import * as versions from "./policy-version.ts";

/** A firm's rules, their versions and the decisions made under them: each function one transaction. */
export function createPolicyStore(database: Database) {
  const within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTenant(database, tenant, work);
  return {
    inForce: (tenant: TenantId) => within(tenant, (tx) => versions.versionInForce(tx, tenant)),
    versions: (tenant: TenantId) => within(tenant, versions.listPolicyVersions),
    rules: (tenant: TenantId, hash: string) =>
      within(tenant, (tx) => versions.rulesByHash(tx, hash)),
    keepRules: (tenant: TenantId, rules: string) =>
      within(tenant, (tx) => saveRules(tx, tenant, rules)),
    putSettings: (tenant: TenantId, settings: { rules: string; reason: string }) =>
      within(tenant, (tx) => versions.putSettingsRules(tx, tenant, settings)),
    decisions: (tenant: TenantId, since: string | null) =>
      within(tenant, (tx) => keptDecisions(tx, since)),
    policySet: (tenant: TenantId, hash: string) =>
      within(tenant, (tx) => policySetByHash(tx, hash)),
    refuse: (
      tenant: TenantId,
      refused: {
        who: string;
        name: string;
        rulesHash: Sha256;
        why: string;
        tell: readonly string[];
        decided?: Decided;
      },
    ) => within(tenant, (tx) => versions.refusePolicyChange(tx, tenant, refused)),
    /** Reads who asked and who approved from the run's own effect. null: it no longer fits. */
    activate: (tenant: TenantId, change: { key: string; before: Sha256; after: Sha256 }) =>
      within(tenant, async (tx) => {
        const behind = await approvedChange(tx, change.key);
        return behind && versions.activatePolicy(tx, tenant, { ...change, ...behind });
      }),
    /** The version that this write made; null while it made none. */
    activated: (tenant: TenantId, key: string) =>
      within(tenant, (tx) => versions.versionByKey(tx, key)),
  };
}

/** The proposal version behind an effect, as its rows say. */
async function approvedChange(tx: Tx, key: string) {
  const found = await tx.query<{
    id: ProposalId;
    version: number;
    requestedBy: PersonId | null;
    reason: string;
    approvedBy: PersonId[];
  }>(
    `select p.id, p.version, p.requested_by ->> 'person' as "requestedBy", p.why as reason,
       array(select v.person from vote v where v.proposal_id = p.id and v.version = p.version
         and v.verdict = 'approve' order by v.at, v.person) as "approvedBy"
      from effect e join proposal p on p.id = e.proposal_id and p.version = e.version
      where e.key = $1`,
    [key],
  );
  const row = found.rows[0];
  if (!row) return null;
  const { id, version, ...rest } = row;
  return { proposal: { id, version }, ...rest };
}
