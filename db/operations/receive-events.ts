import { createHash } from "node:crypto";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Tx } from "../open-database.ts";
import { admitEvents, type Refused } from "./admit-events.ts";
import { refold } from "./fold-records.ts";

export type Received = {
  /** Events that were not here before. */
  readonly fresh: readonly OperationsEvent[];
  readonly seen: number;
  readonly refused: readonly Refused[];
};

const eventsAtOnce = 2_000;

/**
 * Takes events in, in any order and any number of times, and folds the records they are about. Writers
 * of one tenant take turns, so a fold has seen every event that was committed before it.
 */
export async function receiveEvents(tx: Tx, given: readonly unknown[]): Promise<Received> {
  const { admitted, refused } = admitEvents(given);
  await tx.query("select pg_advisory_xact_lock(7300006, hashtext(current_tenant()))");
  const fresh: OperationsEvent[] = [];
  for (let from = 0; from < admitted.length; from += eventsAtOnce)
    fresh.push(...(await insertEvents(tx, admitted.slice(from, from + eventsAtOnce))));
  const subjects = [
    ...new Map(fresh.map(({ subject }) => [`${subject.kind} ${subject.id}`, subject])).values(),
  ];
  for (let from = 0; from < subjects.length; from += eventsAtOnce) {
    const some = subjects.slice(from, from + eventsAtOnce);
    await refold(tx, { kinds: some.map(({ kind }) => kind), ids: some.map(({ id }) => id) });
  }
  await keepRefused(tx, refused);
  return { fresh, seen: admitted.length - fresh.length, refused };
}

async function insertEvents(
  tx: Tx,
  events: readonly OperationsEvent[],
): Promise<OperationsEvent[]> {
  const inserted = await tx.query<{ connection: string; id: string }>(
    `with fresh as (
       insert into operations_event (tenant, connection, id, system, type, occurred_at, recorded_at, kind,
           subject, sequence, objects, attributes)
       select current_tenant(), * from unnest($1::text[], $2::text[], $3::text[], $4::text[],
         $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::int[], $10::jsonb[], $11::jsonb[])
       on conflict do nothing
       returning number, connection, id, objects),
     concerned as (
       insert into operations_event_object (tenant, type, id, event)
       select distinct current_tenant(), object ->> 'type', object ->> 'id', number
         from fresh, jsonb_array_elements(objects) as object)
     select connection, id from fresh`,
    [
      events.map(({ connection }) => connection),
      events.map(({ id }) => id),
      events.map(({ system }) => system),
      events.map(({ type }) => type),
      events.map(({ occurredAt }) => occurredAt),
      events.map(({ recordedAt }) => recordedAt),
      events.map(({ subject }) => subject.kind),
      events.map(({ subject }) => subject.id),
      events.map(({ sequence }) => sequence),
      events.map(({ objects }) => JSON.stringify(objects)),
      events.map(({ attributes }) => JSON.stringify(attributes)),
    ],
  );
  const fresh = new Set(inserted.rows.map(({ connection, id }) => `${connection} ${id}`));
  // The first of two with one id is the one that was kept.
  return events.filter(({ connection, id }) => fresh.delete(`${connection} ${id}`));
}

const storable = (text: string | null): string | null =>
  text === null ? null : text.replaceAll("\0", "").toWellFormed();

/** Keeps what was refused. The same thing refused again for the same reason is counted. */
export async function keepRefused(tx: Tx, refused: readonly Refused[]): Promise<void> {
  for (const { connection, event, reason, body } of refused)
    await tx.query(
      `insert into operations_quarantine (tenant, digest, connection, event, reason, body)
       values (current_tenant(), $1, $2, $3, $4, $5)
       on conflict (tenant, digest) do update set times = operations_quarantine.times + 1`,
      [
        createHash("sha256").update(`${reason}\n${body}`).digest("hex"),
        storable(connection),
        storable(event),
        reason,
        storable(body),
      ],
    );
}
