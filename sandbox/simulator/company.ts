import type { ApprovalOutcome } from "./approval.ts";
import { at, type Day } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import { decideApproval } from "./decide-approval.ts";
import type { Log } from "./events.ts";
import type { SimulatedPerson } from "./people.ts";

/** What the firm knows before the first project: its people and clients. */
export function openBooks(cast: Cast, log: Log): void {
  const { calendar, firstDay } = cast.setting;
  const start = at(firstDay - 400, 8 * 60);
  for (const person of cast.people) {
    const {
      id,
      name,
      email,
      grade,
      role,
      weeklyMinutes,
      hourlyCostCents,
      hourlyRateCents,
      utilisationTarget,
      managerId,
      active,
    } = person;
    log.opened("person", id, {
      when: { occurred: start },
      fields: {
        name,
        email,
        grade,
        roles: role,
        weeklyMinutes,
        hourlyCostCents,
        hourlyRateCents,
        utilisationTargetPercent: Math.round(utilisationTarget * 100),
        managerId,
        active,
        joinedOn: calendar.date(firstDay - 400),
        leftOn: active ? null : calendar.date(firstDay - 60),
      },
    });
    person.absences.forEach((away) => {
      const planned = away.kind === "holiday";
      log.opened("leave", `LV-${id}-${calendar.date(away.from)}-${away.until - away.from}`, {
        what: planned ? "booked" : "reported",
        when: {
          occurred: planned ? Math.max(start, at(away.from - 40, 10 * 60)) : at(away.from, 8 * 60),
        },
        fields: {
          personId: id,
          kind: away.kind,
          from: calendar.date(away.from),
          to: calendar.date(away.until - 1),
          coverPersonId: away.coverId,
        },
        links: { person: id },
      });
    });
  }
  const sales = cast.people.filter(({ role }) => role === "sales");
  for (const [index, client] of cast.clients.entries()) {
    const {
      id,
      name,
      code,
      industry,
      paymentTermDays,
      purchaseOrderRequired,
      deemedAcceptedAfterDays,
      sponsorName,
    } = client;
    log.opened("client", id, {
      when: { occurred: start },
      fields: {
        name,
        code,
        email: `office@${code.toLowerCase()}.example`,
        industry,
        paymentTermDays,
        purchaseOrderRequired,
        deemedAcceptedAfterDays,
        taxId: `X${String(10_000_000 + index * 7919)}`,
        billingEmail: `invoices@${code.toLowerCase()}.example`,
        sponsorName,
        accountOwnerId: sales[index % sales.length]?.id ?? "",
      },
    });
  }
}

/** Requests that have nothing to do with projects: every approver's desk has them. */
export function askForPurchases(cast: Cast, log: Log): ApprovalOutcome[] {
  const { setting, circumstances } = cast;
  const { calendar, firstDay, today } = setting;
  const approvers = cast.people.filter(
    ({ role }) => role === "project_manager" || role === "finance_lead",
  );
  return approvers.flatMap((approver) => {
    const draws = setting.draws.of("purchases", approver.id);
    const outcomes: ApprovalOutcome[] = [];
    for (let day = firstDay; day <= today; day += 1) {
      if (!calendar.isBusinessDay(day)) continue;
      const flood = circumstances.on("overload", approver.id, day) ? 5 : 0;
      const count = draws.poisson(`count/${day}`, 0.5 + flood);
      for (let turn = 0; turn < count; turn += 1)
        outcomes.push(purchase(cast, log, { approver, day, turn }));
    }
    return outcomes;
  });
}

function purchase(
  cast: Cast,
  log: Log,
  { approver, day, turn }: { approver: SimulatedPerson; day: Day; turn: number },
): ApprovalOutcome {
  const { calendar, draws: root } = cast.setting;
  const name = `${approver.id}-${calendar.date(day)}-${turn + 1}`;
  const draws = root.of("purchase", name);
  const requester =
    cast.people[draws.between("requester", 0, cast.setting.size.consultants - 1)] ?? approver;
  return decideApproval(cast, log, {
    id: `AP-PQ-${name}`,
    kind: "purchase",
    subjectType: "purchase",
    subjectId: `PQ-${name}`,
    projectId: null,
    clientId: null,
    amountCents: Math.round(draws.lognormal("amount", 600_00, 1)),
    requesterId: requester.id,
    approverId: approver.id,
    pace: approver.role === "finance_lead" ? "budget" : "line",
    requestedAt: calendar.add(at(day, 9 * 60), 0.95 * draws.uniform("hour")),
  });
}
