import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Tx } from "../open-database.ts";
import {
  foldUntil,
  type RecordRow,
  recordColumns,
  recordOf,
  type Subjects,
} from "./fold-records.ts";
import { eventsOfSubjects } from "./read-events.ts";

export type RecordsAsked = {
  readonly kinds: readonly RecordKind[];
  /** As known once everything recorded up to then had arrived; null: as known now. */
  readonly asOf: string | null;
  /** Kinds whose events come along. */
  readonly history: readonly RecordKind[];
};

export type RecordsPage = {
  readonly records: readonly FoldedRecord[];
  readonly events: readonly OperationsEvent[];
};

export type PageEnd = { readonly kind: string; readonly id: string };

/** The next page of the firm's records in the order of kind and id; null when there are no more. */
export async function recordsPage(
  tx: Tx,
  asked: RecordsAsked,
  { after, size }: { after: PageEnd | null; size: number },
): Promise<{ page: RecordsPage; last: PageEnd } | null> {
  const found = await tx.query<RecordRow>(
    `select ${recordColumns} from twin_record
      where kind = any($1) and (kind, id) > ($2, $3) order by kind, id limit $4`,
    [asked.kinds, after?.kind ?? "", after?.id ?? "", size],
  );
  const end = found.rows.at(-1);
  if (!end) return null;
  const subjects = subjectsOf(found.rows);
  const told = subjectsOf(found.rows.filter(({ kind }) => asked.history.includes(kind)));
  return {
    page: {
      records:
        asked.asOf === null ? found.rows.map(recordOf) : await foldUntil(tx, subjects, asked.asOf),
      events:
        told.ids.length === 0 ? [] : await eventsOfSubjects(tx, told, asked.asOf ?? "infinity"),
    },
    last: { kind: end.kind, id: end.id },
  };
}

const subjectsOf = (rows: readonly RecordRow[]): Subjects => ({
  kinds: rows.map(({ kind }) => kind),
  ids: rows.map(({ id }) => id),
});
