import type { TenantId } from "#/domain/ids.ts";
import type { OperationsEvent } from "#/domain/operations-event.ts";
import type { SystemKind } from "#/domain/record.ts";
import { inTenant } from "../in-tenant.ts";
import type { Database, Tx } from "../open-database.ts";
import type { Refused } from "./admit-events.ts";
import { affectedProjects } from "./affected-projects.ts";
import { type DossierAsked, readDossier } from "./dossier.ts";
import { type PageEnd, type RecordsAsked, type RecordsPage, recordsPage } from "./firm-records.ts";
import * as logs from "./process-log.ts";
import * as assessments from "./project-assessment.ts";
import {
  concernedPage,
  type EventSpan,
  eventPage,
  eventsAbout,
  eventsOfSubjects,
  listGaps,
  subjectPage,
  typesIn,
} from "./read-events.ts";
import { keepRefused, receiveEvents } from "./receive-events.ts";
import { listRefused } from "./refused.ts";
import * as reading from "./source-reading.ts";

const pageSize = 2_000;

/**
 * What the firm's systems told, and what it amounts to: each function one transaction of one tenant,
 * each page of a stream one transaction of its own, so that a long read holds up nobody.
 */
export function createOperationsStore(database: Database) {
  const within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTenant(database, tenant, work);
  return {
    receive: (tenant: TenantId, events: readonly unknown[]) =>
      within(tenant, (tx) => receiveEvents(tx, events)),
    refuse: (tenant: TenantId, refused: readonly Refused[]) =>
      within(tenant, (tx) => keepRefused(tx, refused)),
    refused: (tenant: TenantId, count: number) => within(tenant, (tx) => listRefused(tx, count)),
    dossier: (tenant: TenantId, asked: DossierAsked) =>
      within(tenant, (tx) => readDossier(tx, asked)),
    affectedProjects: (
      tenant: TenantId,
      events: readonly Pick<OperationsEvent, "subject">[],
      asOf: string,
    ) => within(tenant, (tx) => affectedProjects(tx, events, asOf)),
    gaps: (tenant: TenantId) => within(tenant, listGaps),
    eventsAbout: (tenant: TenantId, object: { type: string; id: string }) =>
      within(tenant, (tx) => eventsAbout(tx, object)),
    firmRecords: (tenant: TenantId, asked: RecordsAsked) =>
      pages<RecordsPage, PageEnd>((after) =>
        within(tenant, (tx) => recordsPage(tx, asked, { after, size: pageSize })),
      ),
    ...streamStore(within),
    ...readingStore(within),
    ...assessmentStore(within),
    ...logStore(within),
  };
}

type Within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>) => Promise<T>;

/** What an export reads: events in the order of arrival, then record by record. */
const streamStore = (within: Within) => ({
  typesIn: (tenant: TenantId, span: EventSpan) => within(tenant, (tx) => typesIn(tx, span)),
  events: (tenant: TenantId, span: EventSpan) =>
    pages<readonly OperationsEvent[], string>(async (after) => {
      const { events, last } = await within(tenant, (tx) =>
        eventPage(tx, span, { after, size: pageSize }),
      );
      return last === null ? null : { page: events, last };
    }),
  /** The events of the span, those of one record together and in their order. */
  eventsByRecord: (tenant: TenantId, span: EventSpan) =>
    pages<readonly OperationsEvent[], PageEnd>((after) =>
      within(tenant, async (tx) => {
        const subjects = await subjectPage(tx, span, { after, size: pageSize / 4 });
        const last = subjects.at(-1);
        const kinds = subjects.map(({ kind }) => kind);
        const ids = subjects.map(({ id }) => id);
        if (!last) return null;
        const events = await eventsOfSubjects(tx, { kinds, ids }, "infinity");
        return { page: events.filter((event) => isWithin(event, span)), last };
      }),
    ),
  concerned: (tenant: TenantId, span: EventSpan) =>
    pages<readonly { type: string; id: string }[], { type: string; id: string }>(async (after) => {
      const page = await within(tenant, (tx) => concernedPage(tx, span, { after, size: pageSize }));
      const last = page.at(-1);
      return last ? { page, last } : null;
    }),
});

const readingStore = (within: Within) => ({
  readings: (tenant: TenantId) => within(tenant, reading.readings),
  moveCursor: (tenant: TenantId, system: SystemKind, cursor: string) =>
    within(tenant, (tx) => reading.moveCursor(tx, system, cursor)),
  markRead: (tenant: TenantId, system: SystemKind, at: string) =>
    within(tenant, (tx) => reading.markRead(tx, system, at)),
  markProblem: (tenant: TenantId, system: SystemKind, problem: { problem: string; at: string }) =>
    within(tenant, (tx) => reading.markProblem(tx, system, problem)),
});

const assessmentStore = (within: Within) => ({
  saveAssessments: (tenant: TenantId, saved: readonly assessments.SavedAssessment[]) =>
    within(tenant, (tx) => assessments.saveAssessments(tx, saved)),
  loadAssessments: (tenant: TenantId, projectIds: readonly string[] | null) =>
    within(tenant, (tx) => assessments.loadAssessments(tx, projectIds)),
});

const logStore = (within: Within) => ({
  openProcessLog: (tenant: TenantId, log: { name: string; format: string; declared: unknown }) =>
    within(tenant, (tx) => logs.openProcessLog(tx, log)),
  addProcessEvents: (tenant: TenantId, log: string, events: readonly logs.ProcessEvent[]) =>
    within(tenant, (tx) => logs.addProcessEvents(tx, log, events)),
  putProcessObjects: (tenant: TenantId, log: string, objects: readonly logs.ProcessObject[]) =>
    within(tenant, (tx) => logs.putProcessObjects(tx, log, objects)),
  processLogs: (tenant: TenantId) => within(tenant, logs.listProcessLogs),
  processEvents: (tenant: TenantId, log: string) =>
    pages<readonly logs.ProcessEvent[], string>(async (after) => {
      const { events, last } = await within(tenant, (tx) =>
        logs.processEventPage(tx, log, { after, size: pageSize }),
      );
      return last === null ? null : { page: events, last };
    }),
  processObjects: (tenant: TenantId, log: string) =>
    pages<readonly logs.ProcessObject[], string>(async (after) => {
      const page = await within(tenant, (tx) =>
        logs.processObjectPage(tx, log, { after, size: pageSize }),
      );
      const last = page.at(-1);
      return last ? { page, last: last.id } : null;
    }),
});

const isWithin = ({ occurredAt }: OperationsEvent, { since, until }: EventSpan): boolean =>
  (since === null || Date.parse(occurredAt) >= Date.parse(since)) &&
  (until === null || Date.parse(occurredAt) < Date.parse(until));

async function* pages<Page, End>(
  read: (after: End | null) => Promise<{ page: Page; last: End } | null>,
): AsyncGenerator<Page> {
  for (let after: End | null = null; ; ) {
    const found: { page: Page; last: End } | null = await read(after);
    if (!found) return;
    yield found.page;
    after = found.last;
  }
}
