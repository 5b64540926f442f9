import type { Firm, Project } from "../firm.ts";
import { addBusinessDays, addDays, firmDays } from "../firm-days.ts";
import type { Log } from "./log.ts";
import type { Plan } from "./plan-of.ts";
import { writeNote } from "./write-deliverables.ts";

const billing = {
  time: "time_and_materials",
  fixed: "fixed",
  retainer: "retainer",
  internal: "time_and_materials",
} as const satisfies Record<Project["billing"], string>;
const status = {
  pipeline: "proposed",
  running: "active",
  paused: "on_hold",
  done: "completed",
  dropped: "cancelled",
} as const satisfies Record<Project["phase"], string>;
const health = { G: "green", A: "amber", R: "red" } as const;

/** A colour that is not green was reported for so many weeks. */
const weeksOfWorry = 3;

/** A project from its contract to its newest report: plan, people and tasks. */
export function writeProject(log: Log, firm: Firm, plan: Plan): void {
  found(log, firm, plan);
  if (plan.project.phase !== "pipeline") sign(log, plan);
  staff(log, firm, plan);
  for (const friday of plan.fridays) report(log, plan, friday);
  close(log, plan);
  if (plan.weeklyMinutes > 0) planTasks(log, firm, plan);
  if (plan.project.note !== null) {
    const at = [addDays(firmDays(firm.anchor).week(-4), 2), 610] as const;
    writeNote(log, plan, { id: `NT-${plan.project.id}`, text: plan.project.note, at });
  }
}

function found(log: Log, firm: Firm, plan: Plan): void {
  const { project } = plan;
  const client = firm.clients.find(({ id }) => id === project.clientId);
  const foundedOn =
    project.phase === "pipeline" ? addDays(firm.anchor, -10) : addBusinessDays(plan.startsOn, -8);
  const links = { client: project.clientId, "person:lead": project.lead };
  log.opened("project", project.id, {
    what: "created",
    at: [foundedOn, 600],
    fields: {
      clientId: project.clientId,
      clientName: client?.name ?? project.clientId,
      opportunityId: plan.blueprint.deal ?? null,
      contractId: project.phase === "pipeline" ? null : `CT-${project.id}`,
      name: project.name,
      code: project.code,
      billing: billing[project.billing],
      billingRun: "twice_weekly",
      status: project.phase === "pipeline" ? "proposed" : "active",
      leadId: project.lead,
      currency: "EUR",
      plannedStartOn: plan.startsOn,
      plannedEndOn: plan.endsOn,
      kickoffOn: null,
      budgetMinutes: project.budgetMinutes,
      contractValueCents: plan.valueCents,
      plannedCostCents: plan.costCents,
      reportedHealth: null,
      percentComplete: 0,
      forecastEndOn: plan.endsOn,
      reportedOn: null,
      completedOn: null,
    },
    links,
  });
  if (project.phase !== "pipeline")
    log.changed("project", project.id, {
      what: "kicked-off",
      at: [plan.startsOn, 600],
      fields: { kickoffOn: plan.startsOn },
      links,
    });
}

function sign(log: Log, plan: Plan): void {
  const { project } = plan;
  const id = `CT-${project.id}`;
  const openedOn = addBusinessDays(plan.startsOn, -12);
  const signedOn = addBusinessDays(plan.startsOn, -10);
  const links = { project: project.id, client: project.clientId };
  const retainer = project.billing === "retainer";
  log.opened("contract", id, {
    what: "created",
    at: [openedOn, 640],
    fields: {
      clientId: project.clientId,
      projectId: project.id,
      kind: billing[project.billing],
      signedOn: null,
      startsOn: plan.startsOn,
      endsOn: plan.endsOn,
      renewalOn: null,
      valueCents: plan.valueCents,
      authorisedMinutes: project.billing === "time" ? project.budgetMinutes : null,
      monthlyFeeCents: retainer
        ? Math.round((plan.weeklyMinutes * 4 * plan.hourlyRateCents) / 60)
        : null,
      purchaseOrderRequired: false,
    },
    links,
  });
  log.changed("contract", id, {
    what: "signed",
    at: [signedOn, 700],
    fields: { signedOn },
    links,
  });
  log.opened("rate-line", `${id}-consultant`, {
    what: "created",
    at: [openedOn, 645],
    fields: {
      contractId: id,
      grade: "consultant",
      hourlyRateCents: plan.hourlyRateCents,
      validFrom: plan.startsOn,
    },
    links: { contract: id },
  });
}

function staff(log: Log, firm: Firm, plan: Plan): void {
  const { project, blueprint } = plan;
  for (const [index, [person, hours]] of Object.entries(blueprint.team).entries())
    log.opened("assignment", `AS-${project.id}-${index + 1}`, {
      what: "created",
      at: [addBusinessDays(plan.startsOn, -5), 660 + index],
      fields: {
        projectId: project.id,
        personId: person,
        grade: "consultant",
        from: plan.startsOn,
        to: plan.endsOn,
        minutesPerWeek: hours * 60,
        hourlyRateCents: plan.hourlyRateCents,
      },
      links: { project: project.id, person },
    });
  const days = firmDays(firm.anchor);
  for (const { person, weeks, did } of blueprint.habits ?? []) {
    if (did !== "was-on-leave") continue;
    const from = days.week(Math.min(...weeks));
    const to = addDays(days.week(Math.max(...weeks)), 4);
    log.opened("leave", `LV-${person}-${from}`, {
      what: "booked",
      at: [addDays(from, -40), 690],
      fields: { personId: person, kind: "holiday", from, to, coverPersonId: "edemir" },
      links: { person, "person:cover": "edemir" },
    });
  }
}

function report(log: Log, plan: Plan, friday: string): void {
  const { project, fridays } = plan;
  const percentComplete = plan.percentOn(friday);
  const worried = fridays.indexOf(friday) >= fridays.length - weeksOfWorry;
  const reportedHealth = worried && project.reported ? health[project.reported] : "green";
  const links = { project: project.id, "person:author": project.lead };
  const fields = { reportedHealth, percentComplete, forecastEndOn: plan.endsOn } as const;
  log.opened("progress-report", `PG-${project.id}-${friday}`, {
    what: "created",
    at: [friday, 900],
    fields: {
      projectId: project.id,
      reportedOn: friday,
      remainingMinutes: Math.round((project.budgetMinutes * (100 - percentComplete)) / 100),
      authorId: project.lead,
      ...fields,
    },
    links,
  });
  log.changed("project", project.id, {
    what: "reported",
    at: [friday, 900],
    fields: { ...fields, reportedOn: friday },
    links,
  });
}

function close(log: Log, plan: Plan): void {
  const { project, completedOn, fridays } = plan;
  const links = { client: project.clientId, "person:lead": project.lead };
  const now = status[project.phase];
  if (completedOn !== null)
    log.changed("project", project.id, {
      what: "completed",
      at: [completedOn, 960],
      fields: { status: now, completedOn, percentComplete: 100, forecastEndOn: completedOn },
      links,
    });
  else if (project.phase === "paused")
    log.changed("project", project.id, {
      what: "paused",
      at: [addDays(fridays.at(-1) ?? plan.startsOn, 3), 600],
      fields: { status: now },
      links,
    });
}

/** One piece of work every two weeks, done when it is due. */
function planTasks(log: Log, firm: Firm, plan: Plan): void {
  const { project } = plan;
  for (let turn = 0; turn * 2 < plan.weeks; turn += 1) {
    const from = addDays(plan.startsOn, turn * 14);
    const dueOn = addDays(from, 11);
    if (from >= firm.anchor) return;
    const id = `TK-${project.id}-${turn + 1}`;
    const links = { project: project.id };
    log.opened("task", id, {
      what: "created",
      at: [from, 570],
      fields: {
        projectId: project.id,
        name: `${project.name}, step ${turn + 1}`,
        dueOn,
        doneOn: null,
        state: "open",
        owner: "us",
        blockedReason: null,
        dependsOnTaskId: turn > 0 ? `TK-${project.id}-${turn}` : null,
      },
      links,
    });
    if (dueOn < firm.anchor)
      log.changed("task", id, {
        what: "done",
        at: [dueOn, 930],
        fields: { state: "done", doneOn: dueOn },
        links,
      });
  }
}
