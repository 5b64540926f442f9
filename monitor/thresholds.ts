/** A limit that a rule compares with, and where it comes from. Shown next to the number. */
export type Threshold = {
  readonly value: number;
  readonly unit: string;
  readonly sourceNote: string;
};

/** Defaults; a tenant may set its own. */
export const thresholds = {
  timeApproval: {
    value: 1,
    unit: "business days",
    sourceNote:
      "Measured on a public approval log (BPIC 2020): half of all approvers decide within one business day. A default, not a standard.",
  },
  invoiceIssue: {
    value: 5,
    unit: "business days",
    sourceNote:
      "Seven calendar days from period close or acceptance, a second-hand industry target, as business days. Set per firm.",
  },
  approvalWait: {
    value: 2,
    unit: "business days",
    sourceNote:
      "Measured on a public approval log (BPIC 2020): three in four decisions take no longer. Set per firm.",
  },
  approvalCalendarWait: {
    value: 3,
    unit: "calendar days",
    sourceNote: "A wait over a weekend is felt as well. A judgement, not a standard. Set per firm.",
  },
  approvalCauseShare: {
    value: 0.4,
    unit: "of the wait",
    sourceNote:
      "What held a request for less than two fifths of its wait is not why it was late. A judgement.",
  },
  unclaimed: {
    value: 1,
    unit: "business days",
    sourceNote:
      "A group queue in which nobody takes a request within a day has no owner. A judgement.",
  },
  backAtDesk: {
    value: 0.5,
    unit: "business days",
    sourceNote:
      "What is decided on the first half day back had waited for the absence; later it had not. A judgement.",
  },
  catchUp: {
    value: 0.25,
    unit: "business days",
    sourceNote: "The first two hours back go to what piled up meanwhile. A judgement.",
  },
  busyDesk: {
    value: 4,
    unit: "requests a day",
    sourceNote: "Fewer new requests a day overload nobody, however few are usual. A judgement.",
  },
} as const satisfies Record<string, Threshold>;

/** Changes whenever the same facts could give another answer. */
export const rulesVersion = "invoice-delay-1";
