import type { InvoiceCauseCode } from "#/domain/assessment.ts";
import type { RecordRef } from "#/domain/record.ts";
import type { Observed } from "./kpi/intake.ts";

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
  readonly evidence: readonly Observed[];
};

/** Upstream first: whoever comes first in this list answers for shared time. */
export const dependencyOrder: readonly InvoiceCauseCode[] = [
  "INV-3",
  "INV-1",
  "INV-13",
  "INV-2",
  "INV-5",
  "INV-4",
  "INV-6",
  "INV-7",
  "INV-9",
  "INV-10",
  "INV-8",
  "INV-11",
  "INV-12",
];

export const causeTitles: Readonly<Record<InvoiceCauseCode, string>> = {
  "INV-1": "Time entries are missing",
  "INV-2": "Submitted time is not approved",
  "INV-3": "A change order is not decided",
  "INV-4": "A delivered milestone is not accepted",
  "INV-5": "A billed milestone is not delivered",
  "INV-6": "The client's purchase order is missing, used up or expired",
  "INV-7": "A line's rate is not the contract's",
  "INV-8": "The invoice waits in the approval queue",
  "INV-9": "The client's billing data is wrong",
  "INV-10": "The invoice is on hold",
  "INV-11": "The transfer to the ledger failed",
  "INV-12": "The invoice waits for the billing run",
  "INV-13": "Time is booked on a second project of the same deal",
};
