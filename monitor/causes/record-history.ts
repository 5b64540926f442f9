import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import { isRecordKind } from "#/domain/operating-model.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import { compareInstants, endOfDay, firmClock } from "../civil-time.ts";
import type { Moments } from "../moments.ts";
import type { FirmView } from "../twin/firm-view.ts";

/** What a field was told to be, and when that happened. In the order of the record's own versions. */
export type Change = { readonly at: string; readonly value: AttributeValue };

export const changesOf = <K extends RecordKind>(
  view: FirmView,
  { kind, id }: { readonly kind: K; readonly id: string },
  field: keyof FieldsOf<K> & string,
): Change[] =>
  view.history(kind, id).flatMap(({ attributes, occurredAt }) => {
    const value = attributes[field];
    return value === undefined ? [] : [{ at: occurredAt, value }];
  });

/** The fields of a record after all that had happened to it by then; without those not told yet. */
export function fieldsAt<K extends RecordKind>(
  view: FirmView,
  { kind, id }: { readonly kind: K; readonly id: string },
  instant: string,
): Partial<FieldsOf<K>> {
  const before = view
    .history(kind, id)
    .filter(({ occurredAt }) => compareInstants(occurredAt, instant) <= 0);
  // The twin took these fields for this kind's when it made the record.
  return Object.assign({}, ...before.map(({ attributes }) => attributes)) as Partial<FieldsOf<K>>;
}

/**
 * Sharper than civil dates: the moment of the event that told the date. An event that tells another
 * day than its own was written later, so the day counts, to its end.
 */
export function eventMoments(view: FirmView): Moments {
  const { calendar } = view;
  const clock = firmClock(calendar);
  const at: Moments["at"] = (source, field, on) => {
    const told = isRecordKind(source.type)
      ? view.history(source.type, source.id).findLast(({ attributes }) => attributes[field] === on)
      : undefined;
    return told && dayOf(view, told) === on ? told.occurredAt : endOfDay(calendar, on);
  };
  return {
    at,
    after: (source, field, { on, businessDays }) => {
      const from = at(source, field, on);
      return clock.after(from, businessDays * clock.dayMinutes) ?? from;
    },
  };
}

const dayOf = ({ calendar }: FirmView, { occurredAt }: OperationsEvent): string =>
  Temporal.Instant.from(occurredAt).toZonedDateTimeISO(calendar.zone).toPlainDate().toString();
