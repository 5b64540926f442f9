import { Delegation } from "#/domain/delegation.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, TenantId } from "#/domain/ids.ts";
import { appendAudit } from "./audit.ts";
import { type VoterRow, voterById } from "./member.ts";
import type { Tx } from "./open-database.ts";
import { randomId } from "./random-id.ts";

type Row = {
  id: string;
  delegator: string;
  delegate: string;
  starts_at: Date;
  ends_at: Date;
  made_by: string;
  revoked_at: Date | null;
};

const fromRow = (row: Row): Delegation =>
  Delegation.parse({
    id: row.id,
    delegator: row.delegator,
    delegate: row.delegate,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    madeBy: row.made_by,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  });

/** Not revoked and not over, those of later days too. */
export async function listDelegations(tx: Tx): Promise<Delegation[]> {
  const found = await tx.query<Row>(
    `select * from delegation where revoked_at is null and ends_at > clock_timestamp()
      order by starts_at, id`,
  );
  return found.rows.map(fromRow);
}

export async function delegationById(tx: Tx, id: string): Promise<Delegation | null> {
  const found = await tx.query<Row>("select * from delegation where id = $1", [id]);
  return found.rows[0] ? fromRow(found.rows[0]) : null;
}

/** For whom this person may act at this instant of the database clock, each as they are today. */
export async function delegationsTo(
  tx: Tx,
  delegate: string,
): Promise<{ delegation: Delegation; delegator: VoterRow }[]> {
  const found = await tx.query<Row>(
    `select * from delegation where delegate = $1 and revoked_at is null
        and starts_at <= clock_timestamp() and clock_timestamp() < ends_at order by starts_at, id`,
    [delegate],
  );
  const all: { delegation: Delegation; delegator: VoterRow }[] = [];
  for (const row of found.rows) {
    const delegator = await voterById(tx, row.delegator);
    if (delegator) all.push({ delegation: fromRow(row), delegator });
  }
  return all;
}

export async function insertDelegation(
  tx: Tx,
  tenant: TenantId,
  made: Omit<Delegation, "id" | "revokedAt">,
): Promise<Delegation> {
  for (const person of [made.delegator, made.delegate])
    if (!(await voterById(tx, person)))
      throw new CountersignError("INVALID_ARGUMENTS", {
        problems: `nobody in the directory has the id ${person}`,
      });
  const id = randomId("D");
  await tx.query(
    `insert into delegation (tenant, id, delegator, delegate, starts_at, ends_at, made_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, id, made.delegator, made.delegate, made.startsAt, made.endsAt, made.madeBy],
  );
  await appendAudit(tx, {
    kind: "delegation.made",
    actor: `person:${made.madeBy}`,
    subject: `person:${made.delegator}`,
    detail: { id, delegate: made.delegate, startsAt: made.startsAt, endsAt: made.endsAt },
  });
  return { ...made, id, revokedAt: null };
}

/** false: there is none in force with that id. Votes that were given by it no longer count. */
export async function revokeDelegation(tx: Tx, id: string, by: PersonId): Promise<boolean> {
  const revoked = await tx.query<{ delegator: string }>(
    `update delegation set revoked_at = clock_timestamp()
      where id = $1 and revoked_at is null and ends_at > clock_timestamp() returning delegator`,
    [id],
  );
  const row = revoked.rows[0];
  if (!row) return false;
  await appendAudit(tx, {
    kind: "delegation.revoked",
    actor: `person:${by}`,
    subject: `person:${row.delegator}`,
    detail: { id },
  });
  return true;
}
