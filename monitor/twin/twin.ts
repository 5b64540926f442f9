import type { BusinessCalendar } from "#/domain/business-time.ts";
import {
  type FieldsOf,
  operatingModel,
  type RecordKind,
  systemOfKind,
} from "#/domain/operating-model.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView, TwinRecord } from "./firm-view.ts";

/** A record that cannot be shown yet: its first event, or fields it must have, have not arrived. */
export type IncompleteRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  /** Sequences below the highest that never arrived. */
  readonly missing: readonly number[];
  readonly problem: string | null;
};

export type TwinSettings = {
  readonly calendar: BusinessCalendar;
  readonly currency: string;
  /** A page of the record at its system, where the system has pages. */
  readonly urlOf?: (kind: RecordKind, id: string) => string | null;
};

export type Twin = {
  /** false: this event was here before, or an event of the same version was. */
  apply(event: OperationsEvent): boolean;
  /** What was known once these events had arrived. `lastRead` is by default `asOf` for every system. */
  view(asOf: string, lastRead?: FirmView["lastRead"]): FirmView;
  incomplete(): IncompleteRecord[];
  readonly size: number;
};

type Cell = { readonly value: AttributeValue; readonly sequence: number };
type Held = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly cells: Map<string, Cell>;
  /** By sequence; holes are events that have not arrived. */
  readonly events: OperationsEvent[];
  shown: TwinRecord | null | undefined;
};

/**
 * Folds events into records. Each field keeps the value of the highest source version that named it, so
 * the order of arrival, repeats and delays end in the same state. Fields of a version that lacks an
 * earlier one are shown as known; `incomplete` names what to read again.
 */
export function createTwin(settings: TwinSettings): Twin {
  const kinds = new Map<RecordKind, Map<string, Held>>();
  const sorted = new Map<RecordKind, readonly TwinRecord[]>();
  const indexes = new Map<string, Map<string, TwinRecord[]>>();
  let size = 0;

  const held = (kind: RecordKind, id: string): Held => {
    let records = kinds.get(kind);
    if (!records) kinds.set(kind, (records = new Map()));
    let record = records.get(id);
    if (!record) {
      record = { kind, id, cells: new Map(), events: [], shown: undefined };
      records.set(id, record);
      size += 1;
    }
    return record;
  };

  const shownOf = (record: Held): TwinRecord | null => {
    if (record.shown === undefined) record.shown = materialise(record, settings);
    return record.shown;
  };

  const all = (kind: RecordKind): readonly TwinRecord[] => {
    let known = sorted.get(kind);
    if (!known) {
      known = [...(kinds.get(kind)?.values() ?? [])]
        .flatMap((record) => shownOf(record) ?? [])
        .toSorted((one, other) => (one.id < other.id ? -1 : 1));
      sorted.set(kind, known);
    }
    return known;
  };

  const by = (kind: RecordKind, field: string, value: string): readonly TwinRecord[] => {
    const name = `${kind} ${field}`;
    let index = indexes.get(name);
    if (!index) {
      index = new Map();
      for (const record of all(kind)) {
        const key = String(record.fields[field as never]);
        const list = index.get(key);
        if (list) list.push(record);
        else index.set(key, [record]);
      }
      indexes.set(name, index);
    }
    return index.get(value) ?? [];
  };

  return {
    apply(event) {
      const record = held(event.subject.kind, event.subject.id);
      const at = event.sequence - 1;
      if (record.events[at]) return false;
      record.events[at] = event;
      for (const [field, value] of Object.entries(event.attributes)) {
        const known = record.cells.get(field);
        if (!known || known.sequence < event.sequence)
          record.cells.set(field, { value, sequence: event.sequence });
      }
      record.shown = undefined;
      sorted.delete(record.kind);
      for (const name of indexes.keys())
        if (name.startsWith(`${record.kind} `)) indexes.delete(name);
      return true;
    },
    view: (asOf, lastRead) => ({
      asOf,
      calendar: settings.calendar,
      currency: settings.currency,
      lastRead:
        lastRead ?? Object.fromEntries(Object.values(systemOfKind).map((system) => [system, asOf])),
      // `materialise` parsed the fields as this kind's.
      all: <K extends RecordKind>(kind: K) => all(kind) as readonly TwinRecord<K>[],
      get: <K extends RecordKind>(kind: K, id: string) => {
        const record = kinds.get(kind)?.get(id);
        return (record ? shownOf(record) : null) as TwinRecord<K> | null;
      },
      by: <K extends RecordKind>(kind: K, field: keyof FieldsOf<K> & string, value: string) =>
        by(kind, field, value) as readonly TwinRecord<K>[],
      history: (kind, id) => kinds.get(kind)?.get(id)?.events.filter(Boolean) ?? [],
    }),
    incomplete: () =>
      [...kinds.values()].flatMap((records) =>
        [...records.values()].flatMap((record) => {
          const missing = Array.from(record.events, (event, at) => (event ? 0 : at + 1)).filter(
            Boolean,
          );
          const problem = shownOf(record) ? null : problemOf(record);
          return missing.length > 0 || problem !== null
            ? [{ kind: record.kind, id: record.id, missing, problem }]
            : [];
        }),
      ),
    get size() {
      return size;
    },
  };
}

const fieldsOf = ({ cells }: Held): Record<string, AttributeValue> =>
  Object.fromEntries([...cells].map(([field, { value }]) => [field, value]));

function problemOf(record: Held): string | null {
  const parsed = operatingModel[record.kind].safeParse(fieldsOf(record));
  return parsed.success ? null : (parsed.error.issues[0]?.path.join(".") ?? "its fields");
}

function materialise(record: Held, settings: TwinSettings): TwinRecord | null {
  const parsed = operatingModel[record.kind].safeParse(fieldsOf(record));
  const last = record.events.at(-1);
  if (!parsed.success || !last) return null;
  const { kind, id } = record;
  const changedAt = record.events.reduce(
    (latest, { occurredAt }) => (occurredAt > latest ? occurredAt : latest),
    "",
  );
  const recordedAt = record.events.reduce(
    (latest, event) => (event.recordedAt > latest ? event.recordedAt : latest),
    "",
  );
  return {
    kind,
    id,
    fields: parsed.data,
    source: {
      system: last.system,
      type: kind,
      id,
      connection: last.connection,
      revision: String(last.sequence),
      retrievedAt: recordedAt,
      url: settings.urlOf?.(kind, id) ?? null,
    },
    version: last.sequence,
    changedAt,
    recordedAt,
  };
}
