import type { OperationsEvent } from "./operations-event.ts";

/**
 * `invoice.observed`: nobody told us, we looked. It holds the whole record as its source showed it at
 * that version, and closes every hole below. The word is ours; a source that sends it is refused.
 */
export const observed = (kind: string): string => `${kind}.observed`;
export const isObservation = ({ type }: Pick<OperationsEvent, "type">): boolean =>
  type.endsWith(".observed");

/**
 * The order of the events of one record: by its own version, told before looked at. Where two claim
 * the same version, the one recorded later stands, then the one with the greater id; so the order of
 * arrival never matters. `db/operations/fold-records.ts` says the same in SQL.
 */
export function compareEvents(one: OperationsEvent, other: OperationsEvent): number {
  return (
    compareVersions(one, other) ||
    compareText(one.recordedAt, other.recordedAt) ||
    compareText(one.id, other.id) ||
    compareText(one.connection, other.connection)
  );
}

/** 0: both say what came of the same version in the same way, so only one of them can stand. */
export const compareVersions = (one: OperationsEvent, other: OperationsEvent): number =>
  one.sequence - other.sequence || Number(isObservation(one)) - Number(isObservation(other));

const compareText = (one: string, other: string): number =>
  one === other ? 0 : one < other ? -1 : 1;
