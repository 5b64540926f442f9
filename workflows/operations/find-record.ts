import { CountersignError } from "#/domain/errors.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import { plainText } from "#/domain/plain-text.ts";
import { parseRef } from "#/domain/record.ts";
import type { FirmView, TwinRecord } from "#/monitor/twin/firm-view.ts";

/** What people call a record, best first. */
const names: { readonly [K in RecordKind]?: (record: TwinRecord<K>) => readonly string[] } = {
  project: ({ fields }) => [fields.name, fields.code, fields.clientName],
  client: ({ fields }) => [fields.name, fields.code],
  person: ({ fields }) => [fields.name, fields.email],
  invoice: ({ fields }) => [fields.reference, fields.number ?? ""],
  milestone: ({ fields }) => [fields.name],
  "change-order": ({ fields }) => [fields.number, fields.title],
  approval: () => [],
  opportunity: ({ fields }) => [fields.name],
};

/**
 * The record somebody means: by reference (`psa:project:P1001`), id, code or name; a part of a name will
 * do when it means one record. Running projects go before ended ones. Throws UNKNOWN_RECORD, or
 * AMBIGUOUS_NAME with the candidates.
 */
export function findRecord<K extends RecordKind>(
  view: FirmView,
  kind: K,
  query: string,
): TwinRecord<K> {
  const [found, ...others] = matching(view, kind, query);
  if (!found)
    throw new CountersignError("UNKNOWN_RECORD", {
      kind: wordOf(kind),
      name: plainText(query, 80),
    });
  if (others.length > 0)
    throw new CountersignError("AMBIGUOUS_NAME", {
      name: plainText(query, 80),
      candidates: [found, ...others].slice(0, 8).map(calledIn).join(", "),
    });
  return found;
}

/** All that it may mean; the exact ones alone where there are any. */
export function matching<K extends RecordKind>(
  view: FirmView,
  kind: K,
  query: string,
): TwinRecord<K>[] {
  const wanted = query.trim();
  const ref = parseRef(wanted);
  const id = ref?.type === kind ? ref.id : wanted;
  const direct = view.get(kind, id);
  if (direct) return [direct];
  const needle = plain(wanted);
  if (needle === "") return [];
  const called = view.all(kind).map((record) => ({ record, names: namesOf(record).map(plain) }));
  const exact = called.filter(({ names: own }) => own.includes(needle));
  const found =
    exact.length > 0
      ? exact
      : called.filter(({ names: own }) => own.some((name) => name.includes(needle)));
  const records = found.map(({ record }) => record);
  const running = records.filter(isRunning);
  return records.length > 1 && running.length > 0 ? running : records;
}

const namesOf = <K extends RecordKind>(record: TwinRecord<K>): string[] =>
  [...(names[record.kind]?.(record) ?? [])].filter((name) => name !== "");

const plain = (text: string): string => text.trim().toLowerCase();

const ended: ReadonlySet<string> = new Set(["completed", "cancelled", "paid"]);
const isRunning = ({ fields }: TwinRecord): boolean => {
  const state = "status" in fields ? fields.status : "state" in fields ? fields.state : "";
  return !ended.has(state);
};

/** `Northwind portal (P1001)`: a record as people tell it apart. */
export function calledIn<K extends RecordKind>(record: TwinRecord<K>): string {
  const [name] = namesOf(record);
  return name === undefined ? record.id : `${plainText(name, 60)} (${record.id})`;
}

/** What a record is called, or its id. */
export const nameOf = <K extends RecordKind>(record: TwinRecord<K>): string =>
  plainText(namesOf(record)[0] ?? record.id, 80);

export const wordOf = (kind: RecordKind): string => kind.replaceAll("-", " ");
