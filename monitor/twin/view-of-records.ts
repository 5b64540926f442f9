import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView, TwinRecord } from "./firm-view.ts";
import { placeEvent } from "./fold-events.ts";
import { createShelf } from "./shelf.ts";
import { type KnownAt, showRecord, type TwinSettings, viewOfShelves } from "./show-record.ts";

/**
 * A view of records that were folded before, such as by the database: the same as `createTwin` gives
 * from their events. `events` are those whose history a question will ask for, in any order.
 */
export function viewOfRecords(
  known: { readonly records: Iterable<FoldedRecord>; readonly events?: Iterable<OperationsEvent> },
  settings: TwinSettings,
  at: KnownAt,
): FirmView {
  const kinds = new Map<RecordKind, Map<string, FoldedRecord>>();
  for (const record of known.records) {
    const records = kinds.get(record.kind);
    if (records) records.set(record.id, record);
    else kinds.set(record.kind, new Map([[record.id, record]]));
  }
  const histories = new Map<string, OperationsEvent[]>();
  for (const event of known.events ?? []) {
    const key = `${event.subject.kind} ${event.subject.id}`;
    const history = histories.get(key);
    if (history) placeEvent(history, event);
    else histories.set(key, [event]);
  }
  const shown = new Map<FoldedRecord, TwinRecord | null>();
  const show = (folded: FoldedRecord): TwinRecord | null => {
    let record = shown.get(folded);
    if (record === undefined) {
      const outcome = showRecord(folded, settings);
      shown.set(folded, (record = "record" in outcome ? outcome.record : null));
    }
    return record;
  };
  return viewOfShelves(at, settings, {
    shelves: new Map([...kinds].map(([kind, records]) => [kind, createShelf(records, show)])),
    history: (kind, id) => histories.get(`${kind} ${id}`) ?? [],
  });
}
