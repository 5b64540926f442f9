import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { TenantId } from "#/domain/ids.ts";
import { type RecordKind, recordKinds, systemOfKind } from "#/domain/operating-model.ts";
import type { AttributeValue } from "#/domain/operations-event.ts";
import { type ChangeFeed, observation, type SourceRecord } from "./keep-twin.ts";
import type { OperationsStore } from "./operations-store.ts";

export type ReconcileNeeds = {
  readonly feed: Pick<ChangeFeed, "present">;
  readonly store: Pick<OperationsStore, "firmRecords" | "receive">;
  /** By default every kind. */
  readonly kinds?: readonly RecordKind[];
  /** false: differences are only listed. */
  readonly heal: boolean;
  readonly now: () => string;
  readonly log: (message: string, cause: unknown) => void;
};

/**
 * `unknown`: the source has a record that we do not. `differs`: fields do. `ahead`: we know a later
 * version than the source shows, such as after a restored backup; nothing of ours is taken back.
 * `gone`: the source no longer lists it.
 */
export type TwinDifference = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly what: "unknown" | "differs" | "ahead" | "gone";
  readonly fields: readonly {
    readonly field: string;
    readonly ours: AttributeValue;
    readonly theirs: AttributeValue;
  }[];
  /** A `…observed` event was recorded: the source wins. */
  readonly healed: boolean;
};

export type Reconciled = {
  readonly compared: number;
  readonly differences: readonly TwinDifference[];
  /** Kinds that the source did not list in full: nothing is said about those. */
  readonly unread: readonly RecordKind[];
};

/**
 * Compares the twin with what the sources show now. The source wins, by an event of ours that says what
 * we saw; nothing is ever written to a source. Call it after `catchUp`, or what was not read yet counts
 * as a difference.
 */
export async function reconcile(tenant: TenantId, needs: ReconcileNeeds): Promise<Reconciled> {
  const differences: TwinDifference[] = [];
  const unread: RecordKind[] = [];
  let compared = 0;
  for (const kind of needs.kinds ?? recordKinds) {
    const ours = new Map<string, FoldedRecord>();
    for await (const { records } of needs.store.firmRecords(tenant, {
      kinds: [kind],
      asOf: null,
      history: [],
    }))
      for (const record of records) ours.set(record.id, record);
    try {
      for await (const page of needs.feed.present(kind)) {
        compared += page.length;
        differences.push(...(await comparePage(tenant, { page, ours }, needs)));
      }
    } catch (cause) {
      needs.log(`the ${kind} records of ${systemOfKind[kind]} could not be listed`, cause);
      unread.push(kind);
      continue;
    }
    for (const { id } of ours.values())
      differences.push({ kind, id, what: "gone", fields: [], healed: false });
  }
  return { compared, differences, unread };
}

/** Takes what the page shows out of `ours`, so that what remains at the end is gone. */
async function comparePage(
  tenant: TenantId,
  { page, ours }: { page: readonly SourceRecord[]; ours: Map<string, FoldedRecord> },
  needs: ReconcileNeeds,
): Promise<TwinDifference[]> {
  const found = page.flatMap((record) => {
    const known = ours.get(record.id) ?? null;
    ours.delete(record.id);
    const difference = compare(record, known);
    return difference ? [{ difference, record }] : [];
  });
  const healable = found.filter(({ difference }) => difference.what !== "ahead");
  if (!needs.heal || healable.length === 0) return found.map(({ difference }) => difference);
  const at = needs.now();
  const { fresh } = await needs.store.receive(
    tenant,
    healable.map(({ record }) => observation(record, at)),
  );
  const healed = new Set(fresh.map(({ subject }) => subject.id));
  return found.map(({ difference }) => ({ ...difference, healed: healed.has(difference.id) }));
}

function compare(
  record: SourceRecord,
  known: FoldedRecord | null,
): (Omit<TwinDifference, "healed"> & { healed: false }) | null {
  const { kind, id } = record;
  if (!known) return { kind, id, what: "unknown", fields: [], healed: false };
  const names = new Set([...Object.keys(record.fields), ...Object.keys(known.fields)]);
  const fields = [...names].toSorted().flatMap((field) => {
    const ours = known.fields[field] ?? null;
    const theirs = record.fields[field] ?? null;
    return ours === theirs ? [] : [{ field, ours, theirs }];
  });
  if (fields.length === 0) return null;
  const what = known.version > record.version ? "ahead" : "differs";
  return { kind, id, what, fields, healed: false };
}
