import { type FieldsOf, type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import { calendar } from "../sample-facts.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { createTwin } from "../twin/twin.ts";

/* For tests: one client, one lead, one project under way, and whatever a test adds or changes. */

export const asOf = "2026-11-23T10:00:00Z";

export type Sample = {
  readonly [K in RecordKind]: readonly [kind: K, id: string, fields: FieldsOf<K>];
}[RecordKind];

export const client: FieldsOf<"client"> = {
  name: "Aurora",
  code: "AUR",
  email: "office@aurora.example",
  industry: "Energy",
  paymentTermDays: 30,
  purchaseOrderRequired: false,
  deemedAcceptedAfterDays: null,
  taxId: "X1",
  billingEmail: "bills@aurora.example",
  sponsorName: "Petra Weiss",
  accountOwnerId: "E1",
};

export const person: FieldsOf<"person"> = {
  name: "Mara Novak",
  email: "mara@firm.example",
  grade: "lead",
  roles: "project_manager",
  weeklyMinutes: 2400,
  hourlyCostCents: 6000,
  hourlyRateCents: 12000,
  utilisationTargetPercent: 80,
  managerId: null,
  active: true,
  joinedOn: "2020-01-01",
  leftOn: null,
};

export const project: FieldsOf<"project"> = {
  clientId: "C1",
  clientName: "Aurora",
  opportunityId: null,
  contractId: null,
  name: "Aurora migration",
  code: "AUR-1",
  billing: "fixed",
  billingRun: "twice_weekly",
  status: "active",
  leadId: "E1",
  currency: "EUR",
  plannedStartOn: "2026-10-05",
  plannedEndOn: "2027-01-29",
  kickoffOn: "2026-10-05",
  budgetMinutes: 60000,
  contractValueCents: 10_000_000,
  plannedCostCents: 6_000_000,
  reportedHealth: "green",
  percentComplete: 40,
  forecastEndOn: "2027-01-29",
  reportedOn: "2026-11-20",
  completedOn: null,
};

export const ticket: FieldsOf<"ticket"> = {
  clientId: "C1",
  projectId: null,
  severity: 2,
  title: "Totals are wrong",
  state: "open",
  openedOn: "2026-11-16",
  resolvedOn: null,
  closedOn: null,
  escalated: true,
  reopens: 0,
};

export const sponsorMet = (on: string): FieldsOf<"contact"> => ({
  clientId: "C1",
  projectId: null,
  personName: "Petra Weiss",
  role: "sponsor",
  channel: "call",
  on,
});

export const contract = (renewalOn: string | null): FieldsOf<"contract"> => ({
  clientId: "C1",
  projectId: "P1",
  kind: "fixed",
  signedOn: "2026-09-20",
  startsOn: "2026-10-05",
  endsOn: "2027-06-30",
  renewalOn,
  valueCents: 10_000_000,
  authorisedMinutes: null,
  monthlyFeeCents: null,
  purchaseOrderRequired: false,
});

const basic: readonly Sample[] = [
  ["client", "C1", client],
  ["person", "E1", person],
  ["project", "P1", project],
];

export const eventOf = ([kind, id, fields]: Sample, sequence = 1): OperationsEvent => ({
  id: `EV-${kind}-${id}-${sequence}`,
  connection: "sample",
  system: systemOfKind[kind],
  type: `${kind}.${sequence === 1 ? "created" : "changed"}`,
  occurredAt: "2026-11-20T14:00:00Z",
  recordedAt: "2026-11-20T14:00:00Z",
  subject: { kind, id },
  sequence,
  objects: [],
  attributes: { ...fields },
});

/** The firm with these records on top; a record of the same kind and id replaces the basic one. */
export function sampleFirm(
  records: readonly Sample[] = [],
  lastRead?: FirmView["lastRead"],
): FirmView {
  const twin = createTwin({ calendar, currency: "EUR" });
  const own = new Set(records.map(([kind, id]) => `${kind} ${id}`));
  const kept = basic.filter(([kind, id]) => !own.has(`${kind} ${id}`));
  for (const record of [...kept, ...records]) twin.apply(eventOf(record));
  return twin.view(asOf, lastRead);
}
