import { plusDays } from "../clocks/civil-days.ts";
import { approvalPerformance } from "../kpi/approval-performance.ts";
import { hygiene } from "../kpi/hygiene-signals.ts";
import type { Kpi } from "../kpi/kpi.ts";
import { timesheetCompliance } from "../kpi/timesheet-compliance.ts";
import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import { fieldsOf, listed, restingOn } from "./basis.ts";
import type { ProjectWork } from "./earned-value-of.ts";

/** Days looked back for timesheets. A judgement. */
export const complianceWindowDays = 28;

/** Person-weeks handed in on time, of those whose last day fell in the last four weeks. */
export function measureCompliance(view: FirmView, { work, context }: ProjectWork): Kpi {
  const since = plusDays(context.today, -complianceWindowDays);
  const weeks = work.weeks.records.filter(
    ({ fields }) => fields.dueOn < context.today && fields.dueOn >= since,
  );
  return restingOn(
    timesheetCompliance(
      { source: work.weeks.source, items: weeks.map((week) => asTimesheet(view, week)) },
      context,
    ).personWeeks,
    [
      work.weeks.count,
      ...weeks.flatMap((week) =>
        fieldsOf(week, "state", "expectedMinutes", "dueOn", "submittedOn"),
      ),
    ],
  );
}

export const asTimesheet = (view: FirmView, { source, fields }: TwinRecord<"timesheet-week">) => ({
  ...fields,
  source,
  personName: view.get("person", fields.personId)?.fields.name ?? fields.personId,
  personEmail: null,
  approverName: null,
});

/** The approval of this project that has waited longest, in the firm's working time. */
export function measureApprovals(view: FirmView, { project, context }: ProjectWork): Kpi {
  const approvals = listed(view, "approval", ["projectId", project.id]);
  const pending = approvals.records.filter(isPending);
  return restingOn(
    approvalPerformance(
      {
        approvals: {
          source: approvals.source,
          items: pending.map((approval) => asApprovalCase(approval, 0)),
        },
        clocks: new Map(),
      },
      context,
    ).oldestPending,
    [approvals.count, ...pending.flatMap((each) => fieldsOf(each, "state", "requestedAt"))],
  );
}

export const isPending = ({ fields }: TwinRecord<"approval">): boolean =>
  fields.state === "pending" || fields.state === "returned";

export const asApprovalCase = ({ source, fields }: TwinRecord<"approval">, slaMinutes: number) => ({
  source,
  approverId: fields.approverId ?? fields.queue ?? "nobody",
  stage: fields.kind,
  assignedAt: fields.requestedAt,
  openedAt: fields.claimedAt,
  decidedAt: fields.decidedAt,
  obsolete: fields.state === "withdrawn",
  slaMinutes,
});

/** How tidy the plan is. Whoever leads the project owns what is ours. */
export function measureHygiene(view: FirmView, { project, context }: ProjectWork) {
  const tasks = listed(view, "task", ["projectId", project.id]);
  const milestones = listed(view, "milestone", ["projectId", project.id]);
  const lead = view.get("person", project.fields.leadId);
  const owner = lead?.fields.active ? lead.id : null;
  const touched = (changedAt: string): string =>
    // A report of the lead tells of the whole plan.
    project.changedAt > changedAt ? project.changedAt : changedAt;
  const found = hygiene(
    {
      source: tasks.source,
      items: [
        ...tasks.records.map((task) => ({
          source: task.source,
          kind: "task" as const,
          ownerId: task.fields.owner === "us" ? owner : task.fields.owner,
          dueOn: task.fields.dueOn,
          dependsOn: task.fields.dependsOnTaskId === null ? [] : [task.fields.dependsOnTaskId],
          done: task.fields.doneOn !== null,
          updatedAt: touched(task.changedAt),
        })),
        ...milestones.records.map((milestone) => ({
          source: milestone.source,
          kind: "milestone" as const,
          ownerId: owner,
          dueOn: milestone.fields.forecastOn,
          dependsOn: [],
          done: milestone.fields.deliveredOn !== null,
          updatedAt: touched(milestone.changedAt),
        })),
      ],
    },
    project.fields.forecastEndOn,
    context,
  );
  const basis = [
    tasks.count,
    ...tasks.records.flatMap((each) =>
      fieldsOf(each, "owner", "dueOn", "doneOn", "dependsOnTaskId"),
    ),
    milestones.count,
    ...milestones.records.flatMap((each) => fieldsOf(each, "forecastOn", "deliveredOn")),
    ...fieldsOf(project, "leadId", "forecastEndOn", "reportedOn"),
    ...(lead ? fieldsOf(lead, "active") : []),
  ];
  return {
    itemsWithoutOwner: restingOn(found.withoutOwner, basis),
    itemsWithoutDate: restingOn(found.withoutDate, basis),
    brokenDependencies: restingOn(found.brokenDependencies, basis),
    milestonesAfterGoLive: restingOn(found.milestonesAfterGoLive, basis),
    staleItems: restingOn(found.stale, basis),
  };
}
