import { addBusinessDays } from "#/domain/business-time.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { ChangeOrder, Milestone, RecordRef, Source } from "#/domain/record.ts";
import { compareInstants, endOfDay, latest } from "./civil-time.ts";
import type { Condition } from "./condition.ts";
import type { BillingFacts, Scope } from "./invoice-facts.ts";
import { civilMoments } from "./moments.ts";
import { observed } from "./observed.ts";
import { timeConditions } from "./time-conditions.ts";

const momentsOf = (facts: BillingFacts) => facts.moments ?? civilMoments(facts.calendar);

/**
 * Everything that must be so before this invoice may go out, and the wait for its billing run.
 * `others`: what else the caller knows of.
 */
export function invoiceConditions(
  facts: BillingFacts,
  scope: Scope,
  others: readonly Condition[] = [],
): Condition[] {
  const conditions = [
    ...others,
    ...scope.changeOrders.map((order) => changeOrderDecided(order, facts)),
    ...scope.weeks.flatMap((week) =>
      timeConditions(week, {
        calendar: facts.calendar,
        moments: momentsOf(facts),
        inferred: scope.basisInferred,
      }),
    ),
    ...scope.milestones.flatMap((milestone) => accepted(milestone, facts) ?? []),
    ...(invoiceApproved(facts) ?? []),
  ];
  return [...conditions, ...(billingRun(facts, scope, conditions) ?? [])];
}

function changeOrderDecided(order: ChangeOrder, facts: BillingFacts) {
  const { invoice, asOf } = facts;
  const moments = momentsOf(facts);
  const met = !["draft", "proposed", "client_review"].includes(order.state);
  const since = order.raisedOn ?? invoice.periodEnd;
  const name = order.number ? plainText(order.number, 40) : order.source.id;
  const decided = order.decidedOn ?? "on an unknown day";
  return {
    cause: "INV-3",
    record: ref(order.source),
    detail: met
      ? `Change order ${name}: ${order.state} ${decided}, raised ${since ?? "on an unknown day"}`
      : `Change order ${name} is billed on this invoice and still ${stateWords[order.state] ?? "open"}, raised ${since ?? "on an unknown day"}`,
    // Open with no date at all: it certainly blocks now, and nothing says since when.
    blocksFrom:
      order.raisedOn !== null
        ? moments.at(order.source, "raisedOn", order.raisedOn)
        : since !== null
          ? endOfDay(facts.calendar, since)
          : met
            ? null
            : asOf,
    met,
    metAt:
      met && order.decidedOn !== null
        ? moments.at(order.source, "decidedOn", order.decidedOn)
        : null,
    inferred: order.raisedOn === null,
    evidence: [
      observed(order.source, "state", order.state),
      observed(order.source, "raisedOn", order.raisedOn),
      observed(order.source, "decidedOn", order.decidedOn),
    ],
  } satisfies Condition;
}

const stateWords: Readonly<Record<string, string>> = {
  draft: "a draft",
  proposed: "with no answer to our offer",
  client_review: "in the client's review",
};

/** null when it was not delivered: then acceptance is not what the invoice waits for. */
function accepted(milestone: Milestone, facts: BillingFacts): Condition | null {
  const { calendar, asOf } = facts;
  const moments = momentsOf(facts);
  const { deliveredOn, acceptedOn, deemedAcceptedAfterDays: silence } = milestone;
  if (deliveredOn === null) return null;
  const deemedOn = silence === null ? null : addBusinessDays(calendar, deliveredOn, silence);
  const doneOn = [acceptedOn, deemedOn].flatMap((date) => date ?? []).toSorted()[0] ?? null;
  const doneAt =
    doneOn === null
      ? null
      : doneOn === acceptedOn
        ? moments.at(milestone.source, "acceptedOn", doneOn)
        : endOfDay(calendar, doneOn);
  const byClause = acceptedOn === null || (deemedOn !== null && deemedOn < acceptedOn);
  const met = acceptedOn !== null || (doneAt !== null && compareInstants(doneAt, asOf) <= 0);
  const how = met
    ? byClause
      ? `accepted by silence on ${doneOn}`
      : `accepted ${acceptedOn}`
    : doneOn === null
      ? "not accepted"
      : `not accepted; accepted by silence after ${doneOn}`;
  return {
    cause: "INV-4",
    record: ref(milestone.source),
    detail: `Milestone “${plainText(milestone.name, 80)}”: delivered ${deliveredOn}, ${how}`,
    blocksFrom: moments.at(milestone.source, "deliveredOn", deliveredOn),
    met,
    metAt: met ? doneAt : null,
    inferred: false,
    evidence: [
      observed(milestone.source, "deliveredOn", deliveredOn),
      observed(milestone.source, "acceptedOn", acceptedOn),
      observed(milestone.source, "deemedAcceptedAfterDays", silence),
    ],
  };
}

function invoiceApproved({ invoice, calendar }: BillingFacts): Condition[] | null {
  const { approval } = invoice;
  if (approval === null) return null;
  const approver =
    approval.approverName === null ? "" : ` (${plainText(approval.approverName, 80)})`;
  const met = approval.approvedOn !== null;
  return [
    {
      cause: "INV-8",
      record: ref(invoice.source),
      detail: `Approval in the ERP asked on ${approval.requestedOn}${approver}, ${met ? `given ${approval.approvedOn}` : "not given"}`,
      blocksFrom: endOfDay(calendar, approval.requestedOn),
      met,
      metAt: approval.approvedOn === null ? null : endOfDay(calendar, approval.approvedOn),
      inferred: false,
      evidence: [
        observed(invoice.source, "state", invoice.state),
        observed(invoice.source, "approval.requestedOn", approval.requestedOn),
        observed(invoice.source, "approval.approvedOn", approval.approvedOn),
      ],
    },
  ];
}

/** The wait from the moment everything was ready until the run that bills it. */
function billingRun(
  facts: BillingFacts,
  scope: Scope,
  conditions: readonly Condition[],
): Condition[] | null {
  const { invoice, calendar, asOf } = facts;
  const runs = invoice.billingRunOn;
  const delivered = scope.milestones.every((milestone) => milestone.deliveredOn !== null);
  if (runs === null || !delivered || scope.gaps.length > 0) return null;
  if (conditions.some((condition) => !condition.met)) return null;
  const ready = [
    ...conditions.flatMap((condition) => condition.metAt ?? []),
    ...(invoice.draftedOn === null
      ? []
      : [momentsOf(facts).at(invoice.source, "draftedOn", invoice.draftedOn)]),
    ...(facts.passedAt ? [facts.passedAt] : []),
    ...(invoice.periodEnd === null ? [] : [endOfDay(calendar, invoice.periodEnd)]),
  ];
  const since = ready.length === 0 ? null : ready.reduce(latest);
  const runsAt = facts.outAt ?? endOfDay(calendar, runs);
  const met = compareInstants(runsAt, asOf) <= 0;
  return [
    {
      cause: "INV-12",
      record: ref(invoice.source),
      detail: `Everything is ready; the billing run is on ${runs}`,
      blocksFrom: since,
      met,
      metAt: runsAt,
      inferred: conditions.some((condition) => condition.metAt === null),
      evidence: [
        observed(invoice.source, "billingRunOn", runs),
        observed(invoice.source, "state", invoice.state),
        observed(invoice.source, "draftedOn", invoice.draftedOn),
      ],
    },
  ];
}

const ref = ({ system, type, id }: Source): RecordRef => ({ system, type, id });
