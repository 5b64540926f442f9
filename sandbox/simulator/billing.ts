import type { AcceptedMilestone } from "./acceptance.ts";
import { type ApprovalOutcome, decideApproval } from "./approvals.ts";
import { at, type Calendar, type Day, dayOf, endOfDay, type Moment, weekday } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { type ChangeRequest, changeWeeks, financeLead, workDone } from "./change-orders.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import type { Expense } from "./expenses.ts";
import type { ProjectChange } from "./interventions.ts";
import { settle } from "./payments.ts";
import { keepPurchaseOrder } from "./purchase-orders.ts";
import type { Billing, ProjectPlan } from "./staffing-plan.ts";
import type { Sheet } from "./timesheets.ts";

/** What an invoice waits for, in the order in which the office needs it. */
export const waits = [
  "change",
  "time",
  "twin",
  "time approval",
  "delivery",
  "acceptance",
  "purchase order",
  "rates",
  "billing data",
  "hold",
  "invoice approval",
  "transfer",
  "run",
] as const;
export type WaitKind = (typeof waits)[number];
/** One wait of one invoice on one record. Half open. */
export type Wait = {
  readonly what: WaitKind;
  readonly record: { readonly type: string; readonly id: string };
  readonly from: Moment;
  readonly to: Moment;
  readonly source: string | null;
};

export type InvoiceLine = {
  readonly text: string;
  readonly netCents: number;
  readonly writtenDownCents: number;
  readonly grade: string | null;
  readonly minutes: number | null;
  readonly hourlyRateCents: number | null;
  readonly milestoneId: string | null;
  readonly changeOrderId: string | null;
};

/** One invoice with everything that held it. Moments may lie after today. */
export type SimulatedInvoice = {
  readonly id: string;
  readonly projectId: string;
  readonly clientId: string;
  readonly billing: Billing;
  readonly netCents: number;
  readonly periodStart: Day | null;
  readonly periodEnd: Day | null;
  readonly clock: Moment;
  readonly draftedAt: Moment;
  readonly waits: readonly Wait[];
  readonly approval: ApprovalOutcome;
  readonly readyAt: Moment;
  readonly issuedAt: Moment;
  readonly paidAt: Moment;
  readonly earnedCents: number;
};

export type Deliverables = {
  readonly plan: ProjectPlan;
  readonly delivery: Delivery;
  readonly sheets: readonly Sheet[];
  readonly milestones: readonly AcceptedMilestone[];
  readonly changes: readonly ChangeRequest[];
  readonly expenses: readonly Expense[];
};

type Demand = {
  readonly id: string;
  readonly clock: Moment;
  readonly periodStart: Day | null;
  readonly periodEnd: Day | null;
  readonly lines: readonly InvoiceLine[];
  readonly upstream: readonly Wait[];
  readonly earnedCents: number;
  /** Everything upstream happened by then; drafting cannot be done before. */
  readonly readyUpstream: Moment;
};

/** Bills one project from its first period to its end. */
export function bill(cast: Cast, log: Log, done: Deliverables): SimulatedInvoice[] {
  const demands =
    done.plan.billing === "fixed" ? milestoneDemands(cast, done) : periodDemands(cast, done);
  const invoices = demands.map((demand) => playInvoice(cast, log, { done, demand }));
  keepPurchaseOrder(cast, log, { plan: done.plan, invoices });
  return invoices;
}

function periodDemands(cast: Cast, done: Deliverables): Demand[] {
  const { periodEnds } = cast.setting;
  const { plan, delivery } = done;
  const lastWeek = delivery.weeks.at(-1)?.monday ?? delivery.start;
  return periodEnds.flatMap((end, index) => {
    const start = (periodEnds[index - 1] ?? end - 28) + 1;
    if (end < delivery.start + 6 || start > lastWeek) return [];
    const demand =
      plan.billing === "retainer"
        ? retainerDemand(cast, done, { start, end })
        : timeDemand(cast, done, { start, end });
    return demand ?? [];
  });
}

type Period = { readonly start: Day; readonly end: Day };
const line = (text: string, netCents: number, rest: Partial<InvoiceLine> = {}): InvoiceLine => ({
  text,
  netCents,
  writtenDownCents: 0,
  grade: null,
  minutes: null,
  hourlyRateCents: null,
  milestoneId: null,
  changeOrderId: null,
  ...rest,
});

function retainerDemand(
  { setting: { calendar } }: Cast,
  { plan, delivery }: Deliverables,
  { start, end }: Period,
): Demand | null {
  const weeks = delivery.weeks.filter(({ monday }) => monday >= start && monday <= end).length;
  if (weeks === 0) return null;
  const netCents = Math.round((plan.valueCents * weeks) / plan.weeks / 100) * 100;
  const clock = endOfDay(end);
  return {
    id: `${plan.id}-${calendar.date(end).slice(2, 7).replace("-", "")}`,
    clock,
    periodStart: start,
    periodEnd: end,
    lines: [line("Monthly fee", netCents)],
    upstream: [],
    earnedCents: netCents,
    readyUpstream: clock,
  };
}

function timeDemand(cast: Cast, done: Deliverables, { start, end }: Period): Demand | null {
  const { calendar } = cast.setting;
  const { plan, sheets, changes, expenses } = done;
  const draws = cast.setting.draws.of("period", `${plan.id}/${end}`);
  const inPeriod = sheets.filter(({ week }) => week >= start && week <= end);
  if (inPeriod.length === 0) return null;
  const clock = endOfDay(end);
  const worked = changes.filter(
    (change) =>
      change.number !== null &&
      workDone(change) &&
      lastDayOf(change) >= start &&
      lastDayOf(change) <= end,
  );
  const waitsFor: Wait[] = [
    ...worked.flatMap((change) =>
      span("change", { type: "change-order", id: change.id }, [
        change.raisedAt,
        change.decidedAt,
        change.source,
      ]),
    ),
    ...inPeriod.flatMap((sheet) => [
      ...span("time", { type: "timesheet-week", id: sheet.id }, [
        endOfDay(sheet.due),
        sheet.submittedAt,
        sheet.source,
      ]),
      ...span("time approval", { type: "timesheet-week", id: sheet.id }, [
        calendar.add(sheet.submittedAt, 1),
        sheet.approval.decidedAt,
        longest(sheet.approval),
      ]),
    ]),
    ...twin(cast, done, clock),
  ];
  const byGrade = Map.groupBy(
    inPeriod.filter(({ billableMinutes }) => billableMinutes > 0),
    ({ person }) => person.grade,
  );
  const stale = cast.circumstances.on("rates-out-of-date", plan.id, end + 1);
  const written = cast.circumstances.on("work-written-down", plan.id, end + 1);
  const writeDown = written
    ? written.strength
    : draws.chance("written down", 0.28)
      ? 0.02 + 0.08 * draws.uniform("write-down")
      : 0;
  const lines = [...byGrade].map(([grade, group]) => {
    const minutes = group.reduce((sum, { billableMinutes }) => sum + billableMinutes, 0);
    const card = rateOf(cast, plan, grade);
    const gross = Math.round((minutes / 60) * card);
    const writtenDownCents = Math.round(gross * writeDown);
    return line(`${grade} hours`, gross - writtenDownCents, {
      grade,
      minutes,
      hourlyRateCents: stale ? Math.round(card * 0.93) : card,
      writtenDownCents,
    });
  });
  const rebilled = expenses.filter(
    ({ rebillable, approval }) =>
      rebillable &&
      approval.decision === "approved" &&
      dayOf(approval.decidedAt) >= start &&
      dayOf(approval.decidedAt) <= end,
  );
  if (rebilled.length > 0)
    lines.push(
      line(
        "Expenses",
        rebilled.reduce((sum, { amountCents }) => sum + amountCents, 0),
      ),
    );
  for (const change of worked)
    if (change.agreed)
      lines.push(line(`Change ${change.number}`, change.amountCents, { changeOrderId: change.id }));
  const earned = lines.reduce(
    (sum, { netCents, writtenDownCents }) => sum + netCents + writtenDownCents,
    0,
  );
  const lost = inPeriod.reduce((sum, sheet) => {
    const chargeable = sheet.loggedMinutes - sheet.offPlanMinutes - sheet.billableMinutes;
    return sum + (chargeable / 60) * rateOf(cast, plan, sheet.person.grade);
  }, 0);
  const favours = changes.filter(
    (change) =>
      !change.agreed && workDone(change) && lastDayOf(change) >= start && lastDayOf(change) <= end,
  );
  if (lines.length === 0) return null;
  return {
    id: `${plan.id}-${calendar.date(end).slice(2, 7).replace("-", "")}`,
    clock,
    periodStart: start,
    periodEnd: end,
    lines,
    upstream: waitsFor,
    earnedCents: Math.round(
      earned + lost + favours.reduce((sum, { amountCents }) => sum + amountCents, 0),
    ),
    readyUpstream: Math.max(
      clock,
      ...inPeriod.map(({ approval }) => approval.decidedAt),
      ...waitsFor.map(({ to }) => to),
    ),
  };
}

const lastDayOf = (change: ChangeRequest): Day => change.workFrom + changeWeeks * 7 - 3;

export function rateOf({ setting: { pack } }: Cast, plan: ProjectPlan, grade: string): number {
  const cost = pack.hourlyCostCents[grade as keyof typeof pack.hourlyCostCents];
  return Math.round((Math.round(cost / 0.62 / 100) * 100 * plan.priceFactor) / 50) * 50;
}

function milestoneDemands(
  { setting: { calendar } }: Cast,
  { plan, milestones, changes }: Deliverables,
): Demand[] {
  let previous = Number.NEGATIVE_INFINITY;
  return milestones.map((milestone, index) => {
    const last = index === milestones.length - 1;
    const attached = changes.filter(
      (change) =>
        change.number !== null &&
        workDone(change) &&
        lastDayOf(change) > previous &&
        (last || lastDayOf(change) <= milestone.delivered),
    );
    const favours = changes.filter(
      (change) =>
        !change.agreed &&
        workDone(change) &&
        lastDayOf(change) > previous &&
        (last || lastDayOf(change) <= milestone.delivered),
    );
    previous = milestone.delivered;
    const record = { type: "milestone", id: milestone.id };
    const clock = endOfDay(milestone.due);
    const upstream: Wait[] = [
      ...attached.flatMap((change) =>
        span("change", { type: "change-order", id: change.id }, [
          change.raisedAt,
          change.decidedAt,
          change.source,
        ]),
      ),
      ...span("delivery", record, [clock, milestone.deliveredAt, null]),
      ...span("acceptance", record, [
        milestone.deliveredAt,
        milestone.acceptedAt,
        milestone.source,
      ]),
    ];
    const agreed = attached.filter((change) => change.agreed);
    const lines = [
      line(milestone.name, milestone.amountCents, { milestoneId: milestone.id }),
      ...agreed.map((change) =>
        line(`Change ${change.number}`, change.amountCents, { changeOrderId: change.id }),
      ),
    ];
    const earned =
      lines.reduce((sum, { netCents }) => sum + netCents, 0) +
      favours.reduce((sum, { amountCents }) => sum + amountCents, 0);
    return {
      id: `${plan.id}-${String(index + 1).padStart(4, "0")}`,
      clock,
      periodStart: null,
      periodEnd: null,
      lines,
      upstream,
      earnedCents: earned,
      readyUpstream: Math.max(
        milestone.acceptedAt,
        ...upstream.map(({ to }) => to),
        calendar.firstDay,
      ),
    };
  });
}

function span(
  what: WaitKind,
  record: Wait["record"],
  [from, to, source]: readonly [Moment, Moment, string | null],
): Wait[] {
  return to > from ? [{ what, record, from, to, source }] : [];
}

const longest = ({ spans }: ApprovalOutcome): string | null =>
  spans.toSorted((one, other) => other.to - other.from - (one.to - one.from))[0]?.source ?? null;

/** Time on a second project of the same opportunity must be moved before anything is billed. */
function twin(cast: Cast, { plan }: Deliverables, clock: Moment): Wait[] {
  const change = cast.circumstances.on("twin-project", plan.id, dayOf(clock));
  if (!change) return [];
  return span("twin", { type: "project", id: `${plan.id}-2` }, [
    clock - 5 * 1440,
    cast.setting.calendar.add(clock, change.strength),
    change.id,
  ]);
}

function playInvoice(
  cast: Cast,
  log: Log,
  { done, demand }: { done: Deliverables; demand: Demand },
): SimulatedInvoice {
  const { calendar, pack } = cast.setting;
  const { plan } = done;
  const id = `SI-${demand.id}`;
  const draws = cast.setting.draws.of("invoice", id);
  const record = { type: "invoice", id };
  const netCents = demand.lines.reduce((sum, { netCents: net }) => sum + net, 0);
  // The office drafts when the clock starts, or at once where everything was there before.
  const draftedAt = calendar.add(
    Math.min(demand.clock, demand.readyUpstream),
    0.3 + 0.5 * draws.uniform("drafting"),
  );
  const on = (kind: ProjectChange) => cast.circumstances.on(kind, plan.id, dayOf(draftedAt));
  const clerk = cast.people.filter(({ role }) => role === "billing");
  const clerkId = clerk[Number(plan.id.slice(1)) % clerk.length]?.id ?? plan.leadId;
  const links = { project: plan.id, client: plan.client.id };
  log.opened("invoice", id, {
    what: "drafted",
    when: { occurred: draftedAt },
    links: {
      ...links,
      ...Object.fromEntries(
        demand.lines.flatMap(({ milestoneId, changeOrderId }) => [
          ...(milestoneId ? [["milestone", milestoneId] as const] : []),
          ...(changeOrderId ? [["change-order", changeOrderId] as const] : []),
        ]),
      ),
    },
    fields: {
      projectId: plan.id,
      clientId: plan.client.id,
      reference: `${plan.client.code}-${demand.id.slice(1)}`,
      number: null,
      state: "draft",
      billing: plan.billing,
      periodStart: demand.periodStart === null ? null : calendar.date(demand.periodStart),
      periodEnd: demand.periodEnd === null ? null : calendar.date(demand.periodEnd),
      netCents,
      totalCents: Math.round((netCents * (100 + pack.taxPercent)) / 100),
      draftedOn: calendar.date(dayOf(draftedAt)),
      validationError: null,
      holdReason: null,
      holdBy: null,
      holdSince: null,
      approvalRequestedOn: null,
      approvedOn: null,
      approverId: null,
      ledgerState: "none",
      billingRunOn: null,
      issuedOn: null,
      dueOn: null,
      paidOn: null,
      ledgerEntry: null,
    },
  });
  demand.lines.forEach((one, index) => {
    log.opened("invoice-line", `${id}-${index + 1}`, {
      when: { occurred: draftedAt },
      fields: { invoiceId: id, ...one },
      links: { invoice: id, milestone: one.milestoneId, "change-order": one.changeOrderId },
    });
  });
  const set = (
    what: string,
    moment: Moment,
    fields: Parameters<typeof log.changed<"invoice">>[2]["fields"],
  ) => log.changed("invoice", id, { what, when: { occurred: moment }, fields, links });

  // The draft is checked as soon as it stands; what is wrong with it is put right while time comes in.
  const checked = calendar.add(draftedAt, 0.05);
  const atDraft: Wait[] = [];
  const stall = (
    kind: ProjectChange,
    what: WaitKind,
    name = record,
  ): { from: Moment; to: Moment } | null => {
    const change = on(kind);
    if (!change) return null;
    const to = calendar.add(checked, change.strength);
    atDraft.push({ what, record: name, from: checked, to, source: change.id });
    return { from: checked, to };
  };
  const rates = stall("rates-out-of-date", "rates");
  if (rates) {
    set("validation-failed", rates.from, {
      validationError: "A line's hourly rate is not the contract's rate.",
    });
    demand.lines.forEach((one, index) => {
      if (one.grade === null || one.minutes === null) return;
      const right = rateOf(cast, plan, one.grade);
      log.changed("invoice-line", `${id}-${index + 1}`, {
        what: "corrected",
        when: { occurred: rates.to },
        fields: { hourlyRateCents: right },
        links: { invoice: id },
      });
    });
    set("validation-passed", rates.to, { validationError: null });
  }
  const data = stall("billing-data-wrong", "billing data");
  if (data) {
    set("validation-failed", data.from, {
      validationError: draws.pick("data", [
        "Tax number of the client is missing.",
        "The client's portal refused the legal entity.",
        "The billing address is not complete.",
      ]),
    });
    set("validation-passed", data.to, { validationError: null });
  }
  const hold = stall("client-holds-invoice", "hold");
  if (hold) {
    set("held", hold.from, {
      holdReason: draws.pick("hold", [
        "Client questions the hours of one colleague.",
        "Client wants a different split by site.",
        "Account owner asked to wait.",
      ]),
      holdBy: plan.leadId,
      holdSince: calendar.date(dayOf(hold.from)),
    });
    set("released", hold.to, { holdReason: null, holdBy: null, holdSince: null });
  }
  const order = orderMissing(cast, { plan, checked });
  if (order) atDraft.push(order);

  const requestedAt = calendar.add(
    Math.max(demand.readyUpstream, checked, ...atDraft.map(({ to }) => to)),
    0.1,
  );
  const approval = decideApproval(cast, log, {
    id: `AP-${id}`,
    kind: "invoice",
    subjectType: "invoice",
    subjectId: id,
    projectId: plan.id,
    clientId: plan.client.id,
    amountCents: netCents,
    requesterId: clerkId,
    approverId: financeLead(cast, plan),
    pace: "budget",
    requestedAt,
  });
  const approvedAt = approval.decidedAt;
  set("approval-requested", requestedAt, {
    approvalRequestedOn: calendar.date(dayOf(requestedAt)),
    approverId: approval.request.approverId,
  });
  set("approved", approvedAt, {
    state: "approved",
    approvedOn: calendar.date(dayOf(approvedAt)),
    approverId: approval.decidedBy,
  });
  if (on("changed-after-approval"))
    set("amended", approvedAt + 20, {
      netCents: Math.round(netCents * 1.04),
      totalCents: Math.round((netCents * 1.04 * (100 + pack.taxPercent)) / 100),
    });

  const failing =
    cast.circumstances.on("transfer-fails", plan.id, dayOf(approvedAt)) ?? on("transfer-fails");
  const sentAt = approvedAt + 15;
  const readyAt = failing ? calendar.add(sentAt, failing.strength) : sentAt;
  log.opened("sync-attempt", `SY-${demand.id}`, {
    what: failing ? "failed" : "delivered",
    when: { occurred: sentAt },
    links: { invoice: id, project: plan.id },
    fields: {
      subjectType: "invoice",
      subjectId: id,
      from: "psa",
      to: "erp",
      state: failing ? "failed" : "delivered",
      attempts: failing ? 5 : 1,
      message: failing ? "The ERP refused the document: unknown dimension." : null,
    },
  });
  if (failing) {
    set("transfer-failed", sentAt, { ledgerState: "failed" });
    log.changed("sync-attempt", `SY-${demand.id}`, {
      what: "delivered",
      when: { occurred: readyAt },
      fields: { state: "delivered", attempts: 6, message: null },
      links: { invoice: id },
    });
  }
  const monthly = plan.client.monthlyRun || on("run-moved") !== null;
  const issuedAt = nextRun(cast, readyAt, monthly);
  set("scheduled", readyAt, { ledgerState: "sent", billingRunOn: calendar.date(dayOf(issuedAt)) });
  const due = dayOf(issuedAt) + plan.client.paymentTermDays;
  set("issued", issuedAt, {
    state: "issued",
    ledgerState: "posted",
    number: `R${id.slice(4)}`,
    issuedOn: calendar.date(dayOf(issuedAt)),
    dueOn: calendar.date(due),
    ledgerEntry: `GL-${demand.id}`,
  });
  const paidAt = settle(cast, { id, client: plan.client, due });
  set("paid", paidAt, { state: "paid", paidOn: calendar.date(dayOf(paidAt)) });

  const waitsAll: Wait[] = [
    ...demand.upstream,
    ...atDraft,
    ...span("invoice approval", record, [requestedAt, approvedAt, longest(approval)]),
    ...span(
      "transfer",
      { type: "sync-attempt", id: `SY-${demand.id}` },
      failing ? [sentAt, readyAt, failing.id] : [0, 0, null],
    ),
    ...span("run", record, [readyAt, issuedAt, on("run-moved")?.id ?? null]),
  ];
  return {
    id,
    projectId: plan.id,
    clientId: plan.client.id,
    billing: plan.billing,
    netCents,
    periodStart: demand.periodStart,
    periodEnd: demand.periodEnd,
    clock: demand.clock,
    draftedAt,
    waits: waitsAll,
    approval,
    readyAt,
    issuedAt,
    paidAt,
    earnedCents: demand.earnedCents,
  };
}

type Ordering = { readonly plan: ProjectPlan; readonly checked: Moment };

/** Where the order has run out, in time or in money. */
function orderMissing(cast: Cast, { plan, checked }: Ordering): Wait | null {
  const day = dayOf(checked);
  const change =
    cast.circumstances.on("purchase-order-absent", plan.id, day) ??
    cast.circumstances.on("purchase-order-used-up", plan.id, day);
  if (!change) return null;
  const to = cast.setting.calendar.add(checked, change.strength);
  return {
    what: "purchase order",
    record: { type: "purchase-order", id: `PO-${plan.id}` },
    from: checked,
    to,
    source: change.id,
  };
}

/** Tuesdays and Thursdays at four, or once a month on the eighth business day. */
function nextRun(
  { setting: { calendar, periodEnds } }: Cast,
  ready: Moment,
  monthly: boolean,
): Moment {
  if (monthly) {
    for (const end of periodEnds) {
      const run = at(calendar.addDays(end + 1, 7), 16 * 60);
      if (run > ready) return run;
    }
  }
  return nextWeeklyRun(calendar, ready);
}

function nextWeeklyRun(calendar: Calendar, ready: Moment): Moment {
  for (let day = dayOf(ready); ; day += 1) {
    if (weekday(day) !== 2 && weekday(day) !== 4) continue;
    const run = at(calendar.addDays(day, 0), 16 * 60);
    if (run > ready) return run;
  }
}
