import { dateIn } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import { type Kpi, noValue } from "../kpi/kpi.ts";
import { milestoneSlip } from "../kpi/milestone-slip.ts";
import { hoursUsed, milestoneMoves, overdueTaskShare } from "../kpi/schedule-signals.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";
import { hoursBasis } from "./work-done.ts";

type Milestone = TwinRecord<"milestone">;

/** Slip of the next contractual milestone, overdue tasks, restless milestones, hours used. */
export function measureSchedule(view: FirmView, { project, work, context }: ProjectWork) {
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  const tasks = listed(view, "task", ["projectId", project.id]);
  const plans = [
    milestones.count,
    ...milestones.records.flatMap((each) =>
      fieldsOf(each, "contractual", "baselineOn", "forecastOn", "deliveredOn"),
    ),
  ];
  const next = nextContractual(milestones.records);
  const none = (kpi: string, unit: Kpi["unit"]): Kpi =>
    restingOn(noValue({ kpi, unit, asOf: context.asOf, from: [] }, "none-found"), plans);
  const slip =
    next &&
    milestoneSlip(
      {
        source: next.source,
        plannedStart: project.fields.plannedStartOn,
        originalDue: next.fields.baselineOn,
        rebaselinedDue: null,
        forecast: next.fields.forecastOn,
        deliveredOn: null,
      },
      context,
    );
  const slipBasis = [...plans, ...fieldsOf(project, "plannedStartOn")];
  const moves = milestones.records.flatMap((each) =>
    movesOf(view, each).map((movedOn) => ({ source: each.source, milestoneId: each.id, movedOn })),
  );
  return {
    slipBusinessDays: slip
      ? restingOn(slip.days, slipBasis)
      : none("milestone-slip-days", "business days"),
    slipPercent: slip
      ? restingOn(slip.percent, slipBasis)
      : none("milestone-slip-percent", "percent"),
    overdueTaskShare: restingOn(
      overdueTaskShare(
        {
          source: tasks.source,
          items: tasks.records.map(({ source, fields }) => ({
            source,
            dueOn: fields.dueOn,
            finishedOn: fields.doneOn,
          })),
        },
        context,
      ),
      [tasks.count, ...tasks.records.flatMap((each) => fieldsOf(each, "dueOn", "doneOn"))],
    ),
    milestoneMoves: restingOn(
      milestoneMoves({ source: milestones.source, items: moves }, context),
      plans,
    ),
    hoursUsed: restingOn(
      hoursUsed(
        {
          source: project.source,
          budgetMinutes: project.fields.budgetMinutes,
          actualMinutes: work.loggedMinutes,
        },
        context,
      ),
      [...fieldsOf(project, "budgetMinutes"), ...hoursBasis(work)],
    ),
  };
}

/** The first contractual milestone that is not delivered, by its baseline. */
export const nextContractual = (milestones: readonly Milestone[]): Milestone | null =>
  milestones.reduce<Milestone | null>(
    (first, each) =>
      each.fields.contractual &&
      each.fields.deliveredOn === null &&
      (first === null || each.fields.baselineOn < first.fields.baselineOn)
        ? each
        : first,
    null,
  );

/** The days on which its forecast was changed. The delivery itself is no change of plan. */
function movesOf(view: FirmView, { id }: Milestone): string[] {
  let before: Observed["value"] | undefined;
  return view.history("milestone", id).flatMap(({ attributes, occurredAt }) => {
    const after = attributes["forecastOn"];
    if (after === undefined) return [];
    const moved = before !== undefined && after !== before && attributes["deliveredOn"] == null;
    before = after;
    return moved ? [dateIn(view.calendar.zone, occurredAt)] : [];
  });
}
