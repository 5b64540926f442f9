import { type RecordKind, systemOfKind } from "#/domain/operating-model.ts";
import type { AttributeValue } from "#/domain/operations-event.ts";
import { Refused } from "#/domain/run.ts";
import type { ReadRecord, RecordSystems, WorkItem } from "#/tools/ports.ts";

/* Records of the operating model and lists of things to do, in memory, for tests. */

type Fields = Record<string, AttributeValue>;
const at = "2026-11-23T10:00:00Z";

const record = (kind: RecordKind, id: string, fields: Fields) => ({
  kind,
  key: null as string | null,
  fields,
  source: {
    system: systemOfKind[kind],
    type: kind as string,
    id,
    connection: "fake",
    revision: "1" as string | null,
    retrievedAt: at,
    url: `https://${systemOfKind[kind]}.example/${kind}/${id}`,
  },
});

type Post = { readonly managerId: string | null; readonly leftOn: string | null };

const person = (id: string, name: string, { managerId, leftOn }: Post) =>
  record("person", id, {
    name,
    email: `${name.split(" ")[0]?.toLowerCase()}@firm.example`,
    grade: "senior",
    roles: "project_manager",
    weeklyMinutes: 2400,
    hourlyCostCents: 8_000,
    hourlyRateCents: 14_000,
    utilisationTargetPercent: 75,
    managerId,
    active: leftOn === null,
    joinedOn: "2024-01-01",
    leftOn,
  });

const project = {
  clientId: "C-1",
  clientName: "Aurora Health",
  opportunityId: null,
  contractId: "CT-1",
  name: "Aurora migration",
  code: "AUR",
  billing: "time_and_materials",
  billingRun: "monthly",
  status: "active",
  leadId: "E-9",
  currency: "EUR",
  plannedStartOn: "2026-09-01",
  plannedEndOn: "2026-12-01",
  kickoffOn: "2026-09-02",
  budgetMinutes: 60_000,
  contractValueCents: 14_000_000,
  plannedCostCents: 8_000_000,
  reportedHealth: "red",
  percentComplete: 40,
  forecastEndOn: "2026-12-15",
  reportedOn: "2026-11-20",
  completedOn: null,
};

export const fakeRecordRows = () => [
  person("E-9", "Dana Lead", { managerId: "E-8", leftOn: null }),
  person("E-8", "Mara Boss", { managerId: null, leftOn: null }),
  person("E-7", "Ivo Gone", { managerId: "E-9", leftOn: "2026-11-13" }),
  record("client", "C-1", {
    name: "Aurora Health",
    code: "AUH",
    email: "ap@aurora.example",
    industry: "health",
    paymentTermDays: 30,
    purchaseOrderRequired: false,
    deemedAcceptedAfterDays: null,
    taxId: null,
    billingEmail: null,
    sponsorName: "Sol Sponsor",
    accountOwnerId: "E-9",
  }),
  record("opportunity", "O-1", {
    name: "Second phase",
    clientId: "C-1",
    stage: "won",
    amountCents: 9_000_000,
    closeOn: "2026-11-09",
    renewalOfContractId: null,
    ownerId: "E-8",
  }),
  record("project", "P-1", { ...project }),
  record("contract", "CT-1", {
    clientId: "C-1",
    projectId: "P-1",
    kind: "time_and_materials",
    signedOn: "2026-08-20",
    startsOn: "2026-09-01",
    endsOn: "2027-02-01",
    renewalOn: "2027-01-15",
    valueCents: 14_000_000,
    authorisedMinutes: null,
    monthlyFeeCents: null,
    purchaseOrderRequired: false,
  }),
  record("progress-report", "PR-1", {
    projectId: "P-1",
    reportedOn: "2026-11-20",
    percentComplete: 40,
    remainingMinutes: 36_000,
    reportedHealth: "red",
    forecastEndOn: "2026-12-15",
    authorId: "E-9",
  }),
  record("milestone", "M-9", {
    projectId: "P-1",
    name: "Second cutover",
    baselineOn: "2026-11-27",
    forecastOn: "2026-11-27",
    due: "2026-11-27",
    deliveredOn: null,
    acceptedOn: null,
    deemedAcceptedAfterDays: null,
    amountCents: 500_000,
    contractual: true,
  }),
  record("assignment", "A-1", {
    projectId: "P-1",
    personId: "E-7",
    grade: "senior",
    from: "2026-09-01",
    to: "2026-12-01",
    minutesPerWeek: 1200,
    hourlyRateCents: 14_000,
  }),
  record("ticket", "T-1", {
    clientId: "C-1",
    projectId: "P-1",
    severity: 1,
    title: "Data is late",
    state: "open",
    openedOn: "2026-11-02",
    resolvedOn: null,
    closedOn: null,
    escalated: true,
    reopens: 0,
  }),
  record("contact", "K-1", {
    clientId: "C-1",
    projectId: null,
    personName: "Sol Sponsor",
    role: "sponsor",
    channel: "call",
    on: "2026-09-30",
  }),
  record("approval", "AP-1", {
    kind: "timesheet",
    subjectType: "timesheet-week",
    subjectId: "TW-1",
    projectId: "P-1",
    amountCents: null,
    requesterId: "E-7",
    approverId: "E-9",
    queue: null,
    level: 1,
    levels: 1,
    requestedAt: "2026-11-09T09:00:00Z",
    notifiedAt: null,
    claimedAt: null,
    state: "pending",
    returns: 0,
    decidedAt: null,
    decidedBy: null,
  }),
];
export type FakeRow = ReturnType<typeof record>;

const filled: Readonly<Partial<Record<RecordKind, Fields>>> = {
  project: { ...project, opportunityId: null, status: "proposed", percentComplete: 0 },
  "staffing-request": { requestedOn: "2026-11-23", filledOn: null, state: "open" },
  task: { doneOn: null, state: "open", owner: "us", blockedReason: null, dependsOnTaskId: null },
  "progress-report": { reportedOn: "2026-11-23" },
};

/** `write` is where faults come from and effects are counted. */
export function fakeRecords(
  rows: FakeRow[],
  write: (effect: string, apply: () => void) => Promise<void>,
): RecordSystems {
  const items = new Map<string, WorkItem>();
  const shown = (row: FakeRow | undefined): ReadRecord | null =>
    row ? structuredClone({ source: row.source, fields: row.fields }) : null;
  const kept = (kind: RecordKind, id: string) =>
    rows.find((row) => row.kind === kind && row.source.id === id);
  return {
    reader: {
      read: async (kind, id) => shown(kept(kind, id)),
      where: async (kind, field, value) =>
        rows
          .filter((row) => row.kind === kind && row.fields[field] === value)
          .flatMap((row) => shown(row) ?? []),
    },
    writer: {
      async create({ kind, key, fields }) {
        if (rows.some((row) => row.kind === kind && row.key === key))
          throw new Refused("conflict", "it has one with that key already");
        await write(`create ${kind}`, () => {
          const row = record(kind, `${kind}-${rows.length}`, { ...filled[kind], ...fields });
          rows.push({ ...row, key });
        });
      },
      findCreated: async (kind, key) =>
        shown(rows.find((row) => row.kind === kind && row.key === key)),
      async change({ kind, id, revision, fields }) {
        const row = kept(kind, id);
        if (row?.source.revision !== revision) throw new Refused("conflict", "it has changed");
        await write(`change ${kind}`, () => {
          Object.assign(row.fields, fields);
          row.source.revision = String(Number(row.source.revision) + 1);
        });
      },
    },
    workItems: {
      async create(item) {
        if (items.has(item.key)) throw new Refused("conflict", "it has one with that key already");
        await write(`item ${item.system}`, () => items.set(item.key, item));
      },
      async find(key, system) {
        const item = items.get(key);
        if (item?.system !== system) return null;
        const { title, details, ownerEmail, dueOn } = item;
        return {
          record: { system, type: "work-item", id: key },
          externalId: key,
          url: null,
          observed: { title, details, owner: ownerEmail, dueOn },
          verifiedAt: at,
        };
      },
    },
  };
}
