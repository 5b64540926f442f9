import { rateOf } from "./billing-demands.ts";
import { at, dayOf, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import { orderRequired } from "./purchase-orders.ts";
import { staffingRequestId } from "./record-ids.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

/** From the won deal to the project's first day: opportunity, contract, project, people. */
export function foundProject(
  cast: Cast,
  log: Log,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
): void {
  const { calendar, pack } = cast.setting;
  const draws = cast.setting.draws.of("founding", plan.id);
  const { client } = plan;
  const sales = cast.people.filter(({ role }) => role === "sales");
  const ownerId = sales[Number(plan.id.slice(1)) % sales.length]?.id ?? plan.leadId;
  const won = calendar.add(at(plan.start - draws.between("lead time", 16, 38), 15 * 60), 0.01);
  const opened = calendar.add(won - draws.between("sales cycle", 20, 90) * 1440, 0.01);
  const links = { client: client.id };
  const opportunityId = `OP-${plan.id}`;
  const deal = {
    name: plan.name,
    clientId: client.id,
    amountCents: plan.valueCents,
    renewalOfContractId: null,
    ownerId,
    closeOn: calendar.date(dayOf(won)),
  };
  log.opened("opportunity", opportunityId, {
    when: { occurred: opened },
    fields: { ...deal, stage: "qualified" },
    links,
  });
  log.changed("opportunity", opportunityId, {
    what: "proposed",
    when: { occurred: Math.round((opened + won) / 2) },
    fields: { stage: "proposal" },
    links,
  });
  log.changed("opportunity", opportunityId, {
    what: "won",
    when: { occurred: won },
    fields: { stage: "won" },
    links,
  });

  const handoff = cast.circumstances.ever("handoff-stalls", plan.id);
  const created = calendar.add(
    won,
    draws.lognormal("handoff", 2, 0.6) + (handoff ? handoff.strength + 6 : 0),
  );
  const signature = cast.circumstances.ever("late-signature", plan.id);
  const signed = signature
    ? calendar.add(at(plan.start, 9 * 60), signature.strength)
    : calendar.add(won, draws.lognormal("signature", 3, 0.5));
  const contractId = `CT-${plan.id}`;
  const retainer = plan.billing === "retainer";
  log.opened("contract", contractId, {
    when: { occurred: won + 60 },
    links: { ...links, opportunity: opportunityId, project: plan.id },
    fields: {
      clientId: client.id,
      projectId: plan.id,
      kind: plan.billing,
      signedOn: null,
      startsOn: calendar.date(plan.start),
      endsOn: calendar.date(plan.plannedEnd),
      renewalOn: retainer ? calendar.date(plan.plannedEnd - 30) : null,
      valueCents: plan.valueCents,
      authorisedMinutes:
        plan.billing === "time_and_materials" ? Math.round(plan.budgetMinutes * 1.25) : null,
      monthlyFeeCents: retainer ? Math.round((plan.valueCents / plan.weeks) * 4.345) : null,
      purchaseOrderRequired: orderRequired(cast, plan),
    },
  });
  log.changed("contract", contractId, {
    what: "signed",
    when: { occurred: signed },
    fields: { signedOn: calendar.date(dayOf(signed)) },
    links,
  });
  for (const grade of new Set(plan.seats.map((seat) => seat.grade)))
    log.opened("rate-line", `${contractId}-${grade}`, {
      when: { occurred: won + 60 },
      links: { contract: contractId },
      fields: {
        contractId,
        grade,
        hourlyRateCents: rateOf(cast, plan, grade),
        validFrom: calendar.date(plan.start),
      },
    });

  const own = { project: plan.id, client: client.id, opportunity: opportunityId };
  log.opened("project", plan.id, {
    when: { occurred: created },
    links: { ...own, "person:lead": plan.leadId, contract: contractId },
    fields: {
      clientId: client.id,
      clientName: client.name,
      opportunityId,
      contractId,
      name: plan.name,
      code: `${client.code}-${plan.id.slice(1)}`,
      billing: plan.billing,
      billingRun: client.monthlyRun ? "monthly" : "twice_weekly",
      status: "proposed",
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
  const kickoff = Math.max(calendar.add(at(delivery.start, 10 * 60), 0.02), created + 120);
  log.changed("project", plan.id, {
    what: "kicked-off",
    when: { occurred: kickoff },
    fields: { status: "active", kickoffOn: calendar.date(dayOf(kickoff)) },
    links: own,
  });
  const moved = cast.circumstances.ever("run-moved", plan.id);
  if (moved && !client.monthlyRun)
    for (const [day, billingRun] of [
      [moved.from, "monthly"],
      [moved.until, "twice_weekly"],
    ] as const)
      log.changed("project", plan.id, {
        what: "billing-run-set",
        when: { occurred: calendar.add(at(day, 9 * 60), 0.2) },
        fields: { billingRun },
        links: own,
      });
  const pause = delivery.weeks.filter(({ paused }) => paused);
  const [firstPaused, lastPaused] = [pause[0], pause.at(-1)];
  if (firstPaused && lastPaused) {
    log.changed("project", plan.id, {
      what: "paused",
      when: { occurred: at(firstPaused.monday, 9 * 60) },
      fields: { status: "on_hold" },
      links: own,
    });
    log.changed("project", plan.id, {
      what: "resumed",
      when: { occurred: at(lastPaused.monday + 7, 9 * 60) },
      fields: { status: "active", plannedEndOn: calendar.date(delivery.plannedEnd) },
      links: own,
    });
  }
  const done = calendar.add(at(delivery.end, 16 * 60), 0.3 + 2 * draws.uniform("close"));
  log.changed("project", plan.id, {
    what: "completed",
    when: { occurred: done },
    fields: { status: "completed", completedOn: calendar.date(delivery.end), percentComplete: 100 },
    links: own,
  });
  if (retainer) renew(cast, log, { plan, ownerId, contractId });
  assign(cast, log, { plan, delivery, created });
}

function renew(
  cast: Cast,
  log: Log,
  { plan, ownerId, contractId }: { plan: ProjectPlan; ownerId: string; contractId: string },
): void {
  const { calendar, draws: root } = cast.setting;
  const draws = root.of("renewal", plan.id);
  const cold = cast.circumstances.on("relationship-cools", plan.client.id, plan.plannedEnd - 30);
  const stays = !cold && draws.chance("renewed", 0.35 + 0.6 * plan.client.satisfaction);
  const id = `OP-${plan.id}-R`;
  const links = { client: plan.client.id, "contract:renews": contractId };
  const opened = at(plan.plannedEnd - 90, 10 * 60);
  const decided = calendar.add(at(plan.plannedEnd - draws.between("decided", 3, 30), 15 * 60), 0.1);
  log.opened("opportunity", id, {
    when: { occurred: opened },
    links,
    fields: {
      name: `${plan.name}, next term`,
      clientId: plan.client.id,
      stage: "proposal",
      amountCents: plan.valueCents,
      closeOn: calendar.date(plan.plannedEnd - 14),
      renewalOfContractId: contractId,
      ownerId,
    },
  });
  log.changed("opportunity", id, {
    what: stays ? "won" : "lost",
    when: { occurred: decided },
    fields: { stage: stays ? "won" : "lost", closeOn: calendar.date(dayOf(decided)) },
    links,
  });
}

function assign(
  cast: Cast,
  log: Log,
  { plan, delivery, created }: { plan: ProjectPlan; delivery: Delivery; created: Moment },
): void {
  const { calendar } = cast.setting;
  plan.seats.forEach((seat, index) => {
    const person = cast.person(seat.personId);
    const id = `AS-${plan.id}-${index + 1}`;
    const links = { project: plan.id, person: person.id };
    log.opened("assignment", id, {
      when: { occurred: created + 240 },
      links,
      fields: {
        projectId: plan.id,
        personId: person.id,
        grade: seat.grade,
        from: calendar.date(plan.start),
        to: calendar.date(plan.plannedEnd),
        minutesPerWeek: Math.round((person.weeklyMinutes * seat.share) / 15) * 15,
        hourlyRateCents: rateOf(cast, plan, seat.grade),
      },
    });
    if (delivery.end > plan.plannedEnd)
      log.changed("assignment", id, {
        what: "extended",
        when: { occurred: at(plan.plannedEnd - 3, 10 * 60) },
        fields: { to: calendar.date(delivery.end) },
        links,
      });
  });
  const gap = cast.circumstances.ever("key-person-rolls-off", plan.id);
  const key = plan.seats[1] ?? plan.seats[0];
  if (!gap || !key) return;
  const links = { project: plan.id };
  const id = staffingRequestId(plan.id, "gap");
  log.opened("staffing-request", id, {
    what: "requested",
    when: { occurred: at(gap.from - 4, 14 * 60) },
    links,
    fields: {
      projectId: plan.id,
      grade: key.grade,
      startOn: calendar.date(gap.from),
      requestedOn: calendar.date(gap.from - 4),
      filledOn: null,
      state: "open",
    },
  });
  log.changed("staffing-request", id, {
    what: "filled",
    when: { occurred: at(gap.until, 10 * 60) },
    fields: { filledOn: calendar.date(gap.until), state: "filled" },
    links,
  });
}
