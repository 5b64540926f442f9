import type { ApprovalOutcome } from "./approval.ts";
import { at, dayOf, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { decideApproval } from "./decide-approval.ts";
import type { Delivery } from "./delivery.ts";
import type { Log } from "./events.ts";
import type { ProjectPlan } from "./staffing-plan.ts";

export type Expense = {
  readonly id: string;
  readonly amountCents: number;
  readonly rebillable: boolean;
  readonly incurredAt: Moment;
  readonly submittedAt: Moment;
  readonly approval: ApprovalOutcome;
};

/** Travel and subcontractors of one project: claims come days after the trip, as measured. */
export function spend(
  cast: Cast,
  log: Log,
  { plan, delivery }: { plan: ProjectPlan; delivery: Delivery },
): Expense[] {
  const { calendar } = cast.setting;
  const draws = cast.setting.draws.of("expenses", plan.id);
  const days = delivery.end - delivery.start;
  const trips = Math.min(12, draws.poisson("trips", (0.6 * days) / 30.4));
  type Item = {
    readonly name: string;
    readonly day: number;
    readonly amountCents: number;
    readonly kind: "travel" | "subcontractor";
    readonly rebillable: boolean;
  };
  const items: Item[] = Array.from({ length: trips }, (_, trip) => ({
    name: String(trip + 1),
    day: delivery.start + Math.round(draws.uniform(`day/${trip}`) * days),
    amountCents: Math.round(draws.lognormal(`amount/${trip}`, 420_00, 0.8)),
    kind: "travel",
    rebillable: plan.billing === "time_and_materials" || draws.chance(`rebillable/${trip}`, 0.4),
  }));
  const dearer = cast.circumstances.ever("subcontractor-dearer", plan.id);
  const passed = cast.circumstances.ever("cost-passed-on", plan.id);
  for (const [change, rebillable, name] of [
    [dearer, false, String(trips + 1)],
    [passed, true, String(trips + 2)],
  ] as const)
    if (change)
      items.push({
        name,
        day: change.from,
        amountCents: Math.round(plan.valueCents * change.strength),
        kind: "subcontractor",
        rebillable,
      });
  return items.map((item) => {
    const id = `EX-${plan.id}-${item.name}`;
    const seat =
      plan.seats[draws.between(`who/${item.name}`, 0, plan.seats.length - 1)] ?? plan.seats[0];
    const personId = seat?.personId ?? plan.leadId;
    const incurredAt = at(item.day, 12 * 60);
    // ln-hours 5.02, spread 1.15: median 5.6 days, nine in ten within a month.
    const lag = Math.min(150, draws.lognormal(`lag/${item.name}`, Math.exp(5.02) / 24 - 1.2, 1.15));
    const submittedAt = calendar.add(incurredAt + Math.round(lag * 1440), 0.01);
    const links = { project: plan.id, person: personId };
    log.opened("expense", id, {
      what: "submitted",
      when: { occurred: submittedAt },
      links,
      fields: {
        projectId: plan.id,
        personId,
        incurredOn: calendar.date(item.day),
        submittedOn: calendar.date(dayOf(submittedAt)),
        amountCents: item.amountCents,
        rebillable: item.rebillable,
        kind: item.kind,
        state: "submitted",
        approvedOn: null,
      },
    });
    const approval = decideApproval(cast, log, {
      id: `AP-${id}`,
      kind: "expense",
      subjectType: "expense",
      subjectId: id,
      projectId: plan.id,
      clientId: plan.client.id,
      amountCents: item.amountCents,
      requesterId: personId,
      approverId:
        personId === plan.leadId ? (cast.person(personId).managerId ?? plan.leadId) : plan.leadId,
      pace: "line",
      requestedAt: submittedAt,
      sitting: calendar.date(dayOf(submittedAt)),
    });
    const rejected = approval.decision === "rejected";
    log.changed("expense", id, {
      what: approval.decision,
      when: { occurred: approval.decidedAt },
      links,
      fields: {
        state: rejected ? "rejected" : "approved",
        approvedOn: rejected ? null : calendar.date(dayOf(approval.decidedAt)),
      },
    });
    return {
      id,
      amountCents: item.amountCents,
      rebillable: item.rebillable,
      incurredAt,
      submittedAt,
      approval,
    };
  });
}
