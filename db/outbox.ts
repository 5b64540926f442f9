import type { TenantId } from "#/domain/ids.ts";
import type { Tx } from "./open-database.ts";

/** What a waiting message is about; its text is made from the database when it is sent. */
export type OutboxRow = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Once per key: what is already waiting or sent is not queued again. */
export async function enqueueOutbox(
  tx: Tx,
  tenant: TenantId,
  message: { key: string; item: OutboxRow },
): Promise<void> {
  await tx.query(
    "insert into outbox (tenant, key, item) values ($1, $2, $3) on conflict do nothing",
    [tenant, message.key, JSON.stringify(message.item)],
  );
}

export type Claimed = {
  readonly id: number;
  readonly tenant: TenantId;
  readonly item: OutboxRow;
  readonly attempt: number;
};

/**
 * Takes what is due, for two minutes: answers first, because somebody sits and waits for them. One
 * that was being sent when its sender died comes back as `unknown`: it may have arrived, and nobody
 * sends it twice by itself.
 */
export async function claimOutbox(tx: Tx, limit: number): Promise<Claimed[]> {
  await tx.query(
    `update outbox set state = 'unknown', why = 'the sender stopped while sending'
      where state = 'sending' and sending_until < clock_timestamp()
        and item ->> 'kind' not in ('card-refresh')`,
  );
  const claimed = await tx.query<Claimed>(
    `update outbox set state = 'sending', attempt = attempt + 1,
       sending_until = clock_timestamp() + interval '2 minutes'
      where (tenant, id) in (select tenant, id from outbox
        where (state = 'pending' and next_at <= clock_timestamp())
           or (state = 'sending' and sending_until < clock_timestamp())
        order by (item ->> 'kind' <> 'answer'), id limit $1 for update skip locked)
      returning id::int as id, tenant, item, attempt`,
    [limit],
  );
  const waits = ({ item }: Claimed): number => (item.kind === "answer" ? 0 : 1);
  return claimed.rows.sort((a, b) => waits(a) - waits(b) || a.id - b.id);
}

export async function outboxSent(
  tx: Tx,
  id: number,
  at: { channel: string; ts: string } | null,
): Promise<void> {
  await tx.query(
    `update outbox set state = 'sent', sent_at = clock_timestamp(), at_channel = $2, at_ts = $3,
       why = null where id = $1`,
    [id, at?.channel ?? null, at?.ts ?? null],
  );
}

/** With the poster's pauses, which grow to an hour: more than two days of Slack being away. */
const mostAttempts = 60;

export async function outboxRetry(
  tx: Tx,
  id: number,
  later: { why: string; seconds: number },
): Promise<void> {
  await tx.query(
    `update outbox set state = case when attempt >= ${mostAttempts} then 'dead' else 'pending' end,
       next_at = clock_timestamp() + make_interval(secs => $3), why = $2 where id = $1`,
    [id, later.why, later.seconds],
  );
}

export async function outboxUnknown(tx: Tx, id: number, why: string): Promise<void> {
  await tx.query("update outbox set state = 'unknown', why = $2 where id = $1", [id, why]);
}

/** Where copies of a proposal's card stand. */
export async function cardsOf(
  tx: Tx,
  proposal: string,
  version: number,
): Promise<{ person: string; at: { channel: string; ts: string } }[]> {
  const found = await tx.query<{ person: string; channel: string; ts: string }>(
    `select item ->> 'person' as person, at_channel as channel, at_ts as ts from outbox
      where item ->> 'kind' = 'proposal-card' and item ->> 'proposal' = $1
        and (item ->> 'version')::int = $2 and at_ts is not null order by id`,
    [proposal, version],
  );
  return found.rows.map(({ person, channel, ts }) => ({ person, at: { channel, ts } }));
}

export async function outboxIdOf(tx: Tx, key: string): Promise<number> {
  const found = await tx.query<{ id: number }>("select id::int as id from outbox where key = $1", [
    key,
  ]);
  return found.rows[0]?.id ?? 0;
}
