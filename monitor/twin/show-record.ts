import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { FoldedRecord } from "#/domain/folded-record.ts";
import {
  type FieldsOf,
  operatingModel,
  type RecordKind,
  systemOfKind,
} from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView, TwinRecord } from "./firm-view.ts";
import type { Shelves } from "./shelf.ts";

export type TwinSettings = {
  readonly calendar: BusinessCalendar;
  readonly currency: string;
  /** A page of the record at its system, where the system has pages. */
  readonly urlOf?: (kind: RecordKind, id: string) => string | null;
};

/** The record as a question may see it, or the field that keeps it from being shown. */
export function showRecord(
  folded: FoldedRecord,
  settings: Pick<TwinSettings, "urlOf">,
): { readonly record: TwinRecord } | { readonly problem: string } {
  const { kind, id, version, changedAt, recordedAt, connection, system } = folded;
  const parsed = operatingModel[kind].safeParse(folded.fields);
  if (!parsed.success) return { problem: parsed.error.issues[0]?.path.join(".") || "its fields" };
  const source = {
    system,
    type: kind,
    id,
    connection,
    revision: String(version),
    retrievedAt: recordedAt,
    url: settings.urlOf?.(kind, id) ?? null,
  };
  return {
    record: { kind, id, fields: parsed.data, source, version, changedAt, recordedAt },
  };
}

export type KnownAt = {
  readonly asOf: string;
  /** By default `asOf` for every system. */
  readonly lastRead?: FirmView["lastRead"] | undefined;
};

/** The one place where shelves become a view. */
export const viewOfShelves = (
  { asOf, lastRead }: KnownAt,
  settings: TwinSettings,
  known: {
    readonly shelves: Shelves;
    readonly history: (kind: RecordKind, id: string) => readonly OperationsEvent[];
  },
): FirmView => ({
  asOf,
  calendar: settings.calendar,
  currency: settings.currency,
  lastRead:
    lastRead ?? Object.fromEntries(Object.values(systemOfKind).map((system) => [system, asOf])),
  // `showRecord` parsed the fields as this kind's.
  all: <K extends RecordKind>(kind: K) =>
    (known.shelves.get(kind)?.all() ?? []) as readonly TwinRecord<K>[],
  get: <K extends RecordKind>(kind: K, id: string) =>
    (known.shelves.get(kind)?.get(id) ?? null) as TwinRecord<K> | null,
  by: <K extends RecordKind>(kind: K, field: keyof FieldsOf<K> & string, value: string) =>
    (known.shelves.get(kind)?.by(field, value) ?? []) as readonly TwinRecord<K>[],
  history: known.history,
});
