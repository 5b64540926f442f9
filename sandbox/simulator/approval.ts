import type { Moment } from "./calendar.ts";
import type { RecordShapes } from "./records.ts";

/** What held a request up, in neutral words; the truth translates them. */
export type HoldUp =
  | "absent"
  | "overloaded"
  | "inactive"
  | "incomplete"
  | "levels"
  | "unclaimed"
  | "unnoticed"
  | "disagreement"
  | "upstream"
  | "outlived"
  | "timer";
/** `source` names the change of circumstances, null when it came by chance. */
export type HoldUpSpan = {
  readonly what: HoldUp;
  readonly from: Moment;
  readonly to: Moment;
  readonly source: string | null;
};

export type ApprovalRequest = {
  readonly id: string;
  readonly kind: RecordShapes["approval"]["kind"];
  readonly subjectType: string;
  readonly subjectId: string;
  readonly projectId: string | null;
  readonly clientId: string | null;
  readonly amountCents: number | null;
  readonly requesterId: string;
  readonly approverId: string;
  readonly pace: ApproverPace;
  readonly requestedAt: Moment;
  /** Requests with the same name are decided in one sitting, more or less. */
  readonly sitting?: string;
  /** Multiplies the time it takes; below 1 where everybody waits for it. */
  readonly haste?: number;
};
export type ApproverPace = keyof typeof paces;

/** Median in business days and log spread of a human decision. */
export const paces = { line: [0.85, 0.94], budget: [1.7, 0.64], director: [1, 1.2] } as const;
/** An invoice above this needs a director as well. */
export const directorFrom = 120_000_00;

export type ApprovalOutcome = {
  readonly request: ApprovalRequest;
  /** The first time that somebody decided anything, if only to ask back. */
  readonly firstDecidedAt: Moment;
  readonly decidedAt: Moment;
  readonly decision: "approved" | "rejected" | "withdrawn";
  readonly decidedBy: string;
  readonly spans: readonly HoldUpSpan[];
};

/* What people write to each other over a request. */
export const questions = [
  "Which cost centre is this for?",
  "The attachment does not open, please send it again.",
  "Where is the client's order number?",
  "Hours and amount do not match, please check.",
] as const;
export const answers = [
  "Added, please look again.",
  "Here is the new version.",
  "Sorry, that was the wrong file. Corrected.",
] as const;
export const objections = [
  "I do not agree with this amount, the first draft was lower.",
  "The lower figure left out the second site.",
  "Then the second site should be its own position.",
  "Split as you asked.",
] as const;
