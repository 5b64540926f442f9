import { contentHash } from "#/domain/canonical-json.ts";
import { isObservation, observed } from "#/domain/event-order.ts";
import type { Gap } from "#/domain/folded-record.ts";
import type { TenantId } from "#/domain/ids.ts";
import { type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import type { AttributeValue, EventObject, OperationsEvent } from "#/domain/operations-event.ts";
import type { SystemKind } from "#/domain/record.ts";
import type { OperationsStore, RefusedEvent } from "./operations-store.ts";

/** A record as its source shows it now. */
export type SourceRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly connection: string;
  /** Every field of its kind in the operating model. */
  readonly fields: Readonly<Record<string, AttributeValue>>;
  /** The same counter as `sequence` of its events. */
  readonly version: number;
  /** When it last changed, as far as the source says. */
  readonly changedAt: string;
  readonly objects: readonly EventObject[];
};

/**
 * What a connector offers so that a twin can be kept: reading only, with our credentials. Any of it may
 * throw; a system that fails is reported as stale. Repeats and any order are fine.
 */
export type ChangeFeed = {
  /** What changed since the cursor (null: from the beginning), in pages; ends when it is all told. */
  changes(
    system: SystemKind,
    cursor: string | null,
  ): AsyncIterable<{
    readonly events: readonly OperationsEvent[];
    readonly cursor: string;
    /** What the system told and what is no event of ours: kept apart with its reason. */
    readonly rejected?: readonly { readonly event: string | null; readonly problems: string }[];
  }>;
  /** null: the source does not have it. */
  record(kind: RecordKind, id: string): Promise<SourceRecord | null>;
  /** Everything the source has of a kind, in pages. */
  present(kind: RecordKind): AsyncIterable<readonly SourceRecord[]>;
};

export type KeepTwinNeeds = {
  readonly feed: ChangeFeed;
  readonly store: Pick<
    OperationsStore,
    | "receive"
    | "refuse"
    | "gaps"
    | "affectedProjects"
    | "readings"
    | "moveCursor"
    | "markRead"
    | "markProblem"
  >;
  readonly systems: readonly SystemKind[];
  readonly now: () => string;
  readonly log: (message: string, cause: unknown) => void;
};

export type CaughtUp = {
  /** Projects whose assessment may have changed, in the order of their ids. */
  readonly affected: readonly string[];
  readonly fresh: number;
  readonly refused: readonly RefusedEvent[];
  /** Systems that did not answer in full: their cursor stays where it came to. */
  readonly stale: readonly StaleSystem[];
  /** Versions that never arrived and that could not be read again. */
  readonly gaps: readonly Gap[];
};

export type StaleSystem = {
  readonly system: SystemKind;
  readonly reason: string;
  readonly lastRead: string | null;
};

/**
 * Reads what each system has to tell since it was last read, and reads again what was lost or could not
 * be taken in. One system that fails keeps none of the others waiting.
 */
export async function catchUp(tenant: TenantId, needs: KeepTwinNeeds): Promise<CaughtUp> {
  const readings = new Map(
    (await needs.store.readings(tenant)).map((reading) => [reading.system, reading]),
  );
  const taken: Taken = { fresh: [], refused: [], broken: new Map() };
  const stale: StaleSystem[] = [];
  for (const system of needs.systems) {
    const known = readings.get(system);
    const startedAt = needs.now();
    try {
      await readSystem(tenant, { system, cursor: known?.cursor ?? null, taken }, needs);
      await needs.store.markRead(tenant, system, startedAt);
    } catch (cause) {
      const reason = sentenceOf(cause);
      needs.log(`${system} could not be read`, cause);
      await needs.store.markProblem(tenant, system, { problem: reason, at: startedAt });
      stale.push({ system, reason, lastRead: known?.lastRead ?? null });
    }
  }
  const failed = new Set(stale.map(({ system }) => system));
  await readAgain(tenant, { taken, failed }, needs);
  return {
    affected: await affectedBy(tenant, taken.fresh, needs),
    fresh: taken.fresh.length,
    refused: taken.refused,
    stale,
    gaps: await needs.store.gaps(tenant),
  };
}

type Taken = {
  readonly fresh: Pick<OperationsEvent, "subject">[];
  readonly refused: RefusedEvent[];
  /** Records with an event that was refused. */
  readonly broken: Map<string, OperationsEvent["subject"]>;
};

async function readSystem(
  tenant: TenantId,
  { system, cursor, taken }: { system: SystemKind; cursor: string | null; taken: Taken },
  needs: KeepTwinNeeds,
): Promise<void> {
  for await (const page of needs.feed.changes(system, cursor)) {
    const own = page.events.filter((event) => problemOf(event, system) === null);
    const foreign = [
      ...page.events.flatMap((event) => refusalOf(event, problemOf(event, system))),
      ...(page.rejected ?? []).map(({ event, problems }) => unreadable(system, event, problems)),
    ];
    await needs.store.refuse(tenant, foreign);
    take(taken, await needs.store.receive(tenant, own), page.events);
    taken.refused.push(...foreign);
    // Last: what is not stored yet is told again.
    await needs.store.moveCursor(tenant, system, page.cursor);
  }
}

const problemOf = (event: OperationsEvent, system: SystemKind): string | null =>
  event.system !== system
    ? `${system} told it as an event of ${event.system}`
    : isObservation(event)
      ? "“observed” is what we say when we looked ourselves"
      : null;

const refusalOf = (event: OperationsEvent, reason: string | null): RefusedEvent[] =>
  reason === null
    ? []
    : [{ connection: event.connection, event: event.id, reason, body: JSON.stringify(event) }];

/** The connector does not pass on what it could not read, only what was wrong with it. */
const unreadable = (system: SystemKind, event: string | null, reason: string): RefusedEvent => ({
  connection: null,
  event,
  reason,
  body: `${system} ${event ?? "without an id"}`,
});

function take(
  taken: Taken,
  received: Awaited<ReturnType<OperationsStore["receive"]>>,
  told: readonly OperationsEvent[],
): void {
  for (const { subject } of received.fresh) taken.fresh.push({ subject });
  taken.refused.push(...received.refused);
  const refused = new Set(received.refused.map(({ event }) => event));
  for (const { id, subject } of told)
    if (refused.has(id)) taken.broken.set(`${subject.kind} ${subject.id}`, subject);
}

/** Records with a hole, or with an event that was refused, are read whole from their source. */
async function readAgain(
  tenant: TenantId,
  { taken, failed }: { taken: Taken; failed: ReadonlySet<SystemKind> },
  needs: KeepTwinNeeds,
): Promise<void> {
  const holes = (await needs.store.gaps(tenant)).map(({ kind, id }) => ({ kind, id }));
  const subjects = new Map(holes.map((subject) => [`${subject.kind} ${subject.id}`, subject]));
  for (const [key, subject] of taken.broken) subjects.set(key, subject);
  for (const { kind, id } of subjects.values()) {
    if (failed.has(systemOfKind[kind]) || !needs.systems.includes(systemOfKind[kind])) continue;
    try {
      const record = await needs.feed.record(kind, id);
      if (!record) continue;
      const event = observation(record, needs.now());
      take(taken, await needs.store.receive(tenant, [event]), []);
    } catch (cause) {
      needs.log(`${kind} ${id} could not be read again`, cause);
    }
  }
}

/** The event that says: we looked, and this is the whole record. */
export function observation(record: SourceRecord, at: string): OperationsEvent {
  const { kind, id, connection, fields, version, changedAt, objects } = record;
  const digest = contentHash({ kind, id, version, at, fields: JSON.stringify(fields) });
  return {
    id: `observed-${digest.slice(0, 32)}`,
    connection,
    system: systemOfKind[kind],
    type: observed(kind),
    occurredAt: changedAt,
    recordedAt: at,
    subject: { kind, id },
    sequence: version,
    objects: [...objects],
    attributes: { ...fields },
  };
}

/** Many events touch few records: each record is asked for once. */
function affectedBy(
  tenant: TenantId,
  events: readonly Pick<OperationsEvent, "subject">[],
  needs: KeepTwinNeeds,
): Promise<string[]> {
  const records = new Map(
    events.map(({ subject }) => [`${subject.kind} ${subject.id}`, { subject }]),
  );
  return needs.store.affectedProjects(tenant, [...records.values()], needs.now());
}

/** Our own sentence where there is one; never the text of another system. */
const sentenceOf = (cause: unknown): string =>
  cause instanceof Error && cause.name === "CountersignError"
    ? cause.message
    : "it did not give a usable answer";
