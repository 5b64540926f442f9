import type { FieldsOf, RecordKind } from "#/domain/operating-model.ts";
import { systemOfKind } from "#/domain/operating-model.ts";
import type { AttributeValue, OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { createTwin } from "../twin/twin.ts";

/** Mondays to Fridays, nine to five, UTC, no holidays. */
export const sampleCalendar = {
  zone: "UTC",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};

export type Told = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly at: string;
  readonly verb?: string;
  readonly fields: Readonly<Record<string, AttributeValue>>;
  readonly milestone?: string;
};

/** A record with all of its fields: the sample's, with those that a test names. */
export function told<K extends keyof typeof wholeRecords & RecordKind>(
  kind: K,
  id: string,
  fields: Partial<FieldsOf<K>> = {},
): Told {
  const whole = { ...wholeRecords[kind], ...fields } as Record<string, AttributeValue>;
  return { kind, id, at: "2026-01-01T09:00:00Z", fields: whole };
}

export const changed = (
  [kind, id]: readonly [RecordKind, string],
  at: string,
  fields: Readonly<Record<string, AttributeValue>>,
): Told => ({ kind, id, at, fields, verb: "changed" });

/** What is known at `asOf` once all this has been told, in this order. */
export function sampleView(
  asOf: string,
  tellings: readonly Told[],
  lastRead?: FirmView["lastRead"],
): FirmView {
  const twin = createTwin({ calendar: sampleCalendar, currency: "EUR" });
  const versions = new Map<string, number>();
  for (const { kind, id, at, verb = "created", fields, milestone } of tellings) {
    const key = `${kind} ${id}`;
    const sequence = (versions.get(key) ?? 0) + 1;
    versions.set(key, sequence);
    const event: OperationsEvent = {
      id: `${key} ${sequence}`,
      connection: "sample",
      system: systemOfKind[kind],
      type: `${kind}.${verb}`,
      occurredAt: at,
      recordedAt: at,
      subject: { kind, id },
      sequence,
      objects:
        milestone === undefined
          ? []
          : [{ type: "milestone", id: milestone, qualifier: "milestone" }],
      attributes: { ...fields },
    };
    if (at <= asOf) twin.apply(event);
  }
  return twin.view(asOf, lastRead);
}

/** Project P: 1,000 hours, sold for 100,000.00, to cost 60,000.00, from 5 January to 27 March 2026. */
const wholeRecords = {
  project: {
    clientId: "C1",
    clientName: "Client",
    opportunityId: null,
    contractId: "CT1",
    name: "Rollout",
    code: "R",
    billing: "fixed",
    billingRun: "monthly",
    status: "active",
    leadId: "E9",
    currency: "EUR",
    plannedStartOn: "2026-01-05",
    plannedEndOn: "2026-03-27",
    kickoffOn: "2026-01-05",
    budgetMinutes: 60_000,
    contractValueCents: 10_000_000,
    plannedCostCents: 6_000_000,
    reportedHealth: null,
    percentComplete: 50,
    forecastEndOn: "2026-03-27",
    reportedOn: "2026-02-13",
    completedOn: null,
  },
  contract: {
    clientId: "C1",
    projectId: "P",
    kind: "fixed",
    signedOn: "2025-12-20",
    startsOn: "2026-01-05",
    endsOn: "2026-03-27",
    renewalOn: null,
    valueCents: 10_000_000,
    authorisedMinutes: null,
    monthlyFeeCents: null,
    purchaseOrderRequired: false,
  },
  person: {
    name: "Ada",
    email: "ada@firm.example",
    grade: "senior",
    roles: "consultant",
    weeklyMinutes: 2400,
    hourlyCostCents: 6000,
    hourlyRateCents: 10_000,
    utilisationTargetPercent: 80,
    managerId: null,
    active: true,
    joinedOn: "2020-01-01",
    leftOn: null,
  },
  "timesheet-week": {
    projectId: "P",
    personId: "E1",
    week: "2026-01-05",
    expectedMinutes: 2400,
    loggedMinutes: 2400,
    billableMinutes: 2400,
    offPlanMinutes: 0,
    state: "approved",
    dueOn: "2026-01-12",
    submittedOn: "2026-01-09",
    approvedOn: "2026-01-12",
    approverId: "E9",
  },
  milestone: {
    projectId: "P",
    name: "Go live",
    baselineOn: "2026-03-27",
    forecastOn: "2026-03-27",
    due: "2026-04-10",
    deliveredOn: null,
    acceptedOn: null,
    deemedAcceptedAfterDays: null,
    amountCents: 10_000_000,
    contractual: true,
  },
  task: {
    projectId: "P",
    name: "Build",
    dueOn: "2026-02-27",
    doneOn: null,
    state: "open",
    owner: "us",
    blockedReason: null,
    dependsOnTaskId: null,
  },
  "change-order": {
    projectId: "P",
    number: "CR-1",
    title: "Second site",
    state: "approved",
    amountCents: 500_000,
    minutes: 3000,
    raisedOn: "2026-01-20",
    sentOn: null,
    decidedOn: null,
    workStartedOn: null,
  },
  expense: {
    projectId: "P",
    personId: "E1",
    incurredOn: "2026-01-20",
    submittedOn: "2026-01-25",
    amountCents: 100_000,
    rebillable: false,
    kind: "subcontractor",
    state: "approved",
    approvedOn: "2026-01-27",
  },
  invoice: {
    projectId: "P",
    clientId: "C1",
    reference: "R-1",
    number: null,
    state: "draft",
    billing: "fixed",
    periodStart: null,
    periodEnd: null,
    netCents: 100_000,
    totalCents: 119_000,
    draftedOn: "2026-02-02",
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
  },
  "invoice-line": {
    invoiceId: "I1",
    text: "senior hours",
    grade: "senior",
    minutes: 600,
    hourlyRateCents: 10_000,
    netCents: 100_000,
    writtenDownCents: 0,
    milestoneId: null,
    changeOrderId: null,
  },
  "rate-line": {
    contractId: "CT1",
    grade: "senior",
    hourlyRateCents: 10_000,
    validFrom: "2026-01-05",
  },
  "staffing-request": {
    projectId: "P",
    grade: "senior",
    startOn: "2026-02-02",
    requestedOn: "2026-01-26",
    filledOn: null,
    state: "open",
  },
  assignment: {
    projectId: "P",
    personId: "E1",
    grade: "senior",
    from: "2026-01-05",
    to: "2026-03-27",
    minutesPerWeek: 2400,
    hourlyRateCents: 10_000,
  },
  approval: {
    kind: "expense",
    subjectType: "expense",
    subjectId: "X1",
    projectId: "P",
    amountCents: null,
    requesterId: "E1",
    approverId: "E9",
    queue: null,
    level: 1,
    levels: 1,
    requestedAt: "2026-01-05T09:00:00Z",
    notifiedAt: null,
    claimedAt: null,
    state: "pending",
    returns: 0,
    decidedAt: null,
    decidedBy: null,
  },
} as const satisfies { readonly [K in RecordKind]?: FieldsOf<K> };
