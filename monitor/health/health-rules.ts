import type { Comparison, Limit } from "../kpi/limit.ts";
import type { MeasureName } from "./health-measures.ts";

export type WeightedDimension =
  | "schedule"
  | "budget"
  | "resource"
  | "scope"
  | "quality"
  | "billing"
  | "time"
  | "client";
/** Approvals are a flag and hygiene a score of its own: neither moves the colour. */
export type Dimension = WeightedDimension | "approvals" | "hygiene";

/** Order of importance for sorting; they add up to 100. A judgement. */
export const dimensionWeights: Readonly<Record<WeightedDimension, number>> = {
  schedule: 20,
  budget: 20,
  resource: 12,
  scope: 10,
  quality: 10,
  billing: 12,
  time: 6,
  client: 10,
};

/** One rule, as a firm's own data. Limits are in the unit of the measure. */
export type HealthRule = {
  readonly rule: string;
  readonly version: string;
  readonly title: string;
  readonly dimension: Dimension;
  /** Red here alone makes the project red. */
  readonly critical: boolean;
  readonly amber: Limit<MeasureName> | null;
  readonly red: Limit<MeasureName> | null;
  /** Any one of the measures is enough to judge by. */
  readonly alternatives: boolean;
  readonly better: "higher" | "lower" | "near-zero";
  /** Where the limits come from, shown next to the number. */
  readonly sourceNote: string;
  /** Who may change them. */
  readonly owner: string;
};

const judgement = "A judgement, not a standard. Set per firm.";
const secondHand = "Second-hand industry figure, indicative only. Set per firm.";

const at = (measure: MeasureName, is: Comparison, limit: number): Limit<MeasureName> => ({
  measure,
  is,
  limit,
});

type Draft = Pick<HealthRule, "title" | "amber" | "red"> &
  Partial<Pick<HealthRule, "critical" | "alternatives" | "better" | "sourceNote">>;

const rule = (id: string, dimension: Dimension, draft: Draft): HealthRule => ({
  rule: id,
  version: "1",
  dimension,
  critical: false,
  alternatives: false,
  better: "lower",
  sourceNote: judgement,
  owner: "delivery operations",
  ...draft,
});

const untidy = (id: string, title: string, measure: MeasureName): HealthRule =>
  rule(id, "hygiene", { title, amber: at(measure, ">=", 1), red: null });

/** The shipped rules. A firm may change limits, notes and owners, or leave rules out. */
export const defaultRules: readonly HealthRule[] = [
  rule("SCH-1", "schedule", {
    title: "Schedule performance",
    critical: true,
    alternatives: true,
    better: "higher",
    amber: { any: [at("spi", "<", 0.95), at("spiTime", "<", 0.95)] },
    red: { any: [at("spi", "<", 0.85), at("spiTime", "<", 0.85)] },
    sourceNote: secondHand,
  }),
  rule("SCH-2", "schedule", {
    title: "Slip of the next contractual milestone",
    critical: true,
    amber: { any: [at("slipBusinessDays", ">", 5), at("slipPercent", ">", 10)] },
    red: { any: [at("slipBusinessDays", ">", 10), at("slipPercent", ">", 20)] },
  }),
  rule("SCH-3", "schedule", {
    title: "Share of open tasks that are overdue",
    amber: at("overdueTaskShare", ">=", 20),
    red: at("overdueTaskShare", ">", 60),
    sourceNote: "Bands documented by an onboarding product.",
  }),
  rule("SCH-4", "schedule", {
    title: "A milestone keeps moving",
    amber: at("milestoneMoves", ">=", 2),
    red: at("milestoneMoves", ">=", 3),
  }),
  rule("BUD-1", "budget", {
    title: "Cost performance",
    critical: true,
    better: "higher",
    amber: at("cpi", "<", 0.95),
    red: at("cpi", "<", 0.85),
    sourceNote: secondHand,
  }),
  rule("BUD-2", "budget", {
    title: "Hours are used while progress lags",
    amber: { all: [at("hoursUsed", ">=", 80), at("percentComplete", "<", 70)] },
    red: { all: [at("hoursUsed", ">=", 90), at("percentComplete", "<", 80)] },
    sourceNote: "80 % of planned hours is documented by a PSA vendor; the rest is a judgement.",
  }),
  rule("BUD-3", "budget", {
    title: "Forecast margin erodes",
    critical: true,
    amber: at("marginErosion", ">=", 3),
    red: at("marginErosion", ">=", 7),
  }),
  rule("BUD-4", "budget", {
    title: "Work on a change nobody has signed",
    amber: at("workAtRiskShare", ">=", 2),
    red: at("workAtRiskShare", ">=", 5),
  }),
  rule("RES-1", "resource", {
    title: "A role is not filled",
    better: "higher",
    amber: at("unfilledRoleStart", "<=", 10),
    red: at("unfilledRoleStart", "<", 0),
    sourceNote: "Ten days is documented by a PSA vendor.",
  }),
  rule("RES-2", "resource", {
    title: "A key person is overloaded, or leaves with no cover",
    amber: { any: [at("overloadedWeeks", ">=", 3), at("leavingWithoutCover", ">=", 1)] },
    red: { all: [at("overloadedWeeks", ">=", 3), at("leavingWithoutCover", ">=", 1)] },
  }),
  rule("RES-3", "resource", {
    title: "Team utilisation off plan",
    better: "near-zero",
    amber: { any: [at("utilisationVariance", ">=", 10), at("utilisationVariance", "<=", -10)] },
    red: { any: [at("utilisationVariance", ">=", 20), at("utilisationVariance", "<=", -20)] },
  }),
  rule("SCO-1", "scope", {
    title: "A change request is not decided",
    amber: at("openChangeAge", ">", 10),
    red: { any: [at("openChangeAge", ">", 20), at("openChangeShare", ">", 10)] },
  }),
  rule("SCO-2", "scope", {
    title: "Extra scope is asked for and not formalised",
    amber: at("uncoveredScopeCues", ">=", 1),
    red: at("uncoveredScopeCues", ">=", 3),
  }),
  rule("QUA-1", "quality", {
    title: "Delivered and not accepted",
    amber: at("unacceptedAge", ">", 10),
    red: at("unacceptedAge", ">", 20),
  }),
  rule("QUA-2", "quality", {
    title: "Rework, or a severe ticket past its limit",
    amber: at("reworkRate", ">", 10),
    red: { any: [at("reworkRate", ">", 20), at("severeTicketsPastLimit", ">=", 1)] },
  }),
  rule("BIL-1", "billing", {
    title: "Ready value is not billed",
    amber: at("unbilledReadyAge", ">", 7),
    red: at("unbilledReadyAge", ">", 21),
    sourceNote: "Seven days is a second-hand industry target; 21 days is a judgement.",
  }),
  rule("BIL-2", "billing", {
    title: "Invoices are blocked",
    critical: true,
    amber: at("blockedInvoiceShare", ">", 5),
    red: at("blockedInvoiceShare", ">", 15),
  }),
  rule("BIL-3", "billing", {
    title: "Receivables are overdue",
    amber: at("overdueReceivableDays", ">", 15),
    red: at("overdueReceivableDays", ">", 45),
    sourceNote: secondHand,
  }),
  rule("TIM-1", "time", {
    title: "Timesheet compliance",
    better: "higher",
    amber: at("timesheetCompliance", "<", 95),
    red: at("timesheetCompliance", "<", 85),
  }),
  rule("CLI-1", "client", {
    title: "The sponsor is silent",
    amber: at("sponsorSilence", ">", 30),
    red: at("sponsorSilence", ">", 60),
  }),
  rule("CLI-2", "client", {
    title: "The client is dissatisfied",
    amber: at("lowSatisfactionSigns", ">=", 1),
    red: at("lowSatisfactionSigns", ">=", 2),
  }),
  rule("CLI-3", "client", {
    title: "The sponsor changed or left",
    critical: true,
    amber: null,
    red: at("unmitigatedSponsorChanges", ">=", 1),
    sourceNote: "Documented by vendors as the red flag with the highest weight.",
  }),
  rule("APR-1", "approvals", {
    title: "An approval is waiting",
    amber: at("oldestPendingApproval", ">", 2),
    red: at("oldestPendingApproval", ">", 5),
    sourceNote:
      "Near the 75th and 90th percentile of a public approval log (BPIC 2020); levels may not transfer.",
  }),
  untidy("HYG-1", "Items without an owner", "itemsWithoutOwner"),
  untidy("HYG-2", "Items without a date", "itemsWithoutDate"),
  untidy("HYG-3", "Broken dependencies", "brokenDependencies"),
  untidy("HYG-4", "Milestones after go-live", "milestonesAfterGoLive"),
  untidy("HYG-5", "No update for 14 days", "staleItems"),
];
