import type { Anchor } from "#/domain/audit-anchor.ts";
import type { AuditEvent, Opening } from "#/domain/audit-event.ts";
import type { TenantId } from "#/domain/ids.ts";
import { appendAudit, auditColumns } from "./audit.ts";
import { asAuditor } from "./in-tenant.ts";
import type { Database, Tx } from "./open-database.ts";

/** How long the chain is, and the stored hash of one of its lines; null when that line is not there. */
export const auditState = (
  database: Database,
  tenant: TenantId,
  at: number,
): Promise<{ size: number; hash: string | null }> =>
  asAuditor(database, tenant, async (tx) => {
    const found = await tx.query<{ size: number; hash: string | null }>(
      `select coalesce((select max(seq) from audit_event), 0)::int as size,
         (select encode(hash, 'hex') from audit_event where seq = $1) as hash`,
      [at],
    );
    return found.rows[0] ?? { size: 0, hash: null };
  });

/** Lines after `after`, oldest first, at most `count`. */
export const auditLinesAfter = (
  database: Database,
  tenant: TenantId,
  { after, count }: { after: number; count: number },
): Promise<AuditEvent[]> =>
  asAuditor(database, tenant, async (tx) => {
    const found = await tx.query<AuditEvent>(
      `select ${auditColumns} from audit_event where audit_event.seq > $1
        order by audit_event.seq limit $2`,
      [after, count],
    );
    return found.rows;
  });

/** Every line about one thing, in all its versions, oldest first. */
export async function auditLinesAbout(tx: Tx, subject: string): Promise<AuditEvent[]> {
  const found = await tx.query<AuditEvent>(
    `select ${auditColumns} from audit_event where subject = $1 or starts_with(subject, $1 || ':')
      order by audit_event.seq`,
    [subject],
  );
  return found.rows;
}

/** What is behind the commitments of these lines; of all lines without a list. */
export async function openingsOf(tx: Tx, lines: readonly number[] | null): Promise<Opening[]> {
  const found = await tx.query<Opening>(
    `select seq::int as seq, name, encode(salt, 'hex') as salt, value,
       to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "erasedAt"
      from audit_personal where $1::bigint[] is null or seq = any($1) order by seq, name`,
    [lines],
  );
  return found.rows;
}

export type Erasure = {
  readonly by: string;
  readonly why: "request" | "retention";
  /** Values that hold this text, an e-mail address for example; or values of lines before a day. */
  readonly what: { readonly containing: string } | { readonly before: string };
};

/**
 * Erases values, leaves tombstones, and says so in the chain: how many and of which lines, not what.
 * The chain stays valid. Returns the lines concerned.
 */
export async function erasePersonal(tx: Tx, { by, why, what }: Erasure): Promise<number[]> {
  const [condition, argument] =
    "containing" in what
      ? ["position(lower($3) in lower(p.value)) > 0", what.containing]
      : ["e.at < $3::timestamptz", what.before];
  const erased = await tx.query<{ seq: number }>(
    `update audit_personal p set salt = null, value = null, erased_at = clock_timestamp(),
       erased_by = $1, erased_for = $2
      from audit_event e where e.tenant = p.tenant and e.seq = p.seq and p.erased_at is null
        and ${condition} returning p.seq::int as seq`,
    [by, why, argument],
  );
  const lines = [...new Set(erased.rows.map(({ seq }) => seq))].sort((a, b) => a - b);
  if (lines.length > 0)
    await appendAudit(tx, {
      kind: "personal.erased",
      actor: by,
      subject: "audit",
      detail: { for: why, values: erased.rows.length, lines: briefly(lines) },
    });
  return lines;
}

/** A retention run concerns thousands of lines; one audit line need not list them. */
const briefly = (lines: readonly number[]) =>
  lines.length <= 100 ? lines : { from: lines[0], to: lines.at(-1), count: lines.length };

/** Notes that a person could read the beginning of this line's hash there. Once per place. */
export async function saveAnchor(tx: Tx, tenant: TenantId, shown: Anchor): Promise<void> {
  await tx.query(
    `insert into audit_anchor (tenant, seq, hash12, channel, ts) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tenant, shown.seq, shown.hash12, shown.channel, shown.ts],
  );
}

export async function listAnchors(tx: Tx): Promise<Anchor[]> {
  const found = await tx.query<Anchor>(
    "select seq::int as seq, hash12, channel, ts from audit_anchor order by seq, ts",
  );
  return found.rows;
}
