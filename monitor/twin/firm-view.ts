import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Source, SystemKind } from "#/domain/record.ts";

/** What we hold of one record of a system of record: never the record itself. */
export type TwinRecord<K extends RecordKind = RecordKind> = {
  readonly kind: K;
  readonly id: string;
  readonly fields: FieldsOf<K>;
  /** Where it was read and which version; `observe(source, field, value)` makes evidence of a field. */
  readonly source: Source;
  /** The source's own version: the highest sequence seen. */
  readonly version: number;
  /** When the newest event about it happened, and when its system learned of it. */
  readonly changedAt: string;
  readonly recordedAt: string;
};

/**
 * The firm, or the part of it that one question needs, as we knew it at one instant. Pure and read only:
 * every rule, cause, detector and forecast of this room is a function of it.
 */
export type FirmView = {
  readonly asOf: string;
  readonly calendar: BusinessCalendar;
  /** The firm's reporting currency. */
  readonly currency: string;
  /** When each system last answered in full; absent or null: it never did. */
  readonly lastRead: Readonly<Partial<Record<SystemKind, string | null>>>;
  /** In the order of their ids. */
  all<K extends RecordKind>(kind: K): readonly TwinRecord<K>[];
  get<K extends RecordKind>(kind: K, id: string): TwinRecord<K> | null;
  /** Records whose `field` has that value, in the order of their ids; indexed on first use. */
  by<K extends RecordKind>(
    kind: K,
    field: keyof FieldsOf<K> & string,
    value: string,
  ): readonly TwinRecord<K>[];
  /** The events about one record, by its own version. */
  history(kind: RecordKind, id: string): readonly OperationsEvent[];
};
