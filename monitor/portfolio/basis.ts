import type { Money } from "#/domain/money.ts";
import { type FieldsOf, type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import type { Source, SystemKind } from "#/domain/record.ts";
import type { Observed } from "../kpi/intake.ts";
import type { Kpi } from "../kpi/kpi.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";

/** Fields of a record as they were read: what a number rests on, citable as it stands. */
export const fieldsOf = <K extends RecordKind>(
  record: TwinRecord<K>,
  ...names: readonly (keyof FieldsOf<K> & string)[]
): Observed[] =>
  names.map((field) => ({
    source: record.source,
    field,
    // Every field of the operating model is text, a number, a flag or null.
    value: record.fields[field] as Observed["value"],
  }));

/** The records whose field has a value, and the fact that there are so many of them. */
export type Listed<K extends RecordKind> = {
  readonly records: readonly TwinRecord<K>[];
  /** The question as a record of its own, so that "there are none" has evidence too. */
  readonly source: Source;
  readonly count: Observed;
};

/** The question is cited as `psa:task:projectId=P-1`, field `count`. */
export function listed<K extends RecordKind>(
  view: FirmView,
  kind: K,
  [field, value]: readonly [keyof FieldsOf<K> & string, string],
): Listed<K> {
  const records = view.by(kind, field, value);
  const system = systemOfKind[kind];
  const source: Source = {
    system,
    type: kind,
    id: `${field}=${value}`,
    connection: records[0]?.source.connection ?? "twin",
    revision: null,
    retrievedAt: view.lastRead[system] ?? view.asOf,
    url: null,
  };
  return { records, source, count: { source, field: "count", value: records.length } };
}

/**
 * The same number resting on fields of records instead of on what was computed from them. What was
 * missing stays missing.
 */
export function restingOn(kpi: Kpi, basis: readonly Observed[]): Kpi {
  const missing = kpi.coverage.required - kpi.coverage.present;
  return {
    ...kpi,
    inputs: basis,
    coverage: { present: basis.length, required: basis.length + missing },
  };
}

/** Every one of these systems has answered at least once. What was never read is not known (P6). */
export const wereRead = (view: FirmView, systems: readonly SystemKind[]): boolean =>
  systems.every((system) => view.lastRead[system] != null);

export const money = (minor: number, currency: string): Money => ({ minor, currency });

/** Minutes at a price per hour, to the nearest minor unit. */
export const priced = (minutes: number, perHour: number): number =>
  Math.round((minutes * perHour) / 60);
