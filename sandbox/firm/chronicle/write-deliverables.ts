import type { ChangeOrder, Firm, Milestone } from "../firm.ts";
import { addBusinessDays, firmDays } from "../firm-days.ts";
import type { Log } from "./log.ts";
import type { Plan } from "./plan-of.ts";

/** The project's milestones and change orders, and what somebody wrote about them. */
export function writeDeliverables(log: Log, firm: Firm, plan: Plan): void {
  const ours = ({ projectId }: { projectId: string }): boolean => projectId === plan.project.id;
  const milestones = firm.milestones.filter(ours);
  for (const milestone of milestones) writeMilestone(log, plan, milestone);
  if (milestones.length > 0 && plan.weeklyMinutes > 0) planHandover(log, plan);
  for (const order of firm.changeOrders.filter(ours)) writeChangeOrder(log, { firm, plan }, order);
}

function writeMilestone(log: Log, plan: Plan, milestone: Milestone): void {
  const { id, projectId, name, dueOn, deliveredOn, acceptedOn, silentDays, feeCents } = milestone;
  const agreedOn =
    [deliveredOn, dueOn, plan.startsOn].flatMap((on) => on ?? []).toSorted()[0] ?? dueOn;
  const baselineOn = deliveredOn !== null && deliveredOn < dueOn ? deliveredOn : dueOn;
  const links = { project: projectId };
  log.opened("milestone", id, {
    what: "created",
    at: [addBusinessDays(agreedOn, -3), 600],
    fields: {
      projectId,
      name,
      baselineOn,
      forecastOn: baselineOn,
      due: dueOn,
      deliveredOn: null,
      acceptedOn: null,
      deemedAcceptedAfterDays: silentDays,
      amountCents: feeCents,
      contractual: true,
    },
    links,
  });
  if (deliveredOn === null) return;
  log.changed("milestone", id, {
    what: "delivered",
    at: [deliveredOn, 900],
    fields: { deliveredOn, forecastOn: deliveredOn },
    links,
  });
  if (milestone.note !== null)
    writeNote(log, plan, { id: `NT-${id}`, text: milestone.note, at: [deliveredOn, 930] });
  if (acceptedOn !== null)
    log.changed("milestone", id, {
      what: "accepted",
      at: [acceptedOn, 940],
      fields: { acceptedOn },
      links,
    });
}

/** The milestones are what is billed; the plan goes on to the end of the work. */
function planHandover(log: Log, { project, startsOn, endsOn }: Plan): void {
  log.opened("milestone", `MS-${project.id.slice("PRJ-".length)}-9`, {
    what: "created",
    at: [addBusinessDays(startsOn, -3), 610],
    fields: {
      projectId: project.id,
      name: "Handover",
      baselineOn: endsOn,
      forecastOn: endsOn,
      due: null,
      deliveredOn: null,
      acceptedOn: null,
      deemedAcceptedAfterDays: null,
      amountCents: 0,
      contractual: false,
    },
    links: { project: project.id },
  });
}

const orderStates = {
  drafting: "draft",
  internal_review: "proposed",
  with_client: "client_review",
  agreed: "approved",
  declined: "rejected",
  carried_out: "executed",
} as const;

function writeChangeOrder(
  log: Log,
  { firm, plan }: { firm: Firm; plan: Plan },
  order: ChangeOrder,
): void {
  const { id, projectId, number, title, valueCents, raisedOn, decidedOn } = order;
  const links = { project: projectId };
  const begun = plan.blueprint.changeOrders?.find((each) => each.id === id)?.begun;
  const workStartedOn = begun
    ? firmDays(firm.anchor).day(begun)
    : order.state === "carried_out"
      ? decidedOn
      : null;
  log.opened("change-order", id, {
    what: "raised",
    at: [raisedOn, 610],
    fields: {
      projectId,
      number,
      title,
      state: "draft",
      amountCents: valueCents,
      minutes: Math.round((valueCents / plan.hourlyRateCents) * 60),
      raisedOn,
      sentOn: null,
      decidedOn: null,
      workStartedOn,
    },
    links,
  });
  if (order.state !== "drafting")
    log.changed("change-order", id, {
      what: "sent",
      at: [raisedOn, 700],
      fields: { state: decidedOn ? "client_review" : orderStates[order.state], sentOn: raisedOn },
      links,
    });
  if (decidedOn !== null)
    log.changed("change-order", id, {
      what: order.state === "declined" ? "rejected" : "approved",
      at: [decidedOn, 720],
      fields: { state: orderStates[order.state], decidedOn },
      links,
    });
  if (order.note !== null)
    writeNote(log, plan, { id: `NT-${id}`, text: order.note, at: [raisedOn, 705] });
}

export function writeNote(
  log: Log,
  { project }: Plan,
  { id, text, at }: { id: string; text: string; at: readonly [string, number] },
): void {
  log.opened("note", id, {
    what: "written",
    at,
    fields: {
      clientId: project.clientId,
      projectId: project.id,
      authorId: project.lead,
      channel: "minutes",
      text,
      writtenAt: log.instant(at),
    },
    links: { project: project.id, client: project.clientId, "person:author": project.lead },
  });
}
