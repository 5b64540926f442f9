import type { RecordKind } from "./operating-model.ts";
import type { AttributeValue } from "./operations-event.ts";
import type { SystemKind } from "./record.ts";

/** What the events of one record amount to, before anybody asked whether its fields are complete. */
export type FoldedRecord = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly fields: Readonly<Record<string, AttributeValue>>;
  /** The highest version of the source that we know of. */
  readonly version: number;
  /** When the newest event about it happened, and when its system learned of it. */
  readonly changedAt: string;
  readonly recordedAt: string;
  readonly connection: string;
  readonly system: SystemKind;
};

/** A record with versions that never arrived. */
export type Gap = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly system: SystemKind;
  /** Versions below the highest that never arrived; the first 100. */
  readonly missing: readonly number[];
};
