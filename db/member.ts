import { type PersonId, TenantId } from "#/domain/ids.ts";
import { accountsOf, Member, type SlackAccount } from "#/domain/member.ts";
import { appendAudit } from "./audit.ts";
import { inTenant } from "./in-tenant.ts";
import type { Database, Tx } from "./open-database.ts";

/** A member with what a vote needs to know of them. Never leaves the server. */
export type VoterRow = Member & {
  readonly secondFactor: string | null;
  readonly secondFactorStep: number;
  /** Every account of the same human, this one included. */
  readonly accounts: readonly PersonId[];
};

const columns = `tenant, id, name, email, roles, active, second_factor as "secondFactor",
  second_factor_step::float8 as "secondFactorStep", same_human_as as "sameHumanAs"`;

/** What everybody may know of a colleague: no secret. */
const known = `tenant, id, name, email, roles, active, same_human_as as "sameHumanAs"`;

const member = (row: VoterRow): Member => Member.parse(row);
const voter = (row: VoterRow, all: readonly Member[]): VoterRow => ({
  ...Member.parse(row),
  secondFactor: row.secondFactor,
  secondFactorStep: row.secondFactorStep,
  accounts: accountsOf(row.id, all),
});

export async function listMembers(tx: Tx): Promise<Member[]> {
  const found = await tx.query<VoterRow>(`select ${known} from member order by name`);
  return found.rows.map(member);
}

export async function voterById(tx: Tx, id: string): Promise<VoterRow | null> {
  const found = await tx.query<VoterRow>(`select ${columns} from member where id = $1`, [id]);
  if (!found.rows[0]) return null;
  const linked = await tx.query<VoterRow>(
    `select ${columns} from member where same_human_as is not null`,
  );
  return voter(found.rows[0], linked.rows);
}

/** The same without the secret: enough to count a vote by, and all that the agent role may read. */
export async function knownVoterById(tx: Tx, id: string): Promise<VoterRow | null> {
  const found = await tx.query<Omit<VoterRow, "secondFactor" | "secondFactorStep">>(
    `select ${known} from member where id = $1 or same_human_as is not null`,
    [id],
  );
  const people = found.rows.map((row) => Member.parse(row));
  const person = people.find((each) => each.id === id);
  return person
    ? {
        ...person,
        secondFactor: null,
        secondFactorStep: 0,
        accounts: accountsOf(person.id, people),
      }
    : null;
}

export async function memberByEmail(tx: Tx, email: string): Promise<Member | null> {
  const found = await tx.query<VoterRow>(
    `select ${columns} from member where email = lower($1) and active`,
    [email],
  );
  return found.rows[0] ? member(found.rows[0]) : null;
}

/** A one-time code works once: its time step is used up with the vote it proves. */
export async function useSecondFactorStep(tx: Tx, id: string, step: number): Promise<void> {
  await tx.query(
    "update member set second_factor_step = $2 where id = $1 and second_factor_step < $2",
    [id, step],
  );
}

/** Creates or updates colleagues by id; each change is written down. */
export async function putMembers(
  database: Database,
  members: readonly (Member & { secondFactor: string | null })[],
): Promise<void> {
  // Whoever is the same human as another comes after them: the other account must be there.
  const inOrder = members.toSorted((a, b) => Number(!!a.sameHumanAs) - Number(!!b.sameHumanAs));
  for (const each of inOrder)
    await inTenant(database, each.tenant, async (tx) => {
      const changed = await tx.query(
        `insert into member (tenant, id, name, email, roles, active, second_factor, same_human_as)
         values ($1, $2, $3, lower($4), $5, $6, $7, $8)
         on conflict (tenant, id) do update set name = $3, email = lower($4), roles = $5, active = $6,
           second_factor = $7, same_human_as = $8
         where (member.name, member.email, member.roles, member.active, member.second_factor,
             member.same_human_as) is distinct from ($3, lower($4), $5::text[], $6, $7, $8)
         returning id`,
        [
          each.tenant,
          each.id,
          each.name,
          each.email,
          each.roles,
          each.active,
          each.secondFactor,
          each.sameHumanAs ?? null,
        ],
      );
      if (changed.rowCount)
        await appendAudit(tx, {
          kind: "member.changed",
          actor: "system:setup",
          subject: `person:${each.id}`,
          detail: {
            roles: each.roles,
            active: each.active,
            ...(each.sameHumanAs ? { sameHumanAs: each.sameHumanAs } : {}),
          },
        });
    });
}

/** The workspace names the tenant, the account names the person. */
async function tenantOfTeam(database: Database, team: string): Promise<TenantId | null> {
  const found = await database.pool.query<{ id: string }>(
    "select id from tenant where slack_team = $1",
    [team],
  );
  return found.rows[0] ? TenantId.parse(found.rows[0].id) : null;
}

/** null: no active colleague is linked to this account. */
export async function memberOfSlack(
  database: Database,
  account: SlackAccount,
): Promise<Member | null> {
  const tenant = await tenantOfTeam(database, account.team);
  if (!tenant) return null;
  return inTenant(database, tenant, async (tx) => {
    const found = await tx.query<VoterRow>(
      `select ${columns} from member
        where active and id = (select person from slack_account where team = $1 and account = $2)`,
      [account.team, account.user],
    );
    return found.rows[0] ? member(found.rows[0]) : null;
  });
}

/** Links once; an account or a person that is linked elsewhere stays as it was. */
export async function linkSlack(
  database: Database,
  account: SlackAccount,
  verifiedEmail: string,
): Promise<Member | null> {
  const tenant = await tenantOfTeam(database, account.team);
  if (!tenant) return null;
  await inTenant(database, tenant, async (tx) => {
    const who = await memberByEmail(tx, verifiedEmail);
    if (!who) return;
    const linked = await tx.query(
      `insert into slack_account (tenant, team, account, person) values ($1, $2, $3, $4)
       on conflict do nothing returning person`,
      [tenant, account.team, account.user, who.id],
    );
    if (linked.rowCount)
      await appendAudit(tx, {
        kind: "member.changed",
        actor: "system:slack",
        subject: `person:${who.id}`,
        detail: { linked: `${account.team}/${account.user}` },
      });
  });
  return memberOfSlack(database, account);
}

export async function slackAccountOf(tx: Tx, person: string): Promise<SlackAccount | null> {
  const found = await tx.query<{ team: string; user: string }>(
    'select team, account as "user" from slack_account where person = $1',
    [person],
  );
  return found.rows[0] ?? null;
}
