import type { ApprovalOutcome } from "./approval.ts";
import type { Day, Moment } from "./calendar.ts";
import type { Billing } from "./staffing-plan.ts";

/** What an invoice waits for, in the order in which the office needs it. */
export const waits = [
  "change",
  "time",
  "twin",
  "time approval",
  "delivery",
  "acceptance",
  "purchase order",
  "rates",
  "billing data",
  "hold",
  "invoice approval",
  "transfer",
  "run",
] as const;
export type WaitKind = (typeof waits)[number];
/** One wait of one invoice on one record. Half open. */
export type Wait = {
  readonly what: WaitKind;
  readonly record: { readonly type: string; readonly id: string };
  readonly from: Moment;
  readonly to: Moment;
  readonly source: string | null;
};

export type InvoiceLine = {
  readonly text: string;
  readonly netCents: number;
  readonly writtenDownCents: number;
  readonly grade: string | null;
  readonly minutes: number | null;
  readonly hourlyRateCents: number | null;
  readonly milestoneId: string | null;
  readonly changeOrderId: string | null;
};

/** One invoice with everything that held it. Moments may lie after today. */
export type SimulatedInvoice = {
  readonly id: string;
  readonly projectId: string;
  readonly clientId: string;
  readonly billing: Billing;
  readonly netCents: number;
  readonly periodStart: Day | null;
  readonly periodEnd: Day | null;
  readonly clock: Moment;
  readonly draftedAt: Moment;
  readonly waits: readonly Wait[];
  /** null where the automatic check let it pass. */
  readonly approval: ApprovalOutcome | null;
  readonly readyAt: Moment;
  readonly issuedAt: Moment;
  readonly paidAt: Moment;
  readonly earnedCents: number;
};

export type ChangeLine = {
  readonly line: InvoiceLine;
  readonly from: Moment;
  readonly declinedAt: Moment | null;
};

/** Something to be billed, with what must be there first. */
export type Demand = {
  readonly id: string;
  readonly clock: Moment;
  readonly periodStart: Day | null;
  readonly periodEnd: Day | null;
  readonly lines: readonly InvoiceLine[];
  /** Changes of scope that ride along from the day they were raised until somebody declines them. */
  readonly changes: readonly ChangeLine[];
  readonly upstream: readonly Wait[];
  readonly earnedCents: number;
  /** Everything upstream happened by then; drafting cannot be done before. */
  readonly readyUpstream: Moment;
};

/** A wait, or none where it would be over before it begins. */
export function span(
  what: WaitKind,
  record: Wait["record"],
  [from, to, source]: readonly [Moment, Moment, string | null],
): Wait[] {
  return to > from ? [{ what, record, from, to, source }] : [];
}

/** The change of circumstances behind most of a review's length. */
export const longest = ({ spans }: ApprovalOutcome): string | null =>
  spans.toSorted((one, other) => other.to - other.from - (one.to - one.from))[0]?.source ?? null;
