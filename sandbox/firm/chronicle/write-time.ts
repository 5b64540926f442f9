import type { Firm, Timesheet } from "../firm.ts";
import { addDays, firmDays, firstWeek } from "../firm-days.ts";
import type { Log } from "./log.ts";
import type { Plan } from "./plan-of.ts";

/**
 * Every week of everybody on the project. The weeks before the oldest timesheet that the PSA lists
 * are its archive: as booked, sent in on Friday, approved at once.
 */
export function writeTime(log: Log, firm: Firm, plan: Plan): void {
  for (const sheet of archive(firm, plan)) writeWeek(log, plan, sheet);
  // Somebody on leave all week owes nothing: there is no week to hand in.
  for (const sheet of firm.timesheets)
    if (sheet.projectId === plan.project.id && sheet.expectedMinutes > 0)
      writeWeek(log, plan, sheet);
}

function archive(firm: Firm, { project, blueprint, startsOn }: Plan): Timesheet[] {
  const first = firmDays(firm.anchor).week(firstWeek);
  const sheets: Timesheet[] = [];
  for (let week = startsOn; week < first; week = addDays(week, 7))
    for (const [person, hours] of Object.entries(blueprint.team))
      sheets.push({
        id: `TS-${project.id.slice(4)}-${person}-${week}`,
        projectId: project.id,
        person,
        week,
        expectedMinutes: hours * 60,
        leaveMinutes: 0,
        loggedMinutes: hours * 60,
        state: "approved",
        dueOn: addDays(week, 8),
        submittedOn: addDays(week, 4),
        approvedOn: addDays(week, 4),
        approver: project.lead,
        note: null,
        version: 1,
      });
  return sheets;
}

function writeWeek(log: Log, { project }: Plan, sheet: Timesheet): void {
  const { id, person, week, expectedMinutes, loggedMinutes, submittedOn, approvedOn } = sheet;
  const links = { project: project.id, person };
  log.opened("timesheet-week", id, {
    what: "expected",
    at: [week, 6 * 60],
    fields: {
      projectId: project.id,
      personId: person,
      week,
      expectedMinutes,
      loggedMinutes: 0,
      billableMinutes: 0,
      offPlanMinutes: 0,
      state: "missing",
      dueOn: sheet.dueOn,
      submittedOn: null,
      approvedOn: null,
      approverId: project.lead,
    },
    links,
  });
  if (sheet.state === "open")
    log.changed("timesheet-week", id, {
      what: "logged",
      at: [addDays(week, 1), 7 * 60],
      fields: { loggedMinutes, billableMinutes: loggedMinutes },
      links,
    });
  if (submittedOn === null) return;
  const sentAt = [submittedOn, 16 * 60] as const;
  log.changed("timesheet-week", id, {
    what: "submitted",
    at: sentAt,
    fields: { loggedMinutes, billableMinutes: loggedMinutes, state: "submitted", submittedOn },
    links,
  });
  log.opened("approval", `AP-${id}`, {
    what: "requested",
    at: sentAt,
    fields: {
      kind: "timesheet",
      subjectType: "timesheet-week",
      subjectId: id,
      projectId: project.id,
      amountCents: null,
      requesterId: person,
      approverId: project.lead,
      queue: null,
      level: 1,
      levels: 1,
      requestedAt: log.instant(sentAt),
      notifiedAt: log.instant(sentAt),
      claimedAt: null,
      state: "pending",
      returns: 0,
      decidedAt: null,
      decidedBy: null,
    },
    links: {
      "timesheet-week": id,
      project: project.id,
      client: project.clientId,
      "person:approver": project.lead,
      "person:requester": person,
    },
  });
  if (approvedOn === null) return;
  const approver = sheet.approver ?? project.lead;
  const approvedAt = [approvedOn, 16 * 60 + 45] as const;
  log.changed("approval", `AP-${id}`, {
    what: "approved",
    at: approvedAt,
    fields: { state: "approved", decidedAt: log.instant(approvedAt), decidedBy: approver },
    links: { "timesheet-week": id, "person:approver": approver },
  });
  log.changed("timesheet-week", id, {
    what: "approved",
    at: approvedAt,
    fields: { state: "approved", approvedOn },
    links: { ...links, "person:approver": approver },
  });
}
