import { PersonId, ProposalId, type TenantId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { lockProposal, proposalById, subjectOf } from "./proposal-read.ts";

/** A waiting version, and whom it waits for. */
export type AskedRow = {
  readonly proposal: Proposal;
  /** By the database clock. */
  readonly now: string;
  readonly voted: readonly PersonId[];
  /** Who has a card, when they last heard of it, and how often they were reminded. */
  readonly asked: readonly { person: PersonId; lastAt: string; reminders: number }[];
  /** How often somebody further up was asked. */
  readonly escalations: number;
};

/** Stands where a person would: the count of escalations of a version. */
const escalation = "(escalation)";

export async function waitingForPeople(tx: Tx): Promise<AskedRow[]> {
  const waiting = await tx.query<{ id: string; version: number; now: Date }>(
    `select id, version, clock_timestamp() as now from proposal
      where state = 'waiting' and expires_at > clock_timestamp()`,
  );
  const rows: AskedRow[] = [];
  for (const { id, version, now } of waiting.rows) {
    const proposal = await proposalById(tx, ProposalId.parse(id), version);
    if (!proposal) continue;
    const asked = await tx.query<{ person: string; last: Date | null; count: number }>(
      `select o.item ->> 'person' as person, greatest(max(o.sent_at), max(r.at)) as last,
         coalesce(max(r.count), 0)::int as count
       from outbox o left join reminder r on r.proposal_id = $1 and r.version = $2
         and r.person = o.item ->> 'person'
       where o.item ->> 'kind' = 'proposal-card' and o.item ->> 'proposal' = $1
         and (o.item ->> 'version')::int = $2 group by 1 order by 1`,
      [id, version],
    );
    const voted = await tx.query<{ person: string }>(
      "select person from vote where proposal_id = $1 and version = $2",
      [id, version],
    );
    const further = await tx.query<{ count: number }>(
      "select count from reminder where proposal_id = $1 and version = $2 and person = $3",
      [id, version, escalation],
    );
    rows.push({
      proposal,
      now: now.toISOString(),
      voted: voted.rows.map(({ person }) => PersonId.parse(person)),
      asked: asked.rows.map(({ person, last, count }) => ({
        person: PersonId.parse(person),
        // Not sent yet: nothing to remind anybody of.
        lastAt: last?.toISOString() ?? now.toISOString(),
        reminders: count,
      })),
      escalations: further.rows[0]?.count ?? 0,
    });
  }
  return rows;
}

/** Counts up from `earlier`, once. false: another sweep did, or it no longer waits. */
async function countUp(
  tx: Tx,
  tenant: TenantId,
  {
    id,
    version,
    person,
    earlier,
  }: { id: ProposalId; version: number; person: string; earlier: number },
): Promise<boolean> {
  const proposal = await lockProposal(tx, id, version);
  if (proposal?.state !== "waiting") return false;
  const counted = await tx.query(
    `insert into reminder (tenant, proposal_id, version, person, count) values ($1, $2, $3, $4, $5)
     on conflict (tenant, proposal_id, version, person)
     do update set count = $5, at = clock_timestamp() where reminder.count = $5 - 1`,
    [tenant, id, version, person, earlier + 1],
  );
  return Boolean(counted.rowCount);
}

/** A message to somebody who has not answered; once for each `earlier`. */
export async function remindPerson(
  tx: Tx,
  tenant: TenantId,
  to: {
    id: ProposalId;
    version: number;
    person: PersonId;
    email: string;
    text: string;
    earlier: number;
  },
): Promise<boolean> {
  if (!(await countUp(tx, tenant, to))) return false;
  const { id, version, person, email, text, earlier } = to;
  await enqueueOutbox(tx, tenant, {
    key: `direct-message:reminder:${id}:${version}:${person}:${earlier + 1}`,
    item: { kind: "direct-message", email, text },
  });
  await appendAudit(tx, {
    kind: "approver.reminded",
    actor: "system:clock",
    subject: subjectOf(id, version),
    detail: { person, reminder: earlier + 1 },
  });
  return true;
}

/** A card for those further up, because nobody has answered; once for each `earlier`. */
export async function askFurther(
  tx: Tx,
  tenant: TenantId,
  to: { id: ProposalId; version: number; people: readonly PersonId[]; earlier: number },
): Promise<boolean> {
  const { id, version, people, earlier } = to;
  if (!(await countUp(tx, tenant, { id, version, person: escalation, earlier }))) return false;
  for (const person of people)
    await enqueueOutbox(tx, tenant, {
      key: `proposal-card:${id}:${version}:${person}`,
      item: { kind: "proposal-card", proposal: id, version, person },
    });
  await appendAudit(tx, {
    kind: "approver.asked",
    actor: "system:clock",
    subject: subjectOf(id, version),
    detail: { people, escalation: earlier + 1 },
  });
  return true;
}
