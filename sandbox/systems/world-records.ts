import type { FirmRecord, RecordKind } from "../simulator/records.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { World } from "./world.ts";

export type RecordsById<K extends RecordKind> = {
  /** In the order of their ids. */
  all(): readonly FirmRecord<K>[];
  /** Throws NotAllowed 404. */
  one(id: string): FirmRecord<K>;
};

/** The records of one kind, put in order again only after one of that kind has changed. */
export function recordsById<K extends RecordKind>({ books }: World, kind: K): RecordsById<K> {
  let sorted: readonly FirmRecord<K>[] | null = null;
  books.onAppend((events) => {
    if (events.some((event) => event.kind === kind)) sorted = null;
  });
  return {
    all: () => (sorted ??= books.all(kind).sort((one, other) => (one.id < other.id ? -1 : 1))),
    one(id) {
      const record = books.find(kind, id);
      if (!record) throw new NotAllowed(404, "record_not_found", "There is no such record.");
      return record;
    },
  };
}
