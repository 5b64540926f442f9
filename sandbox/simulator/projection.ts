import type { AttributeValue, SimulatedEvent } from "./events.ts";
import type { FirmRecord, RecordKind } from "./records.ts";

/** All records as the systems showed them at one instant. */
export type FirmProjection = {
  readonly at: string;
  /** In the order of their ids. */
  all<K extends RecordKind>(kind: K): readonly FirmRecord<K>[];
  find<K extends RecordKind>(kind: K, id: string): FirmRecord<K> | null;
};

type Fields = Record<string, AttributeValue>;

/**
 * Reads the events that were recorded by `instant` into records. What happened first counts first,
 * even where it was recorded last. Throws RangeError when `instant` is none.
 */
export function createProjector(
  events: readonly SimulatedEvent[],
): (instant: string) => FirmProjection {
  let inOrder: readonly SimulatedEvent[] | null = null;
  return (instant) => {
    inOrder ??= events.toSorted((one, other) =>
      one.occurredAt < other.occurredAt ? -1 : one.occurredAt > other.occurredAt ? 1 : 0,
    );
    const until = new Date(Temporal.Instant.from(instant).epochMilliseconds).toISOString();
    return project(inOrder, until);
  };
}

function project(inOrder: readonly SimulatedEvent[], until: string): FirmProjection {
  const kinds = new Map<string, Map<string, Fields>>();
  for (const { objects, recordedAt, attributes } of inOrder) {
    const subject = objects[0];
    if (!subject || recordedAt > until) continue;
    let records = kinds.get(subject.type);
    if (!records) kinds.set(subject.type, (records = new Map()));
    const before = records.get(subject.id);
    if (!before) {
      records.set(subject.id, { id: subject.id, ...attributes, version: 1, updatedAt: recordedAt });
      continue;
    }
    Object.assign(before, attributes);
    before["version"] = Number(before["version"]) + 1;
    if (String(before["updatedAt"]) < recordedAt) before["updatedAt"] = recordedAt;
  }
  // The log admits only fields of the kind it writes, so what it wrote reads back as that kind.
  const of = <K extends RecordKind>(kind: K) =>
    (kinds.get(kind) ?? new Map()) as Map<string, FirmRecord<K>>;
  const sorted = new Map<RecordKind, readonly unknown[]>();
  return {
    at: until,
    all: <K extends RecordKind>(kind: K) => {
      const known =
        sorted.get(kind) ??
        [...of(kind).values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
      sorted.set(kind, known);
      return known as readonly FirmRecord<K>[];
    },
    find: (kind, id) => of(kind).get(id) ?? null,
  };
}
