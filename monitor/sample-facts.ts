import type { BusinessCalendar } from "#/domain/business-time.ts";
import { TenantId } from "#/domain/ids.ts";
import type {
  ChangeOrder,
  Invoice,
  Milestone,
  Project,
  Source,
  TimesheetWeek,
} from "#/domain/record.ts";
import type { InvoiceFacts } from "./invoice-facts.ts";

/*
 * One small firm for tests: Aurora is billed by time for October 2026. Saturday the 31st closes the
 * period, Monday 2 November is the first working day after it.
 */

export const calendar: BusinessCalendar = {
  zone: "Europe/Ljubljana",
  days: [1, 2, 3, 4, 5],
  opensAt: 9 * 60,
  closesAt: 17 * 60,
  holidays: [],
};

export const day = 480;

export const source = (system: Source["system"], type: string, id: string): Source => ({
  system,
  type,
  id,
  connection: "sample",
  revision: "1",
  retrievedAt: "2026-11-23T10:00:00Z",
  url: null,
});

export const project: Project = {
  source: source("psa", "project", "P-1"),
  name: "Aurora migration",
  code: "AUR",
  clientId: "C-1",
  clientName: "Aurora Health",
  status: "active",
  billing: "time_and_materials",
  leadName: "Dana Lead",
  leadEmail: "dana@firm.example",
  currency: "EUR",
  budgetMinutes: null,
  actualMinutes: null,
  reportedHealth: "green",
};

export const invoice: Invoice = {
  source: source("erp", "invoice", "INV-1"),
  number: null,
  reference: "AUR-10",
  clientId: "C-1",
  clientName: "Aurora Health",
  projectId: "P-1",
  state: "draft",
  billing: "time_and_materials",
  periodStart: "2026-10-01",
  periodEnd: "2026-10-31",
  lines: [
    {
      id: "L-1",
      text: "Consulting, October",
      net: { minor: 4_000_000, currency: "EUR" },
      milestoneId: null,
      changeOrderId: null,
    },
  ],
  net: { minor: 4_000_000, currency: "EUR" },
  total: { minor: 4_880_000, currency: "EUR" },
  ledgerEntry: null,
  draftedOn: "2026-10-31",
  issuedOn: null,
  dueOn: null,
  approval: null,
  billingRunOn: null,
};

export const week: TimesheetWeek = {
  source: source("psa", "timesheet-week", "TW-1"),
  projectId: "P-1",
  personId: "E-1",
  personName: "Ana Kovac",
  personEmail: "ana@firm.example",
  week: "2026-10-26",
  expectedMinutes: 2400,
  loggedMinutes: 2400,
  state: "approved",
  dueOn: "2026-11-02",
  submittedOn: "2026-11-02",
  approvedOn: "2026-11-03",
  approverName: "Dana Lead",
};

export const milestone: Milestone = {
  source: source("psa", "milestone", "M-1"),
  projectId: "P-1",
  name: "Cutover",
  due: "2026-10-31",
  deliveredOn: "2026-11-02",
  acceptedOn: "2026-11-03",
  deemedAcceptedAfterDays: null,
  amount: { minor: 4_000_000, currency: "EUR" },
};

export const changeOrder: ChangeOrder = {
  source: source("crm", "change-order", "CO-1"),
  projectId: "P-1",
  number: "CO-1",
  title: "More scope",
  state: "approved",
  amount: { minor: 500_000, currency: "EUR" },
  raisedOn: "2026-10-20",
  decidedOn: "2026-10-28",
};

/** An unissued invoice with everything in order, read on Monday 23 November, 10:00 UTC. */
export const facts = (change: Partial<InvoiceFacts> = {}): InvoiceFacts => ({
  tenant: TenantId.parse("sample"),
  invoice,
  project,
  milestones: [],
  timesheetWeeks: [week],
  changeOrders: [],
  calendar,
  asOf: "2026-11-23T10:00:00Z",
  targetBusinessDays: 5,
  ...change,
});

/** The sample line again, billing the sample milestone and change order. */
export const linkedLines: Invoice["lines"] = [
  {
    id: "L-1",
    text: "Cutover, with extra scope",
    net: { minor: 4_000_000, currency: "EUR" },
    milestoneId: "M-1",
    changeOrderId: "CO-1",
  },
];
