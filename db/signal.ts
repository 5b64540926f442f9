import type { TenantId } from "#/domain/ids.ts";
import { formatRef, parseRef } from "#/domain/record.ts";
import type { Signal } from "#/domain/signal.ts";
import { appendAudit } from "./audit.ts";
import type { Tx } from "./open-database.ts";

/** false: a signal with this key was received before. */
export async function insertSignal(tx: Tx, signal: Signal, body: string): Promise<boolean> {
  const subject = signal.subject ? formatRef(signal.subject) : null;
  const inserted = await tx.query(
    `insert into signal (tenant, key, kind, name, subject, body) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning key`,
    [signal.tenant, signal.key, signal.kind, signal.name, subject, body],
  );
  if (!inserted.rowCount) return false;
  await appendAudit(tx, {
    kind: "signal.received",
    actor: "system:door",
    subject: `signal:${signal.key}`,
    detail: { kind: signal.kind, name: signal.name, about: subject },
  });
  return true;
}

export async function signalByKey(
  tx: Tx,
  tenant: TenantId,
  key: string,
): Promise<(Signal & { body: string; handled: boolean; readAt: string }) | null> {
  const found = await tx.query<{
    kind: Signal["kind"];
    name: string;
    subject: string | null;
    body: string;
    received_at: Date;
    handled_at: Date | null;
    read_at: string;
  }>(
    `select kind, name, subject, body, received_at, handled_at, clock_timestamp()::text as read_at
       from signal where key = $1`,
    [key],
  );
  const row = found.rows[0];
  if (!row) return null;
  return {
    tenant,
    key,
    kind: row.kind,
    name: row.name,
    subject: row.subject ? parseRef(row.subject) : null,
    receivedAt: row.received_at.toISOString(),
    body: row.body,
    handled: row.handled_at !== null,
    readAt: row.read_at,
  };
}

/** One look at the firm answers every event received before it began: `eventsUntil`, by our own clock. */
export async function markHandled(tx: Tx, key: string, eventsUntil: string | null): Promise<void> {
  await tx.query(
    `update signal set handled_at = clock_timestamp()
      where handled_at is null and (key = $1 or ($2::timestamptz is not null
        and kind = 'business-event' and received_at <= $2::timestamptz))`,
    [key, eventsUntil],
  );
}
