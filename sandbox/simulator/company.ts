import { type ApprovalOutcome, decideApproval } from "./approvals.ts";
import { at, type Day, type Moment } from "./calendar.ts";
import type { Cast } from "./cast.ts";
import type { SimulatedClient } from "./clients.ts";
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

/** Tickets, contacts, answers to surveys: what an account feels like from outside. */
export function keepAccount(cast: Cast, log: Log, client: SimulatedClient): void {
  const { setting, circumstances } = cast;
  const { firstDay, today, calendar } = setting;
  const draws = setting.draws.of("account", client.id);
  let nextSponsor = firstDay + draws.uniform("first") * client.sponsorEveryDays;
  for (let monday = firstDay; monday <= today; monday += 7) {
    const cold = circumstances.on("relationship-cools", client.id, monday) !== null;
    const gone = circumstances.on("sponsor-leaves", client.id, monday) !== null;
    const tickets = draws.poisson(
      `tickets/${monday}`,
      (client.ticketsPerMonth / 4.345) * (cold ? 3 : 1),
    );
    for (let turn = 0; turn < tickets; turn += 1)
      raiseTicket(cast, log, { client, monday, turn, cold });
    const touch = (role: "sponsor" | "team", personName: string, day: Day): void =>
      log.opened("contact", `CN-${client.id}-${role}-${calendar.date(day)}`, {
        what: "held",
        when: { occurred: calendar.add(at(day, 10 * 60), 0.3) },
        links: { client: client.id },
        fields: {
          clientId: client.id,
          projectId: null,
          personName,
          role,
          channel: draws.pick(`channel/${role}/${monday}`, ["call", "meeting", "mail"]),
          on: calendar.date(day),
        },
      });
    if (draws.chance(`team/${monday}`, cold ? 0.4 : 0.85))
      touch("team", client.contactName, monday + draws.between(`team day/${monday}`, 0, 4));
    if (nextSponsor < monday + 7) {
      if (!gone && (!cold || draws.chance(`cold/${monday}`, 0.12)))
        touch("sponsor", client.sponsorName, Math.floor(nextSponsor));
      nextSponsor =
        Math.max(nextSponsor, monday) +
        draws.lognormal(`sponsor/${monday}`, client.sponsorEveryDays, 0.4);
    }
    if ((monday - firstDay) % 91 === 42 && draws.chance(`answers/${monday}`, 0.3))
      survey(cast, log, { client, day: monday + 2, cold });
  }
  const left = circumstances.ever("sponsor-leaves", client.id);
  if (left)
    log.changed("client", client.id, {
      what: "sponsor-changed",
      when: { occurred: at(left.until, 10 * 60) },
      fields: { sponsorName: client.contactName },
    });
}

function survey(
  cast: Cast,
  log: Log,
  { client, day, cold }: { client: SimulatedClient; day: Day; cold: boolean },
): void {
  const { calendar, draws: root } = cast.setting;
  const felt =
    client.satisfaction -
    (cold ? 0.35 : 0) +
    0.1 * root.of("survey", client.id).normal(String(day));
  const score = Math.min(5, Math.max(1, Math.round(1 + 5 * felt)));
  log.opened("survey", `SV-${client.id}-${calendar.date(day)}`, {
    what: "answered",
    when: { occurred: at(day, 13 * 60) },
    links: { client: client.id },
    fields: {
      clientId: client.id,
      projectId: null,
      kind: "csat",
      score,
      answeredOn: calendar.date(day),
    },
  });
}

/** Calendar days until the first resolution, by quantile; measured on a public help-desk log. */
const resolution: readonly (readonly [share: number, days: number])[] = [
  [0, 0.01],
  [0.1, 0.03],
  [0.25, 0.8],
  [0.5, 6],
  [0.75, 18.9],
  [0.9, 29.8],
  [0.99, 43.1],
  [1, 70],
];
const closing: readonly (readonly [share: number, days: number])[] = [
  [0, 10],
  [0.1, 30],
  [0.5, 39.9],
  [0.9, 53],
  [1, 75],
];
const bySeverity = { 1: 0.3, 2: 0.6, 3: 0.95, 4: 1.2 } as const;

export function quantile(table: readonly (readonly [number, number])[], share: number): number {
  const upper = table.findIndex(([at0]) => at0 >= share);
  const [high, low] = [table[Math.max(1, upper)], table[Math.max(0, upper - 1)]];
  if (!high || !low) return 0;
  return low[1] + ((high[1] - low[1]) * (share - low[0])) / (high[0] - low[0]);
}

type Raised = {
  readonly client: SimulatedClient;
  readonly monday: Day;
  readonly turn: number;
  readonly cold: boolean;
};

function raiseTicket(cast: Cast, log: Log, { client, monday, turn, cold }: Raised): void {
  const { calendar, draws: root } = cast.setting;
  const id = `IN-${client.id}-${calendar.date(monday)}-${turn + 1}`;
  const draws = root.of("ticket", id);
  const severity = draws.weighted<1 | 2 | 3 | 4>(
    "severity",
    cold
      ? [
          [1, 10],
          [2, 30],
          [3, 40],
          [4, 20],
        ]
      : [
          [1, 3],
          [2, 12],
          [3, 45],
          [4, 40],
        ],
  );
  const day = monday + draws.between("day", 0, 4);
  const opened = at(day, 8 * 60 + draws.between("minute", 0, 600));
  const after = (days: number): Moment => opened + Math.max(10, Math.round(days * 1440));
  const resolved = after(
    quantile(resolution, draws.uniform("resolve")) * bySeverity[severity] * (cold ? 1.5 : 1),
  );
  const closed = Math.max(resolved + 1440, after(quantile(closing, draws.uniform("close"))));
  const links = { client: client.id };
  log.opened("ticket", id, {
    what: "raised",
    when: { occurred: opened },
    links,
    fields: {
      clientId: client.id,
      projectId: null,
      severity,
      title: draws.pick("title", titles),
      state: "open",
      openedOn: calendar.date(day),
      resolvedOn: null,
      closedOn: null,
      escalated: false,
      reopens: 0,
    },
  });
  if (draws.chance("escalated", severity <= 2 ? (cold ? 0.6 : 0.15) : 0.02))
    log.changed("ticket", id, {
      what: "escalated",
      when: { occurred: opened + Math.round((resolved - opened) * 0.4) },
      links,
      fields: { escalated: true },
    });
  const dateOf = (moment: Moment): string => calendar.date(Math.floor(moment / 1440));
  log.changed("ticket", id, {
    what: "resolved",
    when: { occurred: resolved },
    links,
    fields: { state: "resolved", resolvedOn: dateOf(resolved) },
  });
  log.changed("ticket", id, {
    what: "closed",
    when: { occurred: closed },
    links,
    fields: { state: "closed", closedOn: dateOf(closed) },
  });
}

const titles = [
  "Report shows wrong totals",
  "Login takes very long",
  "Export stops half way",
  "Question about a field",
  "Printout is cut off",
  "Interface sends twice",
  "User cannot see the order",
] as const;
