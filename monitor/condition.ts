import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import type { Evidence } from "#/domain/evidence.ts";
import type { RecordRef } from "#/domain/record.ts";

/**
 * One thing that must be so before the invoice may go out. It holds the invoice back from
 * `blocksFrom` until `metAt`; before `blocksFrom` it is merely not finished yet.
 */
export type Condition = {
  readonly cause: InvoiceCauseCode;
  readonly record: RecordRef;
  /** In our words; names from the systems are cleaned. */
  readonly detail: string;
  /** null: it cannot be late, or the source does not say since when. */
  readonly blocksFrom: string | null;
  readonly met: boolean;
  /** null: not met yet, or the source does not say when. */
  readonly metAt: string | null;
  /** One link of the evidence is our inference. */
  readonly inferred: boolean;
  readonly evidence: readonly Evidence[];
};

/** Upstream first: whoever comes first in this list answers for shared time. */
export const dependencyOrder: readonly InvoiceCauseCode[] = [
  "INV-3",
  "INV-1",
  "INV-2",
  "INV-4",
  "INV-8",
  "INV-12",
];

export const causeTitles: Readonly<Record<InvoiceCauseCode, string>> = {
  "INV-1": "Time entries are missing",
  "INV-2": "Submitted time is not approved",
  "INV-3": "A change order is not decided",
  "INV-4": "A delivered milestone is not accepted",
  "INV-8": "The invoice waits in the approval queue",
  "INV-12": "The invoice waits for the billing run",
};
