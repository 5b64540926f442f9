import { defaultFreshness, type FreshnessLimit } from "../health/freshness.ts";
import { thresholds } from "../thresholds.ts";

/** What a firm may set for itself. */
export type CauseSettings = {
  /** Business days from the clock's start to the issue of an invoice. */
  readonly targetBusinessDays: number;
  /** How old a source may be before what it says is in doubt. */
  readonly freshness: readonly FreshnessLimit[];
};

export const defaultCauseSettings: CauseSettings = {
  targetBusinessDays: thresholds.invoiceIssue.value,
  freshness: defaultFreshness,
};
