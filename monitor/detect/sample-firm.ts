import { type FieldsOf, type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { createTwin } from "../twin/twin.ts";

/** A quiet firm with one healthy project, told by events. Tests bend it. */
export type SampleFirm = {
  /** Creates the record, or changes some of its fields. Returns the event's id. */
  readonly tell: <K extends RecordKind>(
    record: readonly [kind: K, id: string],
    on: string,
    fields: Partial<FieldsOf<K>>,
  ) => string;
  readonly events: readonly OperationsEvent[];
  /** As of the evening of that date; the events whose ids are named are not there. */
  readonly view: (
    on: string,
    options?: { readonly without?: readonly string[]; readonly lastRead?: FirmView["lastRead"] },
  ) => FirmView;
};

export const sampleCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 540,
  closesAt: 1020,
  holidays: [],
};

export function sampleFirm(): SampleFirm {
  const events: OperationsEvent[] = [];
  const versions = new Map<string, number>();
  const tell: SampleFirm["tell"] = ([kind, id], on, fields) => {
    const key = `${kind} ${id}`;
    const sequence = (versions.get(key) ?? 0) + 1;
    versions.set(key, sequence);
    const event: OperationsEvent = {
      id: `EV-${kind}-${id}-${sequence}`,
      connection: "sample",
      system: systemOfKind[kind],
      type: `${kind}.told`,
      occurredAt: `${on}T08:00:00.000Z`,
      recordedAt: `${on}T08:00:00.000Z`,
      subject: { kind, id },
      sequence,
      objects: [],
      attributes: fields as OperationsEvent["attributes"],
    };
    events.push(event);
    return event.id;
  };
  const firm: SampleFirm = {
    tell,
    events,
    view: (on, { without = [], lastRead } = {}) => {
      const twin = createTwin({ calendar: sampleCalendar, currency: "EUR" });
      const at = `${on}T18:00:00.000Z`;
      for (const event of events)
        if (event.recordedAt <= at && !without.includes(event.id)) twin.apply(event);
      return twin.view(at, lastRead);
    },
  };
  quietFirm(firm);
  return firm;
}

function quietFirm({ tell }: SampleFirm): void {
  const start = "2026-08-31";
  tell(["client", "C1"], start, {
    name: "Alder Works",
    code: "ALD",
    email: "office@ald.example",
    industry: "works",
    paymentTermDays: 30,
    purchaseOrderRequired: false,
    deemedAcceptedAfterDays: null,
    taxId: "X1",
    billingEmail: "bills@ald.example",
    sponsorName: "Ida Bloom",
    accountOwnerId: "E9",
  });
  for (const [id, name] of [
    ["E1", "Ann Abel"],
    ["E2", "Ben Book"],
    ["E3", "Cleo Crane"],
    ["E9", "Sam Sale"],
  ] as const)
    tell(["person", id], start, {
      name,
      email: `${id.toLowerCase()}@firm.example`,
      grade: "consultant",
      roles: "consultant",
      weeklyMinutes: 2400,
      hourlyCostCents: 5000,
      hourlyRateCents: 10_000,
      utilisationTargetPercent: 80,
      managerId: null,
      active: true,
      joinedOn: "2020-01-01",
      leftOn: null,
    });
  tell(["contract", "CT1"], start, {
    clientId: "C1",
    projectId: "P1",
    kind: "time_and_materials",
    signedOn: start,
    startsOn: start,
    endsOn: "2026-12-18",
    renewalOn: null,
    valueCents: 10_000_000,
    authorisedMinutes: null,
    monthlyFeeCents: null,
    purchaseOrderRequired: false,
  });
  tell(["opportunity", "O1"], start, {
    name: "Payroll",
    clientId: "C1",
    stage: "won",
    amountCents: 10_000_000,
    closeOn: start,
    renewalOfContractId: null,
    ownerId: "E9",
  });
  tellProject({ tell }, ["P1", start], {});
}

/** A live project of the quiet firm, reported in October. */
export function tellProject(
  { tell }: Pick<SampleFirm, "tell">,
  [id, on]: readonly [id: string, on: string],
  fields: Partial<FieldsOf<"project">>,
): string {
  return tell(["project", id], on, {
    clientId: "C1",
    clientName: "Alder Works",
    opportunityId: "O1",
    contractId: "CT1",
    name: "Payroll",
    code: "ALD-1",
    billing: "time_and_materials",
    billingRun: "twice_weekly",
    status: "active",
    leadId: "E1",
    currency: "EUR",
    plannedStartOn: "2026-08-31",
    plannedEndOn: "2026-12-18",
    kickoffOn: "2026-08-31",
    budgetMinutes: 60_000,
    contractValueCents: 10_000_000,
    plannedCostCents: 5_000_000,
    reportedHealth: "green",
    percentComplete: 50,
    forecastEndOn: "2026-12-18",
    reportedOn: "2026-10-30",
    completedOn: null,
    ...fields,
  });
}

/** One person's week, submitted and approved unless told otherwise. */
export function tellWeek(
  { tell }: Pick<SampleFirm, "tell">,
  on: string,
  fields: Partial<FieldsOf<"timesheet-week">> & {
    readonly personId: string;
    readonly week: string;
  },
): string {
  const { personId, week } = fields;
  const projectId = fields.projectId ?? "P1";
  return tell(["timesheet-week", `T-${projectId}-${personId}-${week}`], on, {
    projectId,
    expectedMinutes: 2400,
    loggedMinutes: 2400,
    billableMinutes: 2400,
    offPlanMinutes: 0,
    state: "approved",
    dueOn: Temporal.PlainDate.from(week).add({ days: 7 }).toString(),
    submittedOn: week,
    approvedOn: week,
    approverId: "E1",
    ...fields,
  });
}

/** A request that waits, unless told otherwise. */
export function tellApproval(
  { tell }: Pick<SampleFirm, "tell">,
  [id, on]: readonly [id: string, on: string],
  fields: Partial<FieldsOf<"approval">>,
): string {
  return tell(["approval", id], on, {
    kind: "invoice",
    subjectType: "invoice",
    subjectId: `I-${id}`,
    projectId: "P1",
    amountCents: 100_000,
    requesterId: "E3",
    approverId: "E2",
    queue: null,
    level: 1,
    levels: 1,
    requestedAt: `${on}T08:00:00.000Z`,
    notifiedAt: `${on}T08:01:00.000Z`,
    claimedAt: null,
    state: "pending",
    returns: 0,
    decidedAt: null,
    decidedBy: null,
    ...fields,
  });
}

/** A draft for October of the quiet project, unless told otherwise. */
export function tellInvoice(
  { tell }: Pick<SampleFirm, "tell">,
  [id, on]: readonly [id: string, on: string],
  fields: Partial<FieldsOf<"invoice">>,
): string {
  return tell(["invoice", id], on, {
    projectId: "P1",
    clientId: "C1",
    reference: `ALD-${id}`,
    number: null,
    state: "draft",
    billing: "time_and_materials",
    periodStart: "2026-09-28",
    periodEnd: "2026-11-01",
    netCents: 2_000_000,
    totalCents: 2_380_000,
    draftedOn: on,
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
  });
}
