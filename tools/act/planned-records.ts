import { isRecordKind, type RecordKind } from "#/domain/operating-model.ts";
import type { AttributeValue } from "#/domain/operations-event.ts";
import type { Effect } from "#/domain/proposal.ts";
import type { RecordRef } from "#/domain/record.ts";
import { EffectMissing, isRefused, type Receipt } from "#/domain/run.ts";
import type { ReadRecord, RecordWriter } from "#/tools/ports.ts";
import type { Preview } from "./define-action.ts";
import { refOf } from "./target-args.ts";

/** A record to be made. `part` names it among the others: `project`, `task-2`. */
export type Planned = {
  readonly part: string;
  readonly fields: Readonly<Record<string, AttributeValue>>;
};

/** The first of the made records, whose id the others may carry in a field. */
export type Links = { readonly field: string };

/** As effects on the record that asks for them: made records have no id before they are made. */
export const plannedEffects = (record: RecordRef, planned: readonly Planned[]): Effect[] =>
  planned.flatMap(({ part, fields }) =>
    Object.entries(fields).map(([field, after]) => ({
      record,
      field: `${part}.${field}`,
      before: null,
      after,
    })),
  );

/** What was approved, record by record, in its order. */
export function plannedIn({ effects }: Preview): Planned[] {
  const parts = new Map<string, Record<string, AttributeValue>>();
  for (const { field, after } of effects) {
    const [part = "", name] = field.split(".");
    if (name === undefined) continue;
    const fields = parts.get(part) ?? {};
    fields[name] = after;
    parts.set(part, fields);
  }
  return [...parts].map(([part, fields]) => ({ part, fields }));
}

function kindOf(part: string): RecordKind {
  const kind = part.replace(/-\d+$/, "");
  if (!isRecordKind(kind)) throw new TypeError(`the payload plans no kind of record: ${part}`);
  return kind;
}

/**
 * Makes what is not there yet, one after the other: begun again, it goes on where it ended. A refusal of
 * the first is a refusal of all; one of a later part leaves something behind, so it is no refusal.
 */
export async function makePlanned(
  planned: readonly Planned[],
  { key, writer, link }: { key: string; writer: RecordWriter; link: string | null },
): Promise<void> {
  let first: ReadRecord | null = null;
  for (const { part, fields } of planned) {
    const kind = kindOf(part);
    const order = { kind, key: `${key}:${part}` };
    const linked = first && link ? { ...fields, [link]: first.source.id } : fields;
    try {
      if (!(await writer.findCreated(kind, order.key)))
        await writer.create({ ...order, fields: linked });
    } catch (error) {
      if (first && isRefused(error))
        throw new Error(`${first.source.id} stands, and ${part} was refused: ${error.message}`, {
          cause: error,
        });
      throw error;
    }
    first ??= await writer.findCreated(kind, order.key);
    if (!first) throw new EffectMissing(`The system answered, and the ${part} is not there.`);
  }
}

/** null as long as one of the parts is not there. */
export async function findPlanned(
  parts: readonly string[],
  { key, writer }: { key: string; writer: RecordWriter },
): Promise<ReadRecord[] | null> {
  const found: ReadRecord[] = [];
  for (const part of parts) {
    const record = await writer.findCreated(kindOf(part), `${key}:${part}`);
    if (!record) return null;
    found.push(record);
  }
  return found;
}

/** Compares each made record with what was approved, and reports the first. */
export async function verifyPlanned(
  planned: readonly Planned[],
  at: { key: string; writer: RecordWriter },
): Promise<Receipt> {
  const found = await findPlanned(
    planned.map(({ part }) => part),
    at,
  );
  if (!found) throw new EffectMissing("The system answered, and part of the plan is not there.");
  for (const [index, { part, fields }] of planned.entries())
    for (const [field, value] of Object.entries(fields))
      if (found[index]?.fields[field] !== value)
        throw new EffectMissing(`The ${part} is there, and its ${field} is not what was approved.`);
  return receiptOf(found);
}

export function receiptOf(found: readonly ReadRecord[]): Receipt {
  const [first] = found;
  if (!first) throw new TypeError("a plan has at least one record");
  return {
    record: refOf(first.source),
    externalId: first.source.id,
    url: first.source.url,
    observed: {
      ...first.fields,
      ...(found.length > 1 ? { made: found.map(({ source }) => source.id).join(", ") } : {}),
    },
    verifiedAt: first.source.retrievedAt,
  };
}
