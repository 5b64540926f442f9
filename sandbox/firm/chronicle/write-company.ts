import type { Client, Firm, Person } from "../firm.ts";
import { addDays, firmDays } from "../firm-days.ts";
import type { Log } from "./log.ts";
import { hourlyCostCents, type Plan } from "./plan-of.ts";

const grades = { office: "lead", consultant: "consultant" } as const;
const fullWeekMinutes = 40 * 60;
const industries = ["Health", "Energy", "Logistics", "Insurance", "Finance", "Retail", "Foods"];
const sponsors = [
  "Ruth Calloway",
  "Magnus Ek",
  "Ieva Ozola",
  "Peter Grant",
  "Solveig Dahl",
  "Niamh O'Neill",
  "Otto Lang",
  "Lucia Serra",
] as const;

const roleWords: Readonly<Record<Person["roles"][number], string>> = {
  DeliveryLead: "project_manager",
  FinanceManager: "finance_lead",
  ContractOwner: "sales",
  Consultant: "consultant",
  Administrator: "administration",
  Auditor: "audit",
};

/** Months of calls and answers kept about each client. */
const weeksOfContact = 20;

/** Everybody who works at the firm, its clients and how it keeps in touch with them. */
export function writeCompany(log: Log, firm: Firm, plans: readonly Plan[]): void {
  const founded = addDays(plans.map(({ startsOn }) => startsOn).toSorted()[0] ?? firm.anchor, -60);
  for (const person of firm.people) writePerson(log, person, { founded, plans });
  for (const [index, client] of firm.clients.entries()) {
    writeClient(log, client, { founded, index });
    keepInTouch(log, client, { firm, index });
  }
  for (const deal of firm.deals) {
    // The model begins where a lead has become an opportunity.
    if (deal.stage === "new") continue;
    const stage = dealStages[deal.stage];
    const closed = deal.stage === "closed_won" || deal.stage === "closed_lost";
    const openedOn = closed ? addDays(deal.closeOn, -40) : addDays(firm.anchor, -35);
    const fields = {
      name: deal.name,
      clientId: deal.clientId,
      stage: closed ? "negotiation" : stage,
      amountCents: deal.valueCents,
      closeOn: deal.closeOn,
      renewalOfContractId: null,
      ownerId: "cmendes",
    } as const;
    const links = { client: deal.clientId, "person:owner": "cmendes" };
    log.opened("opportunity", deal.id, { what: "created", at: [openedOn, 600], fields, links });
    if (closed)
      log.changed("opportunity", deal.id, {
        what: stage === "won" ? "won" : "lost",
        at: [deal.closeOn, 660],
        fields: { stage },
        links,
      });
  }
}

const dealStages = {
  qualified: "qualified",
  proposal_sent: "proposal",
  negotiating: "negotiation",
  closed_won: "won",
  closed_lost: "lost",
} as const;

function writePerson(
  log: Log,
  { handle, name, email, roles, active }: Person,
  { founded, plans }: { founded: string; plans: readonly Plan[] },
): void {
  // The story books its consultants beyond forty hours; their contracts say so.
  const booked = plans.reduce((sum, { blueprint }) => sum + (blueprint.team[handle] ?? 0) * 60, 0);
  const consultant = roles.includes("Consultant");
  log.opened("person", handle, {
    what: "created",
    at: [founded, 540],
    fields: {
      name,
      email,
      grade: consultant ? grades.consultant : grades.office,
      roles: roles.map((role) => roleWords[role]).join(","),
      weeklyMinutes: Math.max(fullWeekMinutes, booked),
      hourlyCostCents: consultant ? hourlyCostCents : 4_400,
      hourlyRateCents: consultant ? 5_600 : 8_800,
      utilisationTargetPercent: consultant ? 80 : 0,
      managerId: consultant ? "dreyes" : null,
      active,
      joinedOn: founded,
      leftOn: active ? null : addDays(founded, 90),
    },
  });
}

function writeClient(
  log: Log,
  client: Client,
  { founded, index }: { founded: string; index: number },
): void {
  log.opened("client", client.id, {
    what: "created",
    at: [founded, 560],
    fields: {
      name: client.name,
      code: client.code,
      email: client.email,
      industry: industries[index] ?? "Education",
      paymentTermDays: 30,
      purchaseOrderRequired: false,
      deemedAcceptedAfterDays: null,
      taxId: `DE8120${index}4471`,
      billingEmail: client.email,
      sponsorName: sponsors[index] ?? "Alma Brun",
      accountOwnerId: "cmendes",
    },
  });
}

/** The sponsor every other Tuesday, the client's team every Thursday; an answer now and then. */
function keepInTouch(
  log: Log,
  client: Client,
  { firm, index }: { firm: Firm; index: number },
): void {
  const days = firmDays(firm.anchor);
  const links = { client: client.id };
  const met = (role: "sponsor" | "team", on: string): void => {
    if (on >= firm.anchor) return;
    log.opened("contact", `CN-${client.id}-${role}-${on}`, {
      what: "held",
      at: [on, 840],
      fields: {
        clientId: client.id,
        projectId: null,
        personName: role === "sponsor" ? (sponsors[index] ?? "Alma Brun") : client.name,
        role,
        channel: role === "sponsor" ? "call" : "meeting",
        on,
      },
      links,
    });
  };
  for (let week = -weeksOfContact; week <= 0; week += 1) {
    if ((week + index) % 2 === 0) met("sponsor", addDays(days.week(week), 1));
    met("team", addDays(days.week(week), 3));
  }
  for (const [turn, week] of [-14, -8, -3].entries()) {
    const answeredOn = addDays(days.week(week), 2);
    log.opened("survey", `SV-${client.id}-${answeredOn}`, {
      what: "answered",
      at: [answeredOn, 700],
      fields: {
        clientId: client.id,
        projectId: null,
        kind: "csat",
        score: 4 + ((index + turn) % 2),
        answeredOn,
      },
      links,
    });
  }
  if (client.note !== null)
    log.opened("note", `NT-${client.id}`, {
      what: "written",
      at: [days.week(-12), 620],
      fields: {
        clientId: client.id,
        projectId: null,
        authorId: "cmendes",
        channel: "crm",
        text: client.note,
        writtenAt: log.instant([days.week(-12), 620]),
      },
      links,
    });
}
