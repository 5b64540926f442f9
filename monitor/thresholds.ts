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
} as const satisfies Record<string, Threshold>;

/** Changes whenever the same facts could give another answer. */
export const rulesVersion = "invoice-delay-1";
