import type { AttributeValue, EventObject, SimulatedEvent } from "../simulator/events.ts";
import { systemOf } from "../simulator/record-systems.ts";
import type { FirmRecord, RecordKind } from "../simulator/records.ts";

export type SystemName = (typeof systemOf)[RecordKind];

/** A change as its system took it down. `version` is the record's own, from 1 and without gaps. */
export type BookedEvent = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly kind: RecordKind;
  readonly subject: string;
  readonly version: number;
  readonly objects: readonly EventObject[];
  /** Fields after the change; fields not named stay as they were. */
  readonly changed: Readonly<Record<string, AttributeValue>>;
};

type Fields = Record<string, AttributeValue>;
export type BookedRecord = {
  readonly version: number;
  readonly fields: Readonly<Fields>;
  /** When the newest of its changes happened. */
  readonly changedAt: string;
  /** The other objects its changes named, each as the newest named it. */
  readonly objects: readonly EventObject[];
};

/** What all systems hold of the operating model: each record as it stands, and how it came so. */
export type Books = {
  /** In the order given, which is the order of recording. */
  append(events: Iterable<SimulatedEvent>): BookedEvent[];
  /** Everything a system recorded, oldest first. A place in it stays what it is. */
  feed(system: SystemName): readonly BookedEvent[];
  /** What all systems recorded on a day or later, oldest first. */
  since(date: string): BookedEvent[];
  record(kind: RecordKind, id: string): BookedRecord | null;
  /** Every record of a kind, in no particular order. */
  all<K extends RecordKind>(kind: K): FirmRecord<K>[];
  find<K extends RecordKind>(kind: K, id: string): FirmRecord<K> | null;
  /** Called with what was appended. */
  onAppend(listener: (events: readonly BookedEvent[]) => void): void;
};

type Held = {
  version: number;
  fields: Fields;
  updatedAt: string;
  changedAt: string;
  objects: readonly EventObject[];
};
const nothing = { version: 0, updatedAt: "", changedAt: "", objects: [] } as const;

export function createBooks(): Books {
  const feeds = new Map<SystemName, BookedEvent[]>();
  const kinds = new Map<RecordKind, Map<string, Held>>();
  const listeners: ((events: readonly BookedEvent[]) => void)[] = [];

  const recordsOf = (kind: RecordKind): Map<string, Held> => {
    let records = kinds.get(kind);
    if (!records) kinds.set(kind, (records = new Map()));
    return records;
  };

  const book = (event: SimulatedEvent): BookedEvent | null => {
    const [subject, ...objects] = event.objects;
    if (!subject) return null;
    // The log writes no subject but a record of the operating model.
    const kind = subject.type as RecordKind;
    const records = recordsOf(kind);
    const held: Held = records.get(subject.id) ?? { ...nothing, fields: {} };
    held.version += 1;
    held.updatedAt = event.recordedAt;
    if (event.occurredAt > held.changedAt) held.changedAt = event.occurredAt;
    held.objects = merged(held.objects, objects);
    Object.assign(held.fields, event.attributes);
    records.set(subject.id, held);
    const booked: BookedEvent = {
      id: event.id,
      type: event.type,
      occurredAt: event.occurredAt,
      recordedAt: event.recordedAt,
      kind,
      subject: subject.id,
      version: held.version,
      objects,
      changed: event.attributes,
    };
    const system = systemOf[kind];
    const feed = feeds.get(system);
    if (feed) feed.push(booked);
    else feeds.set(system, [booked]);
    return booked;
  };

  // What was opened with all fields of its kind reads back as that kind.
  const shown = <K extends RecordKind>(id: string, held: Held): FirmRecord<K> =>
    ({
      ...held.fields,
      id,
      version: held.version,
      updatedAt: held.updatedAt,
    }) as unknown as FirmRecord<K>;

  return {
    append(events) {
      const booked = [...events].flatMap((event) => book(event) ?? []);
      for (const listener of listeners) listener(booked);
      return booked;
    },
    feed: (system) => feeds.get(system) ?? [],
    since: (date) =>
      [...feeds.values()]
        .flatMap((feed) => feed.filter(({ recordedAt }) => recordedAt >= date))
        .sort((one, other) => (one.recordedAt < other.recordedAt ? -1 : 1)),
    record(kind, id) {
      return kinds.get(kind)?.get(id) ?? null;
    },
    all: <K extends RecordKind>(kind: K) =>
      [...recordsOf(kind)].map(([id, held]) => shown<K>(id, held)),
    find: <K extends RecordKind>(kind: K, id: string) => {
      const held = kinds.get(kind)?.get(id);
      return held ? shown<K>(id, held) : null;
    },
    onAppend: (listener) => void listeners.push(listener),
  };
}

/** Most changes name what was named before: then it stays the same list. */
function merged(known: readonly EventObject[], named: readonly EventObject[]) {
  const fresh = named.filter(
    (one) => !known.some(({ id, qualifier }) => id === one.id && qualifier === one.qualifier),
  );
  if (fresh.length === 0) return known;
  const replaced = new Set(fresh.map(({ qualifier }) => qualifier));
  return [...known.filter(({ qualifier }) => !replaced.has(qualifier)), ...fresh];
}
