import type { EarnedValue } from "../earned-value.ts";
import type { Kpi, KpiUnit } from "../kpi.ts";
import type { ProjectMargin } from "../project-margin.ts";

export type ValueSet = { readonly earned: EarnedValue; readonly margin: ProjectMargin };

export type EarnedValueLine = {
  readonly kpi: string;
  readonly title: string;
  readonly unit: KpiUnit;
  readonly meaning: string;
  readonly read: (set: ValueSet) => Kpi;
  /** false: an index of one project that cannot be added up. */
  readonly adds?: boolean;
};

/** What can be asked about earned value and margin. */
export const earnedValueLines: readonly EarnedValueLine[] = [
  {
    kpi: "bac",
    title: "Budget at completion",
    unit: "minor units",
    meaning: "Planned cost of the project, signed changes included.",
    read: ({ earned }) => earned.bac,
  },
  {
    kpi: "pv",
    title: "Planned value",
    unit: "minor units",
    meaning: "Budget of the stages that should be done by now.",
    read: ({ earned }) => earned.pv,
  },
  {
    kpi: "ev",
    title: "Earned value",
    unit: "minor units",
    meaning:
      "Budget times the progress reported, no further than the first milestone not delivered.",
    read: ({ earned }) => earned.ev,
  },
  {
    kpi: "ac",
    title: "Actual cost",
    unit: "minor units",
    meaning: "Hours handed in at cost, and expenses the client does not pay.",
    read: ({ earned }) => earned.ac,
  },
  {
    kpi: "cv",
    title: "Cost variance",
    unit: "minor units",
    meaning: "Earned value less actual cost.",
    read: ({ earned }) => earned.cv,
  },
  {
    kpi: "sv",
    title: "Schedule variance",
    unit: "minor units",
    meaning: "Earned value less planned value.",
    read: ({ earned }) => earned.sv,
  },
  {
    kpi: "cpi",
    title: "Cost performance",
    unit: "ratio",
    meaning: "Earned value over actual cost; below 1 the work costs more than planned.",
    read: ({ earned }) => earned.cpi,
  },
  {
    kpi: "spi",
    title: "Schedule performance",
    unit: "ratio",
    meaning: "Earned value over planned value; below 1 the work is late.",
    read: ({ earned }) => earned.spi,
  },
  {
    kpi: "spi-time",
    title: "Schedule performance in time",
    unit: "ratio",
    meaning: "Time the plan gives the work done, over the time it took.",
    read: ({ earned }) => earned.spiTime,
    adds: false,
  },
  {
    kpi: "percent-complete",
    title: "Work done",
    unit: "percent",
    meaning: "Earned value of the budget.",
    read: ({ earned }) => earned.percentComplete,
  },
  {
    kpi: "burn",
    title: "Budget spent",
    unit: "percent",
    meaning: "Actual cost of the budget.",
    read: ({ earned }) => earned.burn,
  },
  {
    kpi: "burn-gap",
    title: "Spent beyond progress",
    unit: "percentage points",
    meaning: "Share of the budget spent less share of the work done.",
    read: ({ earned }) => earned.burnGap,
    adds: false,
  },
  {
    kpi: "eac",
    title: "Estimate at completion",
    unit: "minor units",
    meaning: "What the project will have cost: the fresh estimate of the lead, else the trend.",
    read: ({ earned }) => earned.eac,
  },
  {
    kpi: "eac-low",
    title: "Estimate at completion, lowest",
    unit: "minor units",
    meaning: "The lowest of the usual estimates.",
    read: ({ earned }) => earned.eacLow,
    adds: false,
  },
  {
    kpi: "eac-high",
    title: "Estimate at completion, highest",
    unit: "minor units",
    meaning: "The highest of the usual estimates.",
    read: ({ earned }) => earned.eacHigh,
    adds: false,
  },
  {
    kpi: "vac",
    title: "Variance at completion",
    unit: "minor units",
    meaning: "Budget less estimate; negative is an overrun.",
    read: ({ earned }) => earned.vac,
  },
  {
    kpi: "vac-share",
    title: "Variance at completion, share",
    unit: "percent",
    meaning: "Variance at completion of the budget.",
    read: ({ earned }) => earned.vacShare,
  },
  {
    kpi: "tcpi",
    title: "Efficiency needed",
    unit: "ratio",
    meaning: "How efficient the rest must be to end on budget.",
    read: ({ earned }) => earned.tcpi,
  },
  {
    kpi: "work-at-risk",
    title: "Work nobody signed",
    unit: "minor units",
    meaning: "Cost of work outside the plan that no signed change order covers.",
    read: ({ earned }) => earned.workAtRisk,
  },
  {
    kpi: "work-at-risk-share",
    title: "Work nobody signed, share",
    unit: "percent",
    meaning: "The same of the budget.",
    read: ({ earned }) => earned.workAtRiskShare,
  },
  {
    kpi: "margin-to-date",
    title: "Margin to date",
    unit: "percent",
    meaning: "Issued invoices less actual cost, of the invoices.",
    read: ({ margin }) => margin.toDate,
  },
  {
    kpi: "forecast-margin",
    title: "Forecast margin",
    unit: "percent",
    meaning: "Contract and signed changes less the estimate at completion.",
    read: ({ margin }) => margin.forecast,
  },
  {
    kpi: "margin-erosion",
    title: "Margin erosion",
    unit: "percentage points",
    meaning: "Margin when sold less forecast margin.",
    read: ({ margin }) => margin.erosion,
    adds: false,
  },
  {
    kpi: "pending-upside",
    title: "Changes not signed",
    unit: "minor units",
    meaning: "Value of change orders nobody has signed; never counted in a margin.",
    read: ({ margin }) => margin.pendingUpside,
  },
];
