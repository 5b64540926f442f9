import { type Calendar, type Moment } from "./calendar.ts";
import { shortHash } from "./draws.ts";
import type { RecordKind, RecordShapes } from "./records.ts";

export type AttributeValue = string | number | boolean | null;
/** `subject` names the record that the event's attributes belong to; every event has exactly one. */
export type EventObject = {
  readonly type: string;
  readonly id: string;
  readonly qualifier: string;
};

/** Something that happened to business objects: when it happened, and when a system learned of it. */
export type SimulatedEvent = {
  readonly id: string;
  /** `timesheet-week.submitted`: kind of record, then what happened to it. */
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly objects: readonly EventObject[];
  /** Fields of the subject after the event; fields not named stay as they were. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
};

/** An event before it has left the simulation. */
export type Happening = {
  readonly type: string;
  readonly occurred: Moment;
  readonly recorded: Moment;
  readonly objects: readonly EventObject[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** How many of this type the subject had before: with type and subject it names the event. */
  readonly turn: number;
};

export type When = { readonly occurred: Moment; readonly recorded?: Moment };
type Others = Readonly<Record<string, string | null>>;

export type Log = {
  readonly happenings: Happening[];
  /** A new record with all of its fields. `links` maps `type:qualifier`, or a type alone, to an id. */
  opened<K extends RecordKind>(kind: K, id: string, event: Entry<RecordShapes[K]>): void;
  /** A change to some fields of a record. */
  changed<K extends RecordKind>(
    kind: K,
    id: string,
    event: Entry<Partial<RecordShapes[K]>> & { readonly what: string },
  ): void;
};

type Entry<Fields> = {
  /** The verb; `opened` or `created` by default. */
  readonly what?: string;
  readonly when: When;
  readonly fields: Fields;
  readonly links?: Others;
};

export function createLog(): Log {
  const happenings: Happening[] = [];
  const turns = new Map<string, number>();
  const write = (kind: string, id: string, event: Entry<object> & { what: string }): void => {
    const type = `${kind}.${event.what}`;
    const key = `${type}/${id}`;
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const { occurred, recorded = occurred } = event.when;
    happenings.push({
      type,
      occurred,
      recorded: Math.max(recorded, occurred),
      objects: [{ type: kind, id, qualifier: "subject" }, ...linked(event.links)],
      attributes: event.fields as Readonly<Record<string, AttributeValue>>,
      turn,
    });
  };
  return {
    happenings,
    opened: (kind, id, event) => write(kind, id, { what: "created", ...event }),
    changed: write,
  };
}

function linked(links: Others | undefined): EventObject[] {
  if (!links) return [];
  return Object.entries(links).flatMap(([name, id]) => {
    if (id === null) return [];
    const [type = name, qualifier = type] = name.split(":");
    return [{ type, id, qualifier }];
  });
}

/** Events recorded up to `until`, in the order in which they were recorded. */
export function toEvents(
  happenings: readonly Happening[],
  calendar: Calendar,
  until: Moment,
): SimulatedEvent[] {
  const shown = happenings.filter(({ recorded }) => recorded <= until);
  const events = shown.map((happening) => {
    const { type, occurred, recorded, objects, attributes, turn } = happening;
    const event: SimulatedEvent = {
      id: `EV-${shortHash(`${type}/${objects[0]?.id ?? ""}/${turn}`)}`,
      type,
      occurredAt: calendar.instant(occurred),
      recordedAt: calendar.instant(recorded),
      objects,
      attributes,
    };
    return event;
  });
  // Ties keep the order in which the firm acted, except between entities, where only the id can decide.
  return events.sort(byRecording);
}

const byRecording = (one: SimulatedEvent, other: SimulatedEvent): number =>
  compare(one.recordedAt, other.recordedAt) || compare(one.occurredAt, other.occurredAt) || 0;

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
