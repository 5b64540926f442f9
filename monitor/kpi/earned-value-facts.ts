import type { Money } from "#/domain/money.ts";
import type { Source } from "#/domain/record.ts";
import type { Listing } from "./intake.ts";

/** Work the client has not signed is outside the budget, and shown as at risk. */
export type Scope = "baseline" | "approved-change" | "unapproved-change";

/** One piece of planned work: a task, a phase or a milestone. null: the system does not say. */
export type WorkPackage = {
  readonly source: Source;
  readonly scope: Scope;
  readonly budget: Money | null;
  readonly dueOn: string | null;
  /** Whole percent, 0 to 100. */
  readonly percentComplete: number | null;
  /** The percentage is somebody's opinion, so it is weighted by `selfReported`. */
  readonly selfReported: boolean;
  readonly startedOn: string | null;
  readonly finishedOn: string | null;
};

/** Effort, expenses and subcontractor accruals, at cost. Aggregate per week where there are many. */
export type CostItem = {
  readonly source: Source;
  readonly scope: Scope;
  readonly kind: "effort" | "expense" | "subcontractor";
  /** Only approved and submitted cost counts. */
  readonly state: "draft" | "submitted" | "approved" | "rejected";
  readonly cost: Money | null;
  readonly on: string;
};

/**
 * One percentage for the whole project. It is somebody's opinion, so it earns no further than the
 * first package that is not finished, whatever is claimed.
 */
export type OverallProgress = {
  readonly source: Source;
  readonly field: string;
  /** Whole percent, 0 to 100. */
  readonly percentComplete: number | null;
  /**
   * The civil day whose evening it speaks of: plan and time are read there too. null: nothing recent
   * was said, so they are read now.
   */
  readonly reportedOn: string | null;
};

export type EarnedValueFacts = {
  readonly startsOn: string | null;
  /** Actual end; the clock of SPI(t) stops there. */
  readonly finishedOn: string | null;
  readonly project: Source;
  readonly packages: Listing<WorkPackage> | null;
  readonly costs: Listing<CostItem> | null;
  /** Time and materials: the authorised purchase order or cap. null: burn is of the budget. */
  readonly authorised: { readonly source: Source; readonly amount: Money | null } | null;
  /** Bottom-up estimate to complete; null: none was made. */
  readonly estimateToComplete: {
    readonly source: Source;
    readonly amount: Money;
    readonly madeOn: string;
  } | null;
  /** How self-reported progress earns: nothing until done, or half at the start. */
  readonly selfReported: "percent" | "0/100" | "50/50";
  /** What is reported for the whole project at once. Left out: the packages say it themselves. */
  readonly overall?: OverallProgress;
};
