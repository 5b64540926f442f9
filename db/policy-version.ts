import { type Decided, rulesHash } from "#/domain/decision-record.ts";
import type { PersonId, ProposalId, Sha256, TenantId } from "#/domain/ids.ts";
import { PolicyVersion } from "#/domain/policy-version.ts";
import { appendAudit } from "./audit.ts";
import { saveDecided, saveRules } from "./decision-record.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";

type Row = {
  number: number;
  rules_hash: string;
  source: string;
  proposal_id: string | null;
  proposal_version: number | null;
  requested_by: string | null;
  approved_by: string[];
  reason: string;
  at: Date;
};

const fromRow = (row: Row): PolicyVersion =>
  PolicyVersion.parse({
    number: row.number,
    rulesHash: row.rules_hash,
    source: row.source,
    proposal: row.proposal_id ? { id: row.proposal_id, version: row.proposal_version } : null,
    requestedBy: row.requested_by,
    approvedBy: row.approved_by,
    reason: row.reason,
    at: row.at.toISOString(),
  });

/** Oldest first. */
export async function listPolicyVersions(tx: Tx): Promise<PolicyVersion[]> {
  const found = await tx.query<Row>("select * from policy_version order by number");
  return found.rows.map(fromRow);
}

export async function rulesByHash(tx: Tx, hash: string): Promise<string | null> {
  const found = await tx.query<{ rules: string }>(
    "select rules from policy_rules where hash = $1",
    [hash],
  );
  return found.rows[0]?.rules ?? null;
}

/** The version that this write made; null while it made none. */
export async function versionByKey(tx: Tx, key: string): Promise<PolicyVersion | null> {
  const found = await tx.query<Row>("select * from policy_version where effect_key = $1", [key]);
  return found.rows[0] ? fromRow(found.rows[0]) : null;
}

const newest = async (tx: Tx): Promise<PolicyVersion | null> => {
  const found = await tx.query<Row>("select * from policy_version order by number desc limit 1");
  return found.rows[0] ? fromRow(found.rows[0]) : null;
};

const turnKey = (tenant: TenantId): string => `${tenant}:policy`;

/**
 * The version in force. It stays in force until this transaction ends: a change of the rules waits
 * for every transaction that has asked. Call it first, so that nobody waits for each other in a ring.
 */
export async function versionInForce(
  tx: Tx,
  tenant: TenantId,
): Promise<{ number: number; rulesHash: Sha256 } | null> {
  await tx.query("select pg_advisory_xact_lock_shared(hashtextextended($1, 7301))", [
    turnKey(tenant),
  ]);
  const found = await tx.query<{ number: number; rulesHash: string }>(
    `select number, rules_hash as "rulesHash" from policy_version order by number desc limit 1`,
  );
  return found.rows[0] ?? null;
}

const alone = (tx: Tx, tenant: TenantId) =>
  tx.query("select pg_advisory_xact_lock(hashtextextended($1, 7301))", [turnKey(tenant)]);

/**
 * The rules of the settings become a version when they are the first, or when they changed and the
 * firm has not yet approved rules of its own. false: the firm's own rules stay in force.
 */
export async function putSettingsRules(
  tx: Tx,
  tenant: TenantId,
  { rules, reason }: { rules: string; reason: string },
): Promise<boolean> {
  await alone(tx, tenant);
  const before = await newest(tx);
  const hash = rulesHash(rules);
  if (before?.rulesHash === hash) return true;
  if (before?.source === "proposal") return false;
  await saveRules(tx, tenant, rules);
  const number = (before?.number ?? 0) + 1;
  await tx.query(
    `insert into policy_version (tenant, number, rules_hash, source, approved_by, reason)
     values ($1, $2, $3, 'settings', '{}', $4)`,
    [tenant, number, hash, reason],
  );
  await appendAudit(tx, {
    kind: "policy.in-force",
    actor: "system:setup",
    subject: `countersign:policy:${tenant}`,
    detail: { number, rulesHash: hash, before: before?.rulesHash ?? null, source: "settings" },
  });
  return true;
}

export type Activation = {
  readonly key: string;
  readonly before: Sha256;
  readonly after: Sha256;
  readonly proposal: { readonly id: ProposalId; readonly version: number };
  readonly requestedBy: PersonId | null;
  readonly approvedBy: readonly PersonId[];
  readonly reason: string;
};

/**
 * Puts approved rules in force, audit line included. The same key twice is one version. null: other
 * rules are in force than the change was approved against, or the text is gone; nothing was written.
 */
export async function activatePolicy(
  tx: Tx,
  tenant: TenantId,
  change: Activation,
): Promise<PolicyVersion | null> {
  await alone(tx, tenant);
  const done = await versionByKey(tx, change.key);
  if (done) return done;
  const before = await newest(tx);
  const rules = await rulesByHash(tx, change.after);
  if (before?.rulesHash !== change.before || rules === null || rulesHash(rules) !== change.after)
    return null;
  await tx.query(
    `insert into policy_version (tenant, number, rules_hash, source, proposal_id, proposal_version,
       requested_by, approved_by, reason, effect_key)
     values ($1, $2, $3, 'proposal', $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      before.number + 1,
      change.after,
      change.proposal.id,
      change.proposal.version,
      change.requestedBy,
      change.approvedBy,
      change.reason,
      change.key,
    ],
  );
  await appendAudit(tx, {
    kind: "policy.in-force",
    actor: "system:worker",
    subject: `countersign:policy:${tenant}`,
    detail: {
      number: before.number + 1,
      rulesHash: change.after,
      before: change.before,
      source: "proposal",
      proposal: change.proposal,
      requestedBy: change.requestedBy,
      approvedBy: change.approvedBy,
    },
  });
  return newest(tx);
}

/** Whoever may not ask for other rules and did: written down, and the administrators hear of it. */
export async function refusePolicyChange(
  tx: Tx,
  tenant: TenantId,
  refused: {
    who: string;
    name: string;
    rulesHash: Sha256;
    why: string;
    tell: readonly string[];
    decided?: Decided;
  },
): Promise<void> {
  for (const email of refused.tell)
    await enqueueOutbox(tx, tenant, {
      key: `policy-refused:${refused.rulesHash}:${refused.who}:${email}`,
      item: {
        kind: "direct-message",
        email,
        text: `${refused.name} asked for other rules and may not: ${refused.why}`,
      },
    });
  await saveDecided(tx, tenant, {
    asked: "denied",
    subject: `countersign:policy:${tenant}`,
    decided: refused.decided,
  });
  await appendAudit(tx, {
    kind: "policy.refused",
    actor: refused.who,
    subject: `countersign:policy:${tenant}`,
    detail: { rulesHash: refused.rulesHash, why: refused.why },
  });
}
