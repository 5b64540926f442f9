import { twinMergedAt } from "./billing-demands.ts";
import { at, dayOf, mondayOf } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { financeLead } from "./change-orders.ts";
import type { Log } from "./events.ts";
import { staffingRequestId, twinId } from "./record-ids.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** What else can go on around a project: a second record of it, a request that outlives its reason. */
export function playSideStories(cast: Cast, log: Log, plan: ProjectPlan): void {
  openTwin(cast, log, plan);
  outlive(cast, log, plan);
}

/** The same opportunity gets a second project, and somebody books on it. */
function openTwin(cast: Cast, log: Log, plan: ProjectPlan): void {
  const change = cast.circumstances.ever("twin-project", plan.id);
  if (!change) return;
  const { calendar, pack } = cast.setting;
  const id = twinId(plan.id);
  const opportunityId = `OP-${plan.id}`;
  const links = { client: plan.client.id, opportunity: opportunityId };
  const opened = calendar.add(at(mondayOf(change.from), 9 * 60), 0.2);
  log.opened("project", id, {
    when: { occurred: opened },
    links: { ...links, "person:lead": plan.leadId },
    fields: {
      clientId: plan.client.id,
      clientName: plan.client.name,
      opportunityId,
      contractId: null,
      name: `${plan.name} ${calendar.date(dayOf(opened)).slice(0, 4)}`,
      code: `${plan.client.code}-${id.slice(1)}`,
      billing: plan.billing,
      billingRun: plan.client.monthlyRun ? "monthly" : "twice_weekly",
      status: "active",
      leadId: plan.leadId,
      currency: pack.currency,
      plannedStartOn: calendar.date(plan.start),
      plannedEndOn: calendar.date(plan.plannedEnd),
      kickoffOn: null,
      budgetMinutes: plan.budgetMinutes,
      contractValueCents: plan.valueCents,
      plannedCostCents: plan.plannedCostCents,
      reportedHealth: null,
      percentComplete: 0,
      forecastEndOn: calendar.date(plan.plannedEnd),
      reportedOn: null,
      completedOn: null,
    },
  });
  const merged = twinMergedAt(cast, change);
  const seat = plan.seats[1] ?? plan.seats[0];
  if (seat)
    for (
      let monday = mondayOf(change.from);
      monday < change.until && at(monday + 7, 0) < merged;
      monday += 7
    ) {
      const sheet = `TS-${id}-${seat.personId}-${calendar.date(monday)}`;
      const own = { project: id, person: seat.personId };
      const minutes = { loggedMinutes: 360, billableMinutes: 360, offPlanMinutes: 0 };
      log.opened("timesheet-week", sheet, {
        what: "booked",
        when: { occurred: at(monday + 4, 16 * 60) },
        links: own,
        fields: {
          projectId: id,
          personId: seat.personId,
          week: calendar.date(monday),
          expectedMinutes: 0,
          ...minutes,
          state: "submitted",
          dueOn: calendar.date(calendar.addDays(monday + 7, 0)),
          submittedOn: calendar.date(monday + 4),
          approvedOn: null,
          approverId: plan.leadId,
        },
      });
      log.changed("timesheet-week", sheet, {
        what: "moved",
        when: { occurred: merged },
        links: { ...own, "project:to": plan.id },
        fields: { loggedMinutes: 0, billableMinutes: 0 },
      });
    }
  log.changed("project", id, {
    what: "cancelled",
    when: { occurred: merged + 10 },
    links,
    fields: { status: "cancelled" },
  });
}

/** A staffing request is cancelled, and its approval goes on waiting. */
function outlive(cast: Cast, log: Log, plan: ProjectPlan): void {
  const change = cast.circumstances.ever("request-outlived", plan.id);
  if (!change) return;
  const { calendar } = cast.setting;
  const id = staffingRequestId(plan.id, "surplus");
  const asked = calendar.add(at(change.from, 10 * 60), 0.2);
  const cancelled = calendar.add(asked, 1.5);
  const withdrawn = calendar.add(asked, change.strength);
  const approverId = financeLead(cast, plan);
  const links = { project: plan.id };
  log.opened("staffing-request", id, {
    what: "requested",
    when: { occurred: asked },
    links,
    fields: {
      projectId: plan.id,
      grade: "senior",
      startOn: calendar.date(dayOf(asked) + 14),
      requestedOn: calendar.date(dayOf(asked)),
      filledOn: null,
      state: "open",
    },
  });
  log.changed("staffing-request", id, {
    what: "cancelled",
    when: { occurred: cancelled },
    links,
    fields: { state: "cancelled" },
  });
  const approval = `AP-${id}`;
  log.opened("approval", approval, {
    what: "requested",
    when: { occurred: asked + 5 },
    links: { ...links, "staffing-request": id, "person:approver": approverId },
    fields: {
      kind: "purchase",
      subjectType: "staffing-request",
      subjectId: id,
      projectId: plan.id,
      amountCents: null,
      requesterId: plan.leadId,
      approverId,
      queue: null,
      level: 1,
      levels: 1,
      requestedAt: calendar.instant(asked + 5),
      notifiedAt: calendar.instant(asked + 6),
      claimedAt: null,
      state: "pending",
      returns: 0,
      decidedAt: null,
      decidedBy: null,
    },
  });
  log.changed("approval", approval, {
    what: "withdrawn",
    when: { occurred: withdrawn },
    links,
    fields: { state: "withdrawn", decidedAt: calendar.instant(withdrawn), decidedBy: plan.leadId },
  });
}
