import { defaultFreshness, type FreshnessLimit } from "../health/freshness.ts";

/** Limits of the detectors, as a firm's own data. Days are business days unless named otherwise. */
export type DetectionSettings = {
  /** From a won deal to its project. */
  readonly handoffDays: number;
  /** Percent of budget, rising. */
  readonly budgetPercents: readonly number[];
  /** Burnt budget ahead of progress by so many points is worth a look. */
  readonly burnLeadPoints: number;
  readonly timesheetDays: number;
  readonly acceptanceDays: number;
  readonly approvalDays: number;
  readonly invoiceTargetDays: number;
  /** Soft blockers of an invoice are told when so few days are left. */
  readonly invoiceNoticeDays: number;
  /** An approver's queue below this is never a bottleneck. */
  readonly queueFloor: number;
  readonly readyDays: number;
  /** Percent of the budget. */
  readonly offPlanPercent: number;
  /** Calendar days before a seat must be filled. */
  readonly staffingNoticeDays: number;
  /** Calendar days. */
  readonly renewalNoticeDays: number;
  readonly sponsorSilenceDays: number;
  readonly slipDays: number;
  /** Without a word of the lead. */
  readonly reportDays: number;
  readonly marginPoints: number;
  /** So many findings of one cause become one case. */
  readonly stormSize: number;
  readonly freshness: readonly FreshnessLimit[];
  readonly sourceNote: string;
};

const judgement = "A judgement, not a standard. Set per firm.";

export const defaultDetection: DetectionSettings = {
  handoffDays: 5,
  budgetPercents: [70, 80, 90, 100],
  burnLeadPoints: 10,
  timesheetDays: 2,
  acceptanceDays: 6,
  approvalDays: 2,
  invoiceTargetDays: 5,
  invoiceNoticeDays: 2,
  queueFloor: 5,
  readyDays: 3,
  offPlanPercent: 2,
  staffingNoticeDays: 10,
  renewalNoticeDays: 120,
  sponsorSilenceDays: 30,
  slipDays: 3,
  reportDays: 8,
  marginPoints: 3,
  stormSize: 5,
  freshness: [
    ...defaultFreshness,
    { system: "hris", minutes: 72 * 60, critical: false, sourceNote: judgement },
    { system: "itsm", minutes: 48 * 60, critical: false, sourceNote: judgement },
  ],
  sourceNote: judgement,
};
