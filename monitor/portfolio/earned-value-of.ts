import { businessDays, civilDays, plusDays } from "../clocks/civil-days.ts";
import type { Context } from "../kpi/context.ts";
import { type EarnedValue, earnedValue } from "../kpi/earned-value.ts";
import type {
  CostItem,
  EarnedValueFacts,
  OverallProgress,
  Scope,
  WorkPackage,
} from "../kpi/earned-value-facts.ts";
import { freshEstimateDays } from "../kpi/estimate-at-completion.ts";
import { type Kpi, noValue } from "../kpi/kpi.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, type Listed, listed, money, priced, restingOn } from "./basis.ts";
import { costBasis, isSigned, type WorkDone } from "./work-done.ts";

type Project = TwinRecord<"project">;

/** The records of one project that its money and its plan are read from. */
export type ProjectWork = {
  readonly project: Project;
  readonly work: WorkDone;
  readonly context: Context;
};

/** Days a project may run before its first progress report is missed. */
export const firstReportDays = 14;

/** The earned value set of one project, each number resting on fields of its records. */
export function earnedValueOf(view: FirmView, about: ProjectWork): EarnedValue {
  const { project, work, context } = about;
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  const reports = listed(view, "progress-report", ["projectId", project.id]);
  const latest = newest(reports.records, context.today);
  const set = earnedValue(factsOf({ ...about, milestones, latest }), context);
  const basis = [
    ...fieldsOf(
      project,
      "plannedCostCents",
      "budgetMinutes",
      "plannedStartOn",
      "plannedEndOn",
      "percentComplete",
      "reportedOn",
      "completedOn",
    ),
    milestones.count,
    ...milestones.records.flatMap((each) => fieldsOf(each, "baselineOn", "deliveredOn")),
    ...costBasis(view, work),
    ...(latest ? fieldsOf(latest, "reportedOn", "remainingMinutes") : [reports.count]),
  ];
  const young = notReportedYet(project, context.today);
  return Object.fromEntries(
    Object.entries(set).map(([name, kpi]) => {
      const rests = restingOn(kpi, basis);
      return [name, young && judged.has(name) ? silent(rests) : rests];
    }),
  ) as EarnedValue;
}

/** Indices that compare progress with something else: without a report there is nothing to compare. */
const judged = new Set(["cpi", "spi", "spiTime", "tcpi", "burnGap"]);

const silent = (kpi: Kpi): Kpi => ({
  ...noValue({ kpi: kpi.kpi, unit: kpi.unit, asOf: kpi.asOf, from: [] }, "not-reported-yet"),
  inputs: kpi.inputs,
  coverage: kpi.coverage,
});

export const notReportedYet = ({ fields }: Project, today: string): boolean =>
  fields.reportedOn === null &&
  civilDays(fields.kickoffOn ?? fields.plannedStartOn, today) <= firstReportDays;

type Plan = ProjectWork & {
  readonly milestones: Listed<"milestone">;
  readonly latest: TwinRecord<"progress-report"> | null;
};

function factsOf(plan: Plan): EarnedValueFacts {
  const { project, work, latest, context } = plan;
  const { fields, source } = project;
  const perMinute = costPerMinute(project);
  return {
    startsOn: fields.plannedStartOn,
    finishedOn: fields.completedOn,
    project: source,
    packages: { source: plan.milestones.source, items: [...stages(plan), ...changes(plan)] },
    costs: { source: work.weeks.source, items: [...effort(plan), ...expenses(plan)] },
    authorised: null,
    estimateToComplete: latest && {
      source: latest.source,
      amount: money(
        Math.round(latest.fields.remainingMinutes * perMinute),
        context.reporting.currency,
      ),
      madeOn: latest.fields.reportedOn,
    },
    selfReported: "percent",
    overall: progressOf(project, context.today),
  };
}

/** What the lead last said. Two weeks later it no longer says how far the plan should be by then. */
const progressOf = ({ source, fields }: Project, today: string): OverallProgress => ({
  source,
  field: "percentComplete",
  percentComplete: Math.round(fields.percentComplete),
  reportedOn:
    fields.reportedOn !== null && civilDays(fields.reportedOn, today) <= freshEstimateDays
      ? fields.reportedOn
      : null,
});

/** Planned cost of one minute: how the remaining work and signed changes are priced at cost. */
const costPerMinute = ({ fields }: Project): number =>
  fields.budgetMinutes === 0 ? 0 : fields.plannedCostCents / fields.budgetMinutes;

/**
 * The planned cost by stages: each milestone ends one, and a stage costs by the business days the
 * plan gives it. A project without milestones is one stage.
 */
function stages({ project, milestones, context }: Plan): WorkPackage[] {
  const { plannedStartOn, plannedEndOn, plannedCostCents } = project.fields;
  const before = plusDays(plannedStartOn, -1);
  const ends =
    milestones.records.length === 0
      ? [{ source: project.source, dueOn: plannedEndOn, finishedOn: project.fields.completedOn }]
      : milestones.records
          .map(({ id, source, fields }) => ({
            id,
            source,
            dueOn: fields.baselineOn,
            finishedOn: fields.deliveredOn,
          }))
          .toSorted((a, b) =>
            a.dueOn === b.dueOn ? (a.id < b.id ? -1 : 1) : a.dueOn < b.dueOn ? -1 : 1,
          );
  const length = (dueOn: string): number =>
    Math.max(0, businessDays(context.calendar, before, dueOn));
  const total = length(ends.at(-1)?.dueOn ?? plannedEndOn);
  let spent = 0;
  return ends.map(({ source, dueOn, finishedOn }, index) => {
    const reached =
      index === ends.length - 1 || total === 0
        ? plannedCostCents
        : Math.floor((plannedCostCents * length(dueOn)) / total);
    const budget = reached - spent;
    spent = reached;
    return {
      ...work("baseline", finishedOn),
      source,
      budget: money(budget, context.reporting.currency),
      dueOn,
    };
  });
}

/** Signed changes are budget too, due with the project. */
const changes = ({ project, work: { orders }, context }: Plan): WorkPackage[] =>
  orders.records
    .filter(({ fields }) => isSigned(fields.state))
    .map(({ source, fields }) => ({
      ...work("approved-change", null),
      source,
      budget: money(
        Math.round(fields.minutes * costPerMinute(project)),
        context.reporting.currency,
      ),
      dueOn: project.fields.plannedEndOn,
    }));

const work = (scope: Scope, finishedOn: string | null) => ({
  scope,
  percentComplete: null,
  selfReported: false,
  startedOn: null,
  finishedOn,
});

/** A week that is overdue has a cost nobody knows: it lowers the coverage and is not zero. */
const effort = ({ work: { costed, overdue }, context }: Plan): CostItem[] => [
  ...costed.flatMap(({ week, hourlyCost, minutes }) => {
    const item = (scope: Scope, spent: number): CostItem[] =>
      spent === 0
        ? []
        : [
            {
              source: week.source,
              scope,
              kind: "effort",
              state: "submitted",
              cost:
                hourlyCost === null
                  ? null
                  : money(priced(spent, hourlyCost), context.reporting.currency),
              on: week.fields.week,
            },
          ];
    return [
      ...item("baseline", minutes.planned),
      ...item("approved-change", minutes.agreed),
      ...item("unapproved-change", minutes.unsigned),
    ];
  }),
  ...overdue.map(
    ({ source, fields }): CostItem => ({
      source,
      scope: "baseline",
      kind: "effort",
      state: "submitted",
      cost: null,
      on: fields.week,
    }),
  ),
];

/** What the client pays back is no cost of the plan. */
const expenses = ({ work: { expenses: list }, context }: Plan): CostItem[] =>
  list.records
    .filter(({ fields }) => !fields.rebillable)
    .map(({ source, fields }) => ({
      source,
      scope: "baseline",
      kind: fields.kind === "subcontractor" ? "subcontractor" : "expense",
      state: fields.state,
      cost: money(fields.amountCents, context.reporting.currency),
      on: fields.incurredOn,
    }));

export const newest = (
  reports: readonly TwinRecord<"progress-report">[],
  today: string,
): TwinRecord<"progress-report"> | null =>
  reports.reduce<TwinRecord<"progress-report"> | null>(
    (best, each) =>
      each.fields.reportedOn <= today &&
      (best === null || each.fields.reportedOn > best.fields.reportedOn)
        ? each
        : best,
    null,
  );

/** What health reads off it. */
export const earnedMeasures = (set: EarnedValue) => ({
  spi: set.spi,
  spiTime: set.spiTime,
  cpi: set.cpi,
  percentComplete: set.percentComplete,
  workAtRiskShare: set.workAtRiskShare,
});
