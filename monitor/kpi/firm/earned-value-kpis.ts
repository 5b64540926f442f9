import { earnedValueOf } from "../../portfolio/earned-value-of.ts";
import { marginOf } from "../../portfolio/measure-margin.ts";
import { projectWork } from "../../portfolio/measure-project.ts";
import { measureSchedule } from "../../portfolio/measure-schedule.ts";
import type { FirmView } from "../../twin/firm-view.ts";
import type { Context } from "../context.ts";

import { createIntake, type Listing, standingOn } from "../intake.ts";
import { amount, type Kpi, noValue, quotient } from "../kpi.ts";

import { type EarnedValueLine, earnedValueLines, type ValueSet } from "./earned-value-lines.ts";
import { type Draft, type FirmKpi, firmKpi } from "./firm-kpi.ts";
import { placed, projectsIn } from "./selection.ts";

const practice = "Earned value practice; colour bands are second-hand and set per firm.";

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
  { line, context }: { line: EarnedValueLine; context: Context },
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
  ...earnedValueLines.map((line) =>
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
