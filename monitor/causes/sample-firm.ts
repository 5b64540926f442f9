import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import { systemOfKind } from "#/domain/operating-model.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { createTwin } from "../twin/twin.ts";

/*
 * One small firm for tests: project P-1 of client C-1, led by Dana. October 2026 is closed on Sunday
 * 25 October; the invoice is drafted on Monday and stays unless a test moves it.
 */

export const calendar: BusinessCalendar = {
  zone: "Europe/Ljubljana",
  days: [1, 2, 3, 4, 5],
  opensAt: 9 * 60,
  closesAt: 17 * 60,
  holidays: [],
};
export const day = 480;
export const now = "2026-11-23T11:00:00Z";

/** One event of one record: its fields after it. `what` is the verb of its type. */
export type Told<K extends RecordKind = RecordKind> = {
  readonly kind: K;
  readonly id: string;
  readonly at: string;
  readonly what: string;
  readonly fields: Readonly<Record<string, AttributeValue>>;
};

export const told = <K extends RecordKind>(
  kind: K,
  id: string,
  event: { readonly at: string; readonly what?: string; readonly fields: Partial<FieldsOf<K>> },
): Told<K> => ({
  kind,
  id,
  at: event.at,
  what: event.what ?? "changed",
  fields: event.fields as Readonly<Record<string, AttributeValue>>,
});

/** A view of these events, numbered per record in the order given. */
export function viewOf(
  events: readonly Told[],
  { asOf = now, lastRead }: { asOf?: string; lastRead?: FirmView["lastRead"] } = {},
): FirmView {
  const twin = createTwin({ calendar, currency: "EUR" });
  const versions = new Map<string, number>();
  for (const [index, { kind, id, at, what, fields }] of events.entries()) {
    const key = `${kind} ${id}`;
    const sequence = (versions.get(key) ?? 0) + 1;
    versions.set(key, sequence);
    const event: OperationsEvent = {
      id: `EV-${index}`,
      connection: "sample",
      system: systemOfKind[kind],
      type: `${kind}.${what}`,
      occurredAt: at,
      recordedAt: at,
      subject: { kind, id },
      sequence,
      objects: [],
      attributes: { ...fields },
    };
    twin.apply(event);
  }
  return twin.view(asOf, lastRead);
}

const start = "2026-08-03T08:00:00Z";

export const client = (fields: Partial<FieldsOf<"client">> = {}) =>
  told("client", "C-1", {
    at: start,
    fields: {
      name: "Aurora Health",
      code: "AUR",
      email: "office@aurora.example",
      industry: "Clinics",
      paymentTermDays: 30,
      purchaseOrderRequired: false,
      deemedAcceptedAfterDays: null,
      taxId: null,
      billingEmail: null,
      sponsorName: "Ida Novak",
      accountOwnerId: "E-9",
      ...fields,
    },
  });

export const person = (id: string, fields: Partial<FieldsOf<"person">> = {}) =>
  told("person", id, {
    at: start,
    fields: {
      name: `Person ${id}`,
      email: `${id.toLowerCase()}@firm.example`,
      grade: "senior",
      roles: "consultant",
      weeklyMinutes: 2400,
      hourlyCostCents: 6000,
      hourlyRateCents: 9000,
      utilisationTargetPercent: 75,
      managerId: null,
      active: true,
      joinedOn: "2020-01-01",
      leftOn: null,
      ...fields,
    },
  });

export const project = (id = "P-1", fields: Partial<FieldsOf<"project">> = {}) =>
  told("project", id, {
    at: start,
    fields: {
      clientId: "C-1",
      clientName: "Aurora Health",
      opportunityId: "O-1",
      contractId: "K-1",
      name: "Aurora migration",
      code: "AUR-1",
      billing: "time_and_materials",
      billingRun: "twice_weekly",
      status: "active",
      leadId: "E-1",
      currency: "EUR",
      plannedStartOn: "2026-08-03",
      plannedEndOn: "2026-12-18",
      kickoffOn: "2026-08-03",
      budgetMinutes: 60_000,
      contractValueCents: 10_000_000,
      plannedCostCents: 6_000_000,
      reportedHealth: null,
      percentComplete: 40,
      forecastEndOn: "2026-12-18",
      reportedOn: null,
      completedOn: null,
      ...fields,
    },
  });

export const contract = (fields: Partial<FieldsOf<"contract">> = {}) =>
  told("contract", "K-1", {
    at: start,
    fields: {
      clientId: "C-1",
      projectId: "P-1",
      kind: "time_and_materials",
      signedOn: "2026-07-20",
      startsOn: "2026-08-03",
      endsOn: "2026-12-18",
      renewalOn: null,
      valueCents: 10_000_000,
      authorisedMinutes: null,
      monthlyFeeCents: null,
      purchaseOrderRequired: false,
      ...fields,
    },
  });

export const invoice = (fields: Partial<FieldsOf<"invoice">> = {}, id = "I-1") =>
  told("invoice", id, {
    at: "2026-10-26T10:00:00Z",
    what: "drafted",
    fields: {
      projectId: "P-1",
      clientId: "C-1",
      reference: "AUR-10",
      number: null,
      state: "draft",
      billing: "time_and_materials",
      periodStart: "2026-09-28",
      periodEnd: "2026-10-25",
      netCents: 4_000_000,
      totalCents: 4_800_000,
      draftedOn: "2026-10-26",
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
      ...fields,
    },
  });

export const line = (fields: Partial<FieldsOf<"invoice-line">> = {}, id = "L-1") =>
  told("invoice-line", id, {
    at: "2026-10-26T10:00:00Z",
    fields: {
      invoiceId: "I-1",
      text: "senior hours",
      grade: "senior",
      minutes: 2400,
      hourlyRateCents: 10_000,
      netCents: 4_000_000,
      writtenDownCents: 0,
      milestoneId: null,
      changeOrderId: null,
      ...fields,
    },
  });

export const week = (fields: Partial<FieldsOf<"timesheet-week">> = {}, id = "W-1") =>
  told("timesheet-week", id, {
    at: "2026-10-23T14:00:00Z",
    fields: {
      projectId: "P-1",
      personId: "E-2",
      week: "2026-10-19",
      expectedMinutes: 2400,
      loggedMinutes: 2400,
      billableMinutes: 2400,
      offPlanMinutes: 0,
      state: "approved",
      dueOn: "2026-10-26",
      submittedOn: "2026-10-23",
      approvedOn: "2026-10-23",
      approverId: "E-1",
      ...fields,
    },
  });

export const approval = (
  fields: Partial<FieldsOf<"approval">> = {},
  { id = "A-1", at = "2026-11-02T08:00:00Z" }: { id?: string; at?: string } = {},
) =>
  told("approval", id, {
    at,
    what: "requested",
    fields: {
      kind: "invoice",
      subjectType: "invoice",
      subjectId: "I-1",
      projectId: "P-1",
      amountCents: 4_000_000,
      requesterId: "E-2",
      approverId: "E-1",
      queue: null,
      level: 1,
      levels: 1,
      requestedAt: at,
      notifiedAt: at,
      claimedAt: null,
      state: "pending",
      returns: 0,
      decidedAt: null,
      decidedBy: null,
      ...fields,
    },
  });

/** Everybody and everything that the invoice of the sample stands on, in order. */
export const sampleFirm = [
  client(),
  person("E-1", { name: "Dana Lead" }),
  person("E-2", { name: "Ana Kovac" }),
  project(),
  contract(),
  told("rate-line", "R-1", {
    at: start,
    fields: {
      contractId: "K-1",
      grade: "senior",
      hourlyRateCents: 10_000,
      validFrom: "2026-08-03",
    },
  }),
];
