import {
  type AskedAt,
  type Decided,
  KeptDecision,
  type PolicySetText,
  rulesHash,
} from "#/domain/decision-record.ts";
import type { Sha256, TenantId } from "#/domain/ids.ts";
import type { Tx } from "./open-database.ts";

/** Keeps what policy was asked, in the transaction of what came of it; and the set it was asked by. */
export async function saveDecided(
  tx: Tx,
  tenant: TenantId,
  { asked, subject, decided }: { asked: AskedAt; subject: string; decided: Decided | undefined },
): Promise<void> {
  if (!decided || decided.records.length === 0) return;
  await savePolicySet(tx, tenant, decided.set);
  await tx.query(
    `insert into decision_record (tenant, asked, subject, question, facts, facts_hash, answer,
       policy_set_hash, engine)
     select $1, $2, $3, each ->> 'question', each ->> 'facts', each ->> 'factsHash', each ->> 'answer',
       each ->> 'policySetHash', each ->> 'engine'
       from jsonb_array_elements($4::jsonb) with ordinality listed(each, place) order by place`,
    [tenant, asked, subject, JSON.stringify(decided.records)],
  );
}

/** Text by its hash, once. */
export async function saveRules(tx: Tx, tenant: TenantId, rules: string): Promise<Sha256> {
  const hash = rulesHash(rules);
  await tx.query(
    "insert into policy_rules (tenant, hash, rules) values ($1, $2, $3) on conflict do nothing",
    [tenant, hash, rules],
  );
  return hash;
}

async function savePolicySet(tx: Tx, tenant: TenantId, set: PolicySetText): Promise<void> {
  const known = await tx.query("select 1 from policy_set where hash = $1", [set.hash]);
  if (known.rowCount) return;
  await tx.query(
    `insert into policy_set (tenant, hash, guardrails, rules_hash, schema) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tenant, set.hash, set.guardrails, await saveRules(tx, tenant, set.tenantRules), set.schema],
  );
}

/** The texts behind a hash; null when no decision was made under it. */
export async function policySetByHash(tx: Tx, hash: string): Promise<PolicySetText | null> {
  const found = await tx.query<PolicySetText>(
    `select s.hash, s.guardrails, r.rules as "tenantRules", s.schema from policy_set s
      join policy_rules r on r.tenant = s.tenant and r.hash = s.rules_hash where s.hash = $1`,
    [hash],
  );
  return found.rows[0] ?? null;
}

/** Oldest first, of all subjects, since an instant where one is given. */
export async function keptDecisions(tx: Tx, since: string | null): Promise<KeptDecision[]> {
  const found = await tx.query(
    `select id::int as id, asked, subject, question, facts, facts_hash as "factsHash", answer,
       policy_set_hash as "policySetHash", engine,
       to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
      from decision_record where $1::timestamptz is null or at >= $1 order by decision_record.id`,
    [since],
  );
  return found.rows.map((row) => KeptDecision.parse(row));
}
