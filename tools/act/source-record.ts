import { CountersignError } from "#/domain/errors.ts";
import { type Evidence, type EvidenceValue, observe } from "#/domain/evidence.ts";
import { type FieldsOf, operatingModel, type RecordKind } from "#/domain/operating-model.ts";
import type { Argument, Precondition } from "#/domain/proposal.ts";
import type { Source } from "#/domain/record.ts";
import type { ReadRecord, RecordReader, RecordSystems } from "#/tools/ports.ts";
import { refOf } from "./target-args.ts";

/** A record of the operating model as its source shows it now, with the fields of its kind. */
export type SourceRecord<K extends RecordKind> = {
  readonly source: Source;
  readonly fields: FieldsOf<K>;
};

/** Why an action makes no sense now. */
export type Refuse = (reason: string) => CountersignError;
export const refusing =
  (action: string): Refuse =>
  (reason) =>
    new CountersignError("PRECONDITION_FAILED", { action, reason });

/** Throws the refusal where the connection offers no reads and writes on the operating model. */
export function needed<T extends RecordReader | RecordSystems>(
  records: T | null,
  refuse: Refuse,
): T {
  if (records === null) throw refuse("the connected systems offer no such change");
  return records;
}

/** Throws the refusal when there is no such record, CONNECTOR_SHAPE when it is another one. */
export async function readOne<K extends RecordKind>(
  reader: RecordReader,
  kind: K,
  { id, refuse }: { id: string; refuse: Refuse },
): Promise<SourceRecord<K>> {
  const read = await reader.read(kind, id);
  if (read === null) throw refuse(`there is no such ${kind.replaceAll("-", " ")}`);
  if (read.source.id !== id || read.source.type !== kind)
    throw new CountersignError("CONNECTOR_SHAPE", {
      system: `The ${read.source.system.toUpperCase()}`,
      record: kind,
      problems: "another record than the one asked for",
    });
  return typed(kind, read);
}

export const readWhere = async <K extends RecordKind>(
  reader: RecordReader,
  kind: K,
  [field, value]: readonly [keyof FieldsOf<K> & string, string],
): Promise<SourceRecord<K>[]> =>
  (await reader.where(kind, field, value)).map((read) => typed(kind, read));

const typed = <K extends RecordKind>(kind: K, { source, fields }: ReadRecord): SourceRecord<K> => ({
  source,
  // One schema per kind; the compiler cannot see which.
  fields: operatingModel[kind].parse(fields) as FieldsOf<K>,
});

type Named<K extends RecordKind> = readonly (keyof FieldsOf<K> & string)[];
const valueOf = <K extends RecordKind>({ fields }: SourceRecord<K>, field: string): EvidenceValue =>
  (fields as Readonly<Record<string, EvidenceValue>>)[field] ?? null;

/** What must still be so. The target is held to its version, what stands around it to its fields. */
export const asserted = <K extends RecordKind>(
  record: SourceRecord<K>,
  by: "version" | "fields",
  ...fields: Named<K>
): Precondition => ({
  record: refOf(record.source),
  revision: by === "version" ? record.source.revision : null,
  asserted: fields.map((field) => ({ field, value: valueOf(record, field) })),
});

export const seen = <K extends RecordKind>(
  record: SourceRecord<K>,
  ...fields: Named<K>
): Evidence[] => fields.map((field) => observe(record.source, field, valueOf(record, field)));

/** An argument that is a field of a system of record. */
export const fromSource = <K extends RecordKind>(
  record: SourceRecord<K>,
  {
    name,
    sink,
    field,
  }: Pick<Argument, "name" | "sink"> & { field: (keyof FieldsOf<K> & string) | "id" },
): Argument => ({
  name,
  sink,
  label: "SOR",
  value: field === "id" ? record.source.id : valueOf(record, field),
  from: { record: refOf(record.source), field },
});

/** An argument by code, from what was read. */
export const byCode = (name: string, sink: "text" | "choice", value: EvidenceValue): Argument => ({
  name,
  sink,
  label: "DERIVED",
  value,
  from: null,
});
