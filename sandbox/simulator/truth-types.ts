import type { NoteMark, SimulatedNote } from "./notes.ts";
import type { Meaning } from "./truth-catalogue.ts";

/*
 * What was really so. For tests and evals only: nothing that a system of record shows leads here.
 * All lengths are business days of the firm's calendar.
 */

export type TruthInterval = {
  readonly recordType: string;
  readonly recordId: string;
  readonly from: string;
  readonly to: string;
  readonly interventionId: string | null;
};
export type InvoiceCauseTruth = {
  readonly code: string;
  /** Attributed upstream first; over all causes, with `unexplainedDays`, the window. */
  readonly days: number;
  readonly soleDays: number;
  readonly sharedDays: number;
  /** How much earlier it would have been ready without this cause. Does not add up. */
  readonly savedDays: number;
  /** Still holding at the anchor. */
  readonly open: boolean;
  readonly intervals: readonly TruthInterval[];
};
export type InvoiceTruth = {
  readonly invoiceId: string;
  readonly projectId: string;
  readonly billing: string;
  readonly netCents: number;
  readonly clockStart: string;
  /** Where it will go out after the anchor, that is known here and nowhere else. */
  readonly issuedAt: string;
  readonly paidAt: string;
  readonly issuedByAnchor: boolean;
  readonly windowDays: number;
  /** More than five business days from the clock's start, up to the issue or the anchor. */
  readonly late: boolean;
  /** Most days first; at least one full business day each; none where it was not late. */
  readonly causes: readonly InvoiceCauseTruth[];
  readonly topCause: string | null;
  readonly unexplainedDays: number;
};
export type ApprovalTruth = {
  readonly approvalId: string;
  readonly kind: string;
  readonly projectId: string | null;
  readonly requestedAt: string;
  readonly decidedAt: string;
  readonly waitDays: number;
  /** More than two business days, or more than three calendar days. */
  readonly late: boolean;
  /** What held it most; null when not late, or when somebody was simply slow. */
  readonly cause: string | null;
  readonly spans: readonly {
    readonly code: string;
    readonly days: number;
    readonly from: string;
    readonly to: string;
    readonly interventionId: string | null;
  }[];
};
export type ProjectTruth = {
  readonly projectId: string;
  readonly effortRatio: number;
  /** Business days from the last baseline to the last delivery. */
  readonly lateness: number;
  readonly slips: readonly {
    readonly code: string;
    readonly from: string;
    readonly days: number;
    readonly interventionId: string | null;
  }[];
  readonly marginAtSale: number;
  /** On everything that will have been worked and billed. */
  readonly marginAtEnd: number;
  readonly states: readonly {
    readonly on: string;
    readonly complete: number;
    readonly burn: number;
    readonly slipDays: number;
    readonly level: "green" | "amber" | "red";
  }[];
  readonly clean: boolean;
  readonly interventionIds: readonly string[];
};
export type NoteTruth = {
  readonly noteId: string;
  readonly projectId: string;
  readonly labels: readonly string[];
  readonly marks: readonly NoteMark[];
  readonly traits: SimulatedNote["traits"];
  readonly interventionIds: readonly string[];
};
/** One change of circumstances and all that followed from it. */
export type ScenarioTruth = Meaning & {
  readonly id: string;
  readonly scenario: string;
  readonly benign: boolean;
  readonly entityType: string;
  readonly entityId: string;
  readonly riskCodes: readonly string[];
  readonly onsetOn: string;
  /** When the first record showed it; null while none does. */
  readonly visibleFrom: string | null;
  readonly resolvesOn: string;
  readonly projectIds: readonly string[];
  readonly evidence: readonly { readonly recordType: string; readonly recordId: string }[];
  readonly valueAtRiskCents: number;
};
export type FirmTruth = {
  readonly invoices: readonly InvoiceTruth[];
  readonly approvals: readonly ApprovalTruth[];
  readonly projects: readonly ProjectTruth[];
  readonly notes: readonly NoteTruth[];
  readonly scenarios: readonly ScenarioTruth[];
  /** Runs the projects that it touched again without it. Throws RangeError when there is no such scenario. */
  without(scenarioId: string): Counterfactual;
};
/** What one change of circumstances cost, by running the same firm without it. */
export type Counterfactual = {
  readonly scenarioId: string;
  readonly invoices: readonly {
    readonly invoiceId: string;
    readonly issuedAt: string;
    readonly issuedWithout: string;
    readonly savedDays: number;
    readonly paidAt: string;
    readonly paidWithout: string;
  }[];
  readonly projects: readonly {
    readonly projectId: string;
    readonly endsOn: string;
    readonly endsWithout: string;
    readonly savedDays: number;
    readonly marginPoints: number;
  }[];
};
