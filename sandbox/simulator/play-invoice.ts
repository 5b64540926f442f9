import type { ApprovalOutcome } from "./approval.ts";
import { nextRun } from "./billing-run.ts";
import { dayOf, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { financeLead } from "./change-orders.ts";
import { check } from "./check-draft.ts";
import { decideApproval } from "./decide-approval.ts";
import type { Log } from "./events.ts";
import type { ProjectChange } from "./intervention-kinds.ts";
import { type Demand, longest, type SimulatedInvoice, span, type Wait } from "./invoice.ts";
import type { InvoiceWay } from "./invoice-way.ts";
import { settle } from "./payments.ts";
import type { ProjectPlan } from "./staffing-plan.ts";
import { sumOf, withTax, writeDraft } from "./write-draft.ts";

/** Smaller invoices that agree with the contract pass the first, automatic check. */
const passesBelowCents = 25_000_00;
/** These can only happen to a document that somebody has to look at. */
const looksNeeded: readonly ProjectChange[] = [
  "approver-inactive",
  "request-incomplete",
  "extra-levels",
  "group-queue",
  "notice-lost",
  "approver-disagrees",
  "upstream-unsigned",
  "timer-only",
  "requester-decides",
  "changed-after-approval",
];

/** Drafts, checks, approves, transfers, issues and is paid: one invoice from end to end. */
export function playInvoice(cast: Cast, log: Log, task: Task): SimulatedInvoice {
  const { calendar } = cast.setting;
  const { plan, demand } = task;
  const way = setOut(cast, log, task);
  writeDraft(way);
  const checked = calendar.add(way.draftedAt, 0.05);
  const atDraft = check(way, checked);
  const completeAt = calendar.add(
    Math.max(demand.readyUpstream, checked, ...atDraft.map(({ to }) => to)),
    0.1,
  );
  const { approval, approvedAt } = approve(way, completeAt);
  const transfer = send(way, approvedAt);
  const readyAt = transfer?.to ?? approvedAt + 15;
  const moved = way.on("run-moved");
  const issuedAt = nextRun(cast, readyAt, plan.client.monthlyRun || moved !== null);
  const paidAt = issue(way, readyAt, issuedAt);
  const record = { type: "invoice", id: way.id };
  return {
    id: way.id,
    projectId: plan.id,
    clientId: plan.client.id,
    billing: plan.billing,
    netCents: way.netCents,
    earnedCents: demand.earnedCents,
    periodStart: demand.periodStart,
    periodEnd: demand.periodEnd,
    clock: demand.clock,
    draftedAt: way.draftedAt,
    approval,
    readyAt,
    issuedAt,
    paidAt,
    waits: [
      ...demand.upstream,
      ...atDraft,
      ...(approval
        ? span("invoice approval", record, [completeAt, approvedAt, longest(approval)])
        : []),
      ...(transfer ? [transfer] : []),
      ...span("run", record, [readyAt, issuedAt, moved?.id ?? null]),
    ],
  };
}

type Task = {
  readonly plan: ProjectPlan;
  readonly demand: Demand;
  readonly orderRenewedAt: Moment | null;
};

function setOut(cast: Cast, log: Log, { plan, demand, orderRenewedAt }: Task): InvoiceWay {
  const id = `SI-${demand.id}`;
  const draws = cast.setting.draws.of("invoice", id);
  const links = { project: plan.id, client: plan.client.id };
  // The office drafts when the clock starts, or at once where everything was there before.
  const draftedAt = cast.setting.calendar.add(
    Math.min(demand.clock, demand.readyUpstream),
    0.2 + 0.4 * draws.uniform("drafting"),
  );
  return {
    cast,
    log,
    plan,
    demand,
    id,
    draws,
    draftedAt,
    orderRenewedAt,
    links,
    netCents:
      sumOf(demand.lines) +
      sumOf(demand.changes.flatMap(({ line, declinedAt }) => (declinedAt === null ? line : []))),
    on: (kind) => cast.circumstances.on(kind, plan.id, dayOf(draftedAt)),
    set: (what, moment, fields) =>
      log.changed("invoice", id, { what, when: { occurred: moment }, fields, links }),
  };
}

function approve(
  way: InvoiceWay,
  completeAt: Moment,
): { approval: ApprovalOutcome | null; approvedAt: Moment } {
  const { cast, log, plan, id, netCents, set } = way;
  const { calendar, pack } = cast.setting;
  const seen = looksNeeded.some((kind) => cast.circumstances.on(kind, plan.id, dayOf(completeAt)));
  if (netCents < passesBelowCents && !seen) {
    const approvedAt = completeAt + 10;
    set("passed-automatic-check", approvedAt, {
      state: "approved",
      approvedOn: calendar.date(dayOf(approvedAt)),
    });
    return { approval: null, approvedAt };
  }
  const clerks = cast.people.filter(({ role }) => role === "billing");
  const requesterId = clerks[Number(plan.id.slice(1)) % clerks.length]?.id ?? plan.leadId;
  const approval = decideApproval(cast, log, {
    id: `AP-${id}`,
    kind: "invoice",
    subjectType: "invoice",
    subjectId: id,
    projectId: plan.id,
    clientId: plan.client.id,
    amountCents: netCents,
    requesterId,
    approverId: financeLead(cast, plan),
    pace: "budget",
    requestedAt: completeAt,
  });
  const { decidedAt: approvedAt, decidedBy } = approval;
  set("approval-requested", completeAt, {
    approvalRequestedOn: calendar.date(dayOf(completeAt)),
    approverId: approval.request.approverId,
  });
  set("approved", approvedAt, {
    state: "approved",
    approvedOn: calendar.date(dayOf(approvedAt)),
    approverId: decidedBy,
  });
  if (cast.circumstances.on("changed-after-approval", plan.id, dayOf(completeAt))) {
    const more = Math.round(netCents * 1.04);
    set("amended", approvedAt + 10, { netCents: more, totalCents: withTax(more, pack.taxPercent) });
  }
  return { approval, approvedAt };
}

/** Hands the document to the ERP; null where that works at once. */
function send(
  { cast, log, plan, demand, id, set, on }: InvoiceWay,
  approvedAt: Moment,
): Wait | null {
  const change =
    cast.circumstances.on("transfer-fails", plan.id, dayOf(approvedAt)) ?? on("transfer-fails");
  const sync = `SY-${demand.id}`;
  const sentAt = approvedAt + 15;
  const attempt = { subjectType: "invoice", subjectId: id, from: "psa", to: "erp" };
  const links = { invoice: id, project: plan.id };
  if (!change) {
    log.opened("sync-attempt", sync, {
      what: "delivered",
      when: { occurred: sentAt },
      links,
      fields: { ...attempt, state: "delivered", attempts: 1, message: null },
    });
    return null;
  }
  const to = cast.setting.calendar.add(sentAt, change.strength);
  log.opened("sync-attempt", sync, {
    what: "failed",
    when: { occurred: sentAt },
    links,
    fields: {
      ...attempt,
      state: "failed",
      attempts: 5,
      message: "The ERP refused the document: unknown dimension.",
    },
  });
  set("transfer-failed", sentAt, { ledgerState: "failed" });
  log.changed("sync-attempt", sync, {
    what: "delivered",
    when: { occurred: to },
    links,
    fields: { state: "delivered", attempts: 6, message: null },
  });
  return {
    what: "transfer",
    record: { type: "sync-attempt", id: sync },
    from: sentAt,
    to,
    source: change.id,
  };
}

function issue(
  { cast, plan, demand, id, set }: InvoiceWay,
  readyAt: Moment,
  issuedAt: Moment,
): Moment {
  const { calendar } = cast.setting;
  const due = dayOf(issuedAt) + plan.client.paymentTermDays;
  set("scheduled", readyAt, { ledgerState: "sent", billingRunOn: calendar.date(dayOf(issuedAt)) });
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
  return paidAt;
}
