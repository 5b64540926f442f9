import type { Gap } from "#/domain/folded-record.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Tx } from "../open-database.ts";
import type { Subjects } from "./fold-records.ts";

const columns = `number::text as number, connection, id, system, type, occurred_at, recorded_at, kind,
  subject, sequence, objects, attributes`;

type EventRow = {
  readonly number: string;
  readonly connection: string;
  readonly id: string;
  readonly system: OperationsEvent["system"];
  readonly type: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly kind: RecordKind;
  readonly subject: string;
  readonly sequence: number;
  readonly objects: OperationsEvent["objects"];
  readonly attributes: OperationsEvent["attributes"];
};

const eventOf = (row: EventRow): OperationsEvent => ({
  id: row.id,
  connection: row.connection,
  system: row.system,
  type: row.type,
  occurredAt: row.occurred_at.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  subject: { kind: row.kind, id: row.subject },
  sequence: row.sequence,
  objects: row.objects,
  attributes: row.attributes,
});

/** All events of these records that were recorded up to an instant, record by record in their order. */
export async function eventsOfSubjects(
  tx: Tx,
  { kinds, ids }: Subjects,
  until: string,
): Promise<OperationsEvent[]> {
  const found = await tx.query<EventRow>(
    `select event.* from (select distinct kind, subject from unnest($1::text[], $2::text[])
         as given (kind, subject)) as asked,
       lateral (select ${columns}, observed from operations_event
                 where kind = asked.kind and subject = asked.subject and recorded_at <= $3::timestamptz
                offset 0) as event
      order by kind, subject, sequence, observed, recorded_at, id collate "C", connection collate "C"`,
    [kinds, ids, until],
  );
  return found.rows.map(eventOf);
}

/** Events that concern an object, as their subject or beside it, by when they happened. */
export async function eventsAbout(
  tx: Tx,
  object: { readonly type: string; readonly id: string },
): Promise<OperationsEvent[]> {
  const found = await tx.query<EventRow>(
    `select ${columns} from (
       select * from operations_event where kind = $1 and subject = $2
       union
       select operations_event.* from operations_event_object as concerned
         join operations_event on operations_event.number = concerned.event
        where concerned.type = $1 and concerned.id = $2) as event
      order by occurred_at, recorded_at, number`,
    [object.type, object.id],
  );
  return found.rows.map(eventOf);
}

/** Which events: by when they happened, from `since` on and before `until`. */
export type EventSpan = { readonly since: string | null; readonly until: string | null };

const inSpan = `occurred_at >= coalesce($1::timestamptz, '-infinity')
  and occurred_at < coalesce($2::timestamptz, 'infinity')`;

/** A page in the order of arrival; `after` is the last page's `last`. */
export async function eventPage(
  tx: Tx,
  { since, until }: EventSpan,
  { after, size }: { after: string | null; size: number },
): Promise<{ events: OperationsEvent[]; last: string | null }> {
  const found = await tx.query<EventRow>(
    `select ${columns} from operations_event
      where ${inSpan} and operations_event.number > $3::bigint order by operations_event.number limit $4`,
    [since, until, after ?? "0", size],
  );
  return { events: found.rows.map(eventOf), last: found.rows.at(-1)?.number ?? null };
}

/** Records with events in the span, in the order of kind and id. */
export async function subjectPage(
  tx: Tx,
  { since, until }: EventSpan,
  { after, size }: { after: { kind: string; id: string } | null; size: number },
): Promise<{ kind: RecordKind; id: string }[]> {
  const found = await tx.query<{ kind: RecordKind; id: string }>(
    `select distinct kind, subject as id from operations_event
      where ${inSpan} and (kind, subject) > ($3, $4) order by kind, subject limit $5`,
    [since, until, after?.kind ?? "", after?.id ?? "", size],
  );
  return found.rows;
}

/** Objects that events of the span concern and that are the subject of none of them. */
export async function concernedPage(
  tx: Tx,
  { since, until }: EventSpan,
  { after, size }: { after: { type: string; id: string } | null; size: number },
): Promise<{ type: string; id: string }[]> {
  const found = await tx.query<{ type: string; id: string }>(
    `select distinct concerned.type, concerned.id from operations_event_object as concerned
       join operations_event on operations_event.number = concerned.event
      where ${inSpan} and (concerned.type, concerned.id) > ($3, $4)
        and not exists (select from operations_event as told
          where told.kind = concerned.type and told.subject = concerned.id
            and told.occurred_at >= coalesce($1::timestamptz, '-infinity')
            and told.occurred_at < coalesce($2::timestamptz, 'infinity'))
      order by concerned.type, concerned.id limit $5`,
    [since, until, after?.type ?? "", after?.id ?? "", size],
  );
  return found.rows;
}

/** The types of events and of other objects that occur in the span. */
export async function typesIn(
  tx: Tx,
  { since, until }: EventSpan,
): Promise<{ eventTypes: string[]; objectTypes: string[] }> {
  const events = await tx.query<{ type: string }>(
    `select distinct type from operations_event where ${inSpan} order by type`,
    [since, until],
  );
  const objects = await tx.query<{ type: string }>(
    `select distinct concerned.type from operations_event_object as concerned
       join operations_event on operations_event.number = concerned.event where ${inSpan} order by 1`,
    [since, until],
  );
  return {
    eventTypes: events.rows.map(({ type }) => type),
    objectTypes: objects.rows.map(({ type }) => type),
  };
}

/** Records with versions that never arrived and that no later look made up for. */
export async function listGaps(tx: Tx): Promise<Gap[]> {
  const found = await tx.query<Gap>(
    // The first hundred holes lie within the first hundred versions and as many as there are events.
    `select gap.kind, gap.id, gap.system, array(
        select version from generate_series(looked + 1, least(gap.version - 1, looked + 100 + held)) as version
         where not exists (select from operations_event
            where kind = gap.kind and subject = gap.id and sequence = version)
         limit 100) as missing
       from twin_record as gap,
         lateral (select coalesce(max(sequence) filter (where observed), 0) as looked, count(*)::int as held
            from operations_event where kind = gap.kind and subject = gap.id) as known
      where gap.holes > 0 order by gap.kind, gap.id`,
  );
  return found.rows;
}
