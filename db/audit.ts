import { type ChainFault, verifyChain } from "#/domain/audit-chain.ts";
import type { AuditEntry, AuditEvent } from "#/domain/audit-event.ts";
import { canonicalJson } from "#/domain/canonical-json.ts";
import { seal } from "#/domain/commitment.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Database, Tx } from "./open-database.ts";

/**
 * Adds one line to the tenant's chain, in the transaction of what it tells. Call it last: it locks
 * the head. Personal values stay outside the line, which commits to them.
 */
export async function appendAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  const { personal = {}, ...line } = entry;
  const sealed = Object.entries(personal).map(([name, value]) => ({ name, ...seal(value) }));
  const commitments = Object.fromEntries(sealed.map((each) => [each.name, each.commitment]));
  const body = canonicalJson(sealed.length > 0 ? { ...line, commitments } : line);
  const added = await tx.query<{ seq: string }>("select seq from audit_append($1, $2)", [
    entry.subject,
    body,
  ]);
  if (sealed.length === 0) return;
  await tx.query(
    `insert into audit_personal (tenant, seq, name, salt, value)
     select current_tenant(), $1, each ->> 'name', decode(each ->> 'salt', 'hex'), each ->> 'value'
       from jsonb_array_elements($2::jsonb) each`,
    [added.rows[0]?.seq, JSON.stringify(sealed)],
  );
}

export const auditColumns = `tenant, seq::int as seq, body, encode(prev, 'hex') as prev, encode(hash, 'hex') as hash,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

/** Newest last. */
export async function auditTail(tx: Tx, count: number): Promise<AuditEvent[]> {
  const found = await tx.query<AuditEvent>(
    `select * from (select ${auditColumns} from audit_event order by audit_event.seq desc limit $1) newest order by seq`,
    [count],
  );
  return found.rows;
}

/** `#17 3fa94c21b0de` of the newest line about a subject: enough for an outsider to hold us to it. */
export async function auditAnchor(tx: Tx, subject: string): Promise<string | null> {
  const found = await tx.query<{ seq: number; hash: string }>(
    `select ${auditColumns} from audit_event where subject = $1 order by audit_event.seq desc limit 1`,
    [subject],
  );
  const line = found.rows[0];
  return line ? `#${line.seq} ${line.hash.slice(0, 12)}` : null;
}

export type Verified = {
  readonly tenant: string;
  readonly lines: number;
  readonly fault: ChainFault | null;
};

/** Reads every chain of the database as its owner, and recomputes every hash. */
export async function verifyAudit(
  database: Database,
  tenant: TenantId | null,
): Promise<Verified[]> {
  const tenants = await database.pool.query<{ tenant: string }>(
    `select tenant from audit_head union select tenant from audit_event
     union select id from tenant order by 1`,
  );
  const verified: Verified[] = [];
  for (const row of tenants.rows) {
    if (tenant && row.tenant !== tenant) continue;
    const events = await database.pool.query<AuditEvent & { subject: string }>(
      `select ${auditColumns}, subject from audit_event where tenant = $1 order by audit_event.seq`,
      [row.tenant],
    );
    const head = await database.pool.query<{ seq: number; hash: string }>(
      "select seq::int as seq, encode(hash, 'hex') as hash from audit_head where tenant = $1",
      [row.tenant],
    );
    verified.push({
      tenant: row.tenant,
      lines: events.rows.length,
      fault: verifyChain(row.tenant, events.rows, head.rows[0] ?? null) ?? misfiled(events.rows),
    });
  }
  return verified;
}

/** The subject column only finds lines again and is not hashed itself; the hashed body says what it must be. */
function misfiled(events: readonly (AuditEvent & { subject: string })[]): ChainFault | null {
  const wrong = events.find(
    ({ body, subject }) => (JSON.parse(body) as AuditEntry).subject !== subject,
  );
  return wrong
    ? { seq: wrong.seq, problem: "is filed under another record than it tells of" }
    : null;
}
