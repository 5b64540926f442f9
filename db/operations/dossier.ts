import type { FoldedRecord } from "#/domain/folded-record.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { Tx } from "../open-database.ts";
import {
  foldUntil,
  type RecordRow,
  recordColumns,
  recordOf,
  type Subjects,
} from "./fold-records.ts";
import { eventsOfSubjects } from "./read-events.ts";

export type DossierAsked = {
  readonly projectId: string;
  /** The day from which on the work of people and the decisions of approvers are looked back from. */
  readonly asOf: string;
  /** true: as it was known then, folded from what had been recorded. By default as it is known now. */
  readonly past?: boolean;
  /** Whose events come with it. By default none. */
  readonly history?: "none" | "own" | "all";
};

export type Dossier = {
  readonly records: readonly FoldedRecord[];
  readonly events: readonly OperationsEvent[];
};

/** Eight closed weeks of people's work lie within the last ten; approvers are looked at over thirteen. */
const peopleDays = 70;
const approverDays = 91;

/** From this civil day on, people's work on other projects counts. */
export const workSince = (asOf: string): string => daysBefore(asOf, peopleDays);

const daysBefore = (asOf: string, days: number): string =>
  new Date(Date.parse(asOf) - days * 86_400_000).toISOString().slice(0, 10);

/**
 * What the assessment of one project needs: its own records with their parts; its client, with what
 * concerns the client and no project; contract, opportunity and the other projects of it; who works on
 * it, leads or approves, with their leave and other work; and what else waits at the same approvers.
 */
export async function readDossier(tx: Tx, asked: DossierAsked): Promise<Dossier> {
  const read = reader(tx);
  const worked = workSince(asked.asOf);
  const decided = daysBefore(asked.asOf, approverDays);

  const ownOnes = await read("project_id = $1", [asked.projectId]);
  const parts = await partsOf(tx, ownOnes);
  const own = [...ownOnes, ...parts, ...(await partsOf(tx, parts))];
  const named = (kind: string, field: string): string[] => valuesOf(own, kind, field);

  const contracts = named("project", "contractId");
  const opportunities = named("project", "opportunityId");
  const commercial = [
    ...(await read("kind = 'contract' and id = any($1)", [contracts])),
    ...(await read(
      "kind = 'opportunity' and (id = any($1) or (parent_kind = 'contract' and parent_id = any($2)))",
      [opportunities, [...contracts, ...idsOf(own, "contract")]],
    )),
    ...(await read("parent_kind = 'opportunity' and parent_id = any($1)", [opportunities])),
  ];
  const clients = named("project", "clientId");
  const client = await read("client_id = any($1) and project_id is null", [clients]);

  const approvers = valuesOf(
    own.filter(({ fields }) => !isBefore(fields["decidedAt"], decided)),
    "approval",
    "approverId",
  );
  const queues = await read(
    "approver_id = any($1) and kind = 'approval' and (last_day is null or last_day >= $2)",
    [approvers, decided],
  );
  const workers = [
    ...named("assignment", "personId"),
    ...own
      .filter(({ kind, fields }) => kind === "timesheet-week" && String(fields["week"]) >= worked)
      .map(({ fields }) => String(fields["personId"])),
    ...named("project", "leadId"),
  ];
  const work = await read(
    "person_id = any($1) and (last_day >= $2 or kind = 'leave') and kind <> 'person'",
    [[...new Set(workers)], worked],
  );
  const people = await peopleOf(read, [
    ...workers,
    ...approvers,
    ...namesOfPeople.flatMap(([kind, field]) => valuesOf([...own, ...client], kind, field)),
  ]);

  const records = [
    ...new Map(
      [...own, ...commercial, ...client, ...queues, ...work, ...people].map((record) => [
        `${record.kind} ${record.id}`,
        record,
      ]),
    ).values(),
  ];
  const until = asked.past ? asked.asOf : "infinity";
  return {
    records: asked.past ? await foldUntil(tx, subjectsOf(records), until) : records,
    events: await eventsOf(tx, { asked, own, records, until }),
  };
}

type Read = (where: string, values: readonly unknown[]) => Promise<FoldedRecord[]>;

const reader =
  (tx: Tx): Read =>
  async (where, values) => {
    const found = await tx.query<RecordRow>(
      `select ${recordColumns} from twin_record where ${where}`,
      [...values],
    );
    return found.rows.map(recordOf);
  };

/** Lines of invoices and rate cards, approvals and their comments, attempts to hand something over. */
async function partsOf(tx: Tx, owners: readonly FoldedRecord[]): Promise<FoldedRecord[]> {
  const { kinds, ids } = subjectsOf(owners);
  const found = await tx.query<RecordRow>(
    `select part.* from unnest($1::text[], $2::text[]) as owner (kind, id),
       lateral (select ${recordColumns} from twin_record
          where parent_kind = owner.kind and parent_id = owner.id
            and twin_record.kind not in ('project', 'opportunity') offset 0) as part`,
    [kinds, ids],
  );
  return found.rows.map(recordOf);
}

const namesOfPeople = [
  ["timesheet-week", "personId"],
  ["expense", "personId"],
  ["client", "accountOwnerId"],
  ["opportunity", "ownerId"],
  ["approval", "requesterId"],
  ["progress-report", "authorId"],
  ["note", "authorId"],
] as const;

/** These people, and whom they report to. */
async function peopleOf(read: Read, ids: readonly string[]): Promise<FoldedRecord[]> {
  const people = await read("kind = 'person' and id = any($1)", [[...new Set(ids)]]);
  const managers = valuesOf(people, "person", "managerId");
  return [...people, ...(await read("kind = 'person' and id = any($1)", [managers]))];
}

async function eventsOf(
  tx: Tx,
  found: {
    asked: DossierAsked;
    own: readonly FoldedRecord[];
    records: readonly FoldedRecord[];
    until: string;
  },
): Promise<OperationsEvent[]> {
  const { history = "none" } = found.asked;
  if (history === "none") return [];
  return eventsOfSubjects(
    tx,
    subjectsOf(history === "own" ? found.own : found.records),
    found.until,
  );
}

const isBefore = (value: unknown, day: string): boolean => typeof value === "string" && value < day;

const subjectsOf = (records: readonly FoldedRecord[]): Subjects => ({
  kinds: records.map(({ kind }) => kind),
  ids: records.map(({ id }) => id),
});

const idsOf = (records: readonly FoldedRecord[], kind: string): string[] =>
  records.filter((record) => record.kind === kind).map(({ id }) => id);

const valuesOf = (records: readonly FoldedRecord[], kind: string, field: string): string[] => [
  ...new Set(
    records.flatMap((record) => {
      const value = record.kind === kind ? record.fields[field] : null;
      return typeof value === "string" ? [value] : [];
    }),
  ),
];
