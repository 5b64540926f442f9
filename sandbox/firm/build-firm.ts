import type { DealBlueprint, InvoiceBlueprint, ProjectBlueprint } from "./blueprint.ts";
import { busyProjects } from "./busy-projects.ts";
import { clients, deals } from "./clients.ts";
import {
  type Client,
  type Firm,
  type Invoice,
  type LedgerEntry,
  type Project,
  totalCents,
} from "./firm.ts";
import { addDays, type FirmDays, firmDays } from "./firm-days.ts";
import { fixedPriceProjects } from "./fixed-price-projects.ts";
import { people } from "./people.ts";
import { quietProjects } from "./quiet-projects.ts";
import { randomStream } from "./random-stream.ts";
import { timesheetsOf } from "./timesheets.ts";

export type Blueprints = {
  readonly clients: readonly Omit<Client, "version">[];
  readonly projects: readonly ProjectBlueprint[];
  readonly deals: readonly DealBlueprint[];
};

export const meridian: Blueprints = {
  clients,
  projects: [...busyProjects, ...fixedPriceProjects, ...quietProjects],
  deals,
};

/**
 * Meridian Consulting as its systems hold it on the anchor date. Equal seed, anchor and blueprints
 * give equal firms. Throws RangeError when the anchor is no civil date.
 */
export function buildFirm(
  { seed, anchor }: { seed: string; anchor: string },
  blueprints: Blueprints = meridian,
): Firm {
  const days = firmDays(anchor);
  const { projects } = blueprints;
  const invoices = projects.flatMap((plan) =>
    (plan.invoices ?? []).map((invoice) => invoiceFrom(seed, days, { plan, invoice })),
  );
  return {
    anchor,
    seed,
    people: people.map((person) => ({ ...person })),
    clients: blueprints.clients.map((client) => ({ ...client, version: 1 })),
    projects: projects.map((plan) => projectFrom(seed, plan)),
    milestones: projects.flatMap((plan) => milestonesOf(plan, days)),
    timesheets: projects.flatMap((plan) => timesheetsOf(plan, seed, days)),
    changeOrders: projects.flatMap((plan) => changeOrdersOf(plan, days)),
    deals: blueprints.deals.map(({ client, close, value, ...deal }) => ({
      ...deal,
      clientId: client,
      valueCents: value * 100,
      closeOn: days.day(close),
      note: null,
      version: 1,
    })),
    invoices,
    ledger: invoices.flatMap(ledgerEntryOf),
  };
}

function projectFrom(seed: string, plan: ProjectBlueprint): Project {
  const random = randomStream(seed, `project ${plan.id}`);
  const weeklyHours = Object.values(plan.team).reduce((sum, hours) => sum + hours, 0);
  const openingHours = weeklyHours * random.between(4, 12);
  return {
    id: plan.id,
    clientId: plan.client,
    name: plan.name,
    code: plan.code,
    phase: plan.phase ?? "running",
    billing: plan.billing,
    lead: plan.lead,
    budgetMinutes: (openingHours + weeklyHours * random.between(16, 26)) * 60,
    openingMinutes: openingHours * 60,
    reported: plan.reported ?? null,
    note: plan.note ?? null,
    version: random.between(1, 9),
  };
}

const milestonesOf = (plan: ProjectBlueprint, days: FirmDays): Firm["milestones"] =>
  (plan.milestones ?? []).map(({ due, delivered, accepted, silentDays, fee, note, ...rest }) => ({
    ...rest,
    projectId: plan.id,
    dueOn: days.day(due),
    deliveredOn: delivered ? days.day(delivered) : null,
    acceptedOn: accepted ? days.day(accepted) : null,
    silentDays: silentDays ?? null,
    feeCents: fee * 100,
    note: note ?? null,
    version: 1,
  }));

const changeOrdersOf = (plan: ProjectBlueprint, days: FirmDays): Firm["changeOrders"] =>
  (plan.changeOrders ?? []).map(({ id, title, state, raised, decided, value, note }) => ({
    id,
    title,
    state,
    projectId: plan.id,
    number: `${plan.code}/${id.slice(-1)}`,
    valueCents: value * 100,
    raisedOn: days.day(raised),
    decidedOn: decided ? days.day(decided) : null,
    note: note ?? null,
    version: 1,
  }));

function invoiceFrom(
  seed: string,
  days: FirmDays,
  { plan, invoice }: { plan: ProjectBlueprint; invoice: InvoiceBlueprint },
): Invoice {
  const random = randomStream(seed, `invoice ${invoice.id}`);
  const postedOn = invoice.posted ? days.day(invoice.posted) : null;
  const digits = invoice.id.slice(-4);
  const { approval } = invoice;
  return {
    id: invoice.id,
    reference: invoice.reference,
    number: postedOn ? `MC-${digits}` : null,
    clientId: plan.client,
    projectId: plan.id,
    state: invoice.state,
    billing: invoice.billing,
    period: invoice.period ? days.period(invoice.period) : null,
    lines: invoice.lines.map((line, index) => ({
      id: String(index + 1),
      text: line.text,
      netCents: (line.net || random.between(40, 140) * 100) * 100,
      milestoneId: line.milestone ?? null,
      changeOrderId: line.changeOrder ?? null,
    })),
    draftedOn: days.day(invoice.drafted),
    postedOn,
    dueOn: postedOn ? addDays(postedOn, 30) : null,
    approval: approval
      ? {
          requestedOn: days.day(approval.requested),
          approvedOn: approval.approved ? days.day(approval.approved) : null,
          approver: approval.approver ?? null,
        }
      : null,
    billingRunOn: invoice.billingRun ? days.day(invoice.billingRun) : null,
    ledgerEntry: postedOn ? `GL-0${digits}` : null,
    note: invoice.note ?? null,
    version: random.between(1, 5),
  };
}

const ledgerEntryOf = (invoice: Invoice): LedgerEntry[] =>
  invoice.ledgerEntry && invoice.postedOn
    ? [
        {
          id: invoice.ledgerEntry,
          invoiceId: invoice.id,
          postedOn: invoice.postedOn,
          totalCents: totalCents(invoice),
        },
      ]
    : [];
