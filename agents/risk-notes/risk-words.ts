import type { RiskCode, RiskOwner } from "./risk-label.ts";

/** What gives a risk away, as phrases (see `phrase`). */
export type Words = {
  readonly code: RiskCode;
  readonly owner: RiskOwner;
  /** How bad and how near it usually is when it is there. */
  readonly severity: 1 | 2 | 3 | 4;
  /** Say it plainly, a negation of their own included. */
  readonly signs: readonly string[];
  /** Speak of its subject: a sign only beside a word of trouble, or of being over, feared or denied. */
  readonly subjects: readonly string[];
};
