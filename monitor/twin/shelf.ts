import type { RecordKind } from "#/domain/operating-model.ts";
import type { TwinRecord } from "./firm-view.ts";

/** The records of one kind, shown, sorted and indexed when somebody first asks. */
export type Shelf = {
  /** In the order of their ids. */
  all(): readonly TwinRecord[];
  get(id: string): TwinRecord | null;
  by(field: string, value: string): readonly TwinRecord[];
};

export type Shelves = ReadonlyMap<RecordKind, Shelf>;

/** `show` is asked again for the same item, and must remember. `items` must not change any more. */
export function createShelf<Item>(
  items: ReadonlyMap<string, Item>,
  show: (item: Item) => TwinRecord | null,
): Shelf {
  let sorted: readonly TwinRecord[] | null = null;
  const indexes = new Map<string, Map<string, TwinRecord[]>>();
  const all = () =>
    (sorted ??= [...items.values()]
      .flatMap((item) => show(item) ?? [])
      .toSorted((one, other) => (one.id < other.id ? -1 : 1)));
  const indexOf = (field: string) => {
    const index = new Map<string, TwinRecord[]>();
    for (const record of all()) {
      const key = String(record.fields[field as never]);
      const list = index.get(key);
      if (list) list.push(record);
      else index.set(key, [record]);
    }
    return index;
  };
  return {
    all,
    get: (id) => {
      const item = items.get(id);
      return item === undefined ? null : show(item);
    },
    by: (field, value) => {
      let index = indexes.get(field);
      if (!index) indexes.set(field, (index = indexOf(field)));
      return index.get(value) ?? [];
    },
  };
}
