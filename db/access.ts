import { Delegation } from "#/domain/delegation.ts";
import type { TenantId } from "#/domain/ids.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";

/** When a member was last heard of. Instants in UTC; null: never. */
export type LastUse = {
  readonly person: string;
  /** The first line of the audit about them. */
  readonly since: string | null;
  readonly lastVote: string | null;
  /** A vote, a question, a proposal, a delegation, or whatever else the audit names them for. */
  readonly lastSeen: string | null;
  /** A chat account is linked to them. */
  readonly linked: boolean;
};

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export async function lastUses(tx: Tx): Promise<LastUse[]> {
  const found = await tx.query<LastUse>(
    `with acted as (select body::jsonb ->> 'actor' as actor, max(at) as at from audit_event group by 1)
     select m.id as person,
       ${instant("(select min(e.at) from audit_event e where e.subject = 'person:' || m.id)")} as since,
       ${instant("(select max(v.at) from vote v where v.person = m.id)")} as "lastVote",
       ${instant(
         `greatest((select a.at from acted a where a.actor = 'person:' || m.id),
            (select max(q.at) from answer q where q.person = m.id))`,
       )} as "lastSeen",
       exists (select 1 from slack_account s where s.person = m.id) as linked
      from member m order by m.id`,
  );
  return found.rows;
}

/** Every delegation there ever was, those that are over too. */
export async function allDelegations(tx: Tx): Promise<Delegation[]> {
  const found = await tx.query(
    `select id, delegator, delegate, ${instant("starts_at")} as "startsAt",
       ${instant("ends_at")} as "endsAt", made_by as "madeBy", ${instant("revoked_at")} as "revokedAt"
      from delegation order by delegation.starts_at, id`,
  );
  return found.rows.map((row) => Delegation.parse(row));
}

/** That somebody looked, and the hash of what they saw. */
export const recordReview = (
  tx: Tx,
  tenant: TenantId,
  { by, detail }: { by: string; detail: Readonly<Record<string, unknown>> },
): Promise<void> =>
  appendAudit(tx, {
    kind: "access.reviewed",
    actor: by,
    subject: `countersign:access:${tenant}`,
    detail,
  });
