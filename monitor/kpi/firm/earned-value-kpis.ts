import { earnedValueOf } from "../../portfolio/earned-value-of.ts";
import { marginOf } from "../../portfolio/measure-margin.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import { measureSchedule } from "../../portfolio/measure-schedule.ts";
import type { FirmView } from "../../twin/firm-view.ts";
import type { Context } from "../context.ts";
import type { EarnedValue } from "../earned-value.ts";
import { createIntake, type Listing, standingOn } from "../intake.ts";
import { amount, type Kpi, type KpiUnit, noValue, quotient } from "../kpi.ts";
import type { ProjectMargin } from "../project-margin.ts";
import { type Draft, type FirmKpi, firmKpi } from "./firm-kpi.ts";
import { placed, projectsIn } from "./selection.ts";

const practice = "Earned value practice; colour bands are second-hand and set per firm.";

type ValueSet = { readonly earned: EarnedValue; readonly margin: ProjectMargin };

type Line = {
  readonly kpi: string;
  readonly title: string;
  readonly unit: KpiUnit;
  readonly meaning: string;
  readonly read: (set: ValueSet) => Kpi;
  /** false: an index of one project that cannot be added up. */
  readonly adds?: boolean;
};

const lines: readonly Line[] = [
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

const sets = new WeakMap<FirmView, Map<string, ValueSet | null>>();

/** All lines of one project at once; asked for line by line, counted once per view. */
function setOf(view: FirmView, projectId: string): ValueSet | null {
  let known = sets.get(view);
  if (!known) sets.set(view, (known = new Map()));
  let set = known.get(projectId);
  if (set === undefined) {
    const about = projectWork(view, projectId);
    const earned = about && earnedValueOf(view, about);
    set = about && earned && { earned, margin: marginOf(view, about, earned) };
    known.set(projectId, set);
  }
  return set;
}

/** One project keeps its own number; of several, the tops and the bottoms are added. */
function together(
  kpis: Listing<Kpi> | null,
  { line, context }: { line: Line; context: Context },
): Kpi {
  const about = {
    kpi: line.kpi,
    unit: line.unit,
    asOf: context.asOf,
    from: (kpis?.items ?? []).map(standingOn),
    ...(line.unit === "minor units" && { currency: context.reporting.currency }),
  };
  if (kpis === null) return noValue(about, "missing-input");
  const [only] = kpis.items;
  if (only && kpis.items.length === 1) return only;
  const intake = createIntake();
  intake.list(kpis);
  const known = kpis.items.filter(({ value }) => value !== null);
  const whole = { ...about, from: [intake, ...about.from] };
  if (known.length === 0)
    return noValue(
      whole,
      kpis.items.find(({ reason }) => reason === "missing-input")?.reason ?? "none-found",
    );
  const top = known.reduce((sum, { numerator }) => sum + BigInt(numerator ?? 0), 0n);
  const bottom = known.reduce((sum, { denominator }) => sum + BigInt(denominator ?? 0), 0n);
  return line.unit === "minor units" ? amount(whole, top) : quotient(whole, top, bottom);
}

export const earnedValueKpis: readonly FirmKpi[] = [
  ...lines.map((line) =>
    firmKpi<Kpi>({
      kpi: line.kpi,
      title: line.title,
      unit: line.unit,
      meaning: line.meaning,
      sourceNote: practice,
      scopes: line.adds === false ? ["project"] : ["firm", "client", "project"],
      days: null,
      additive: line.adds !== false,
      systems: ["psa", "hris", "crm", "erp"],
      parts: ({ view, scope }) =>
        projectsIn(view, scope, "running").flatMap((project) => {
          // Amounts of another currency cannot be added without a rate.
          if (scope.kind !== "project" && project.fields.currency !== view.currency) return [];
          const set = setOf(view, project.id);
          if (!set) return [];
          const fact = line.read(set);
          return [
            placed(
              view,
              { record: project, projectId: project.id, title: project.fields.name },
              { fact, basis: fact.inputs },
            ),
          ];
        }),
      formula: (facts, context) => together(facts, { line, context }),
    }),
  ),
  ...(["slipBusinessDays", "slipPercent", "overdueTaskShare"] as const).map((name) =>
    firmKpi<Kpi>(scheduleDraft(name)),
  ),
];

function scheduleDraft(name: "slipBusinessDays" | "slipPercent" | "overdueTaskShare"): Draft<Kpi> {
  const about = {
    slipBusinessDays: [
      "milestone-slip-days",
      "Milestone slip",
      "business days",
      "Business days the next contractual milestone is behind its baseline.",
    ],
    slipPercent: [
      "milestone-slip-percent",
      "Milestone slip, share",
      "percent",
      "The same of the planned duration.",
    ],
    overdueTaskShare: [
      "overdue-task-share",
      "Overdue tasks",
      "percent",
      "Open tasks past their day, of all open tasks.",
    ],
  } as const;
  const [kpi, title, unit, meaning] = about[name];
  const adds = name === "overdueTaskShare";
  return {
    kpi,
    title,
    unit,
    meaning,
    sourceNote: "Bands are a judgement, set per firm.",
    scopes: adds ? ["firm", "client", "project"] : ["project"],
    days: null,
    additive: adds,
    systems: ["psa"],
    parts: ({ view, scope }) =>
      projectsIn(view, scope, "running").flatMap((project) => {
        const work = projectWork(view, project.id);
        if (!work) return [];
        const fact = measureSchedule(view, work)[name];
        return [
          placed(
            view,
            { record: project, projectId: project.id, title: project.fields.name },
            { fact, basis: fact.inputs },
          ),
        ];
      }),
    formula: (facts, context) =>
      together(facts, {
        line: { kpi, title, unit, meaning, read: ({ earned }) => earned.bac },
        context,
      }),
  };
}
