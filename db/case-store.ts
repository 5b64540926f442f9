import { Answer } from "#/domain/answer.ts";
import { Finding } from "#/domain/finding.ts";
import { ExceptionId, type TenantId } from "#/domain/ids.ts";
import { formatRef } from "#/domain/record.ts";
import { appendAudit, auditAnchor } from "./audit.ts";
import { saveEvidence } from "./evidence.ts";
import { asEngine, inTenant } from "./in-tenant.ts";
import type { Database, Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { randomId } from "./random-id.ts";

/** A finding that somebody was told of, from its first sighting until its cause is gone. */
export type CaseRow = {
  readonly id: ExceptionId;
  readonly state: "open" | "closed";
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly closeReason: string | null;
  readonly finding: Finding;
};

export type CaseChanges = {
  readonly open: readonly Finding[];
  readonly update: readonly { readonly id: ExceptionId; readonly finding: Finding }[];
  readonly close: readonly { readonly id: ExceptionId; readonly reason: string }[];
};

type Enqueue = (transaction: unknown) => Promise<void>;

type Row = {
  id: string;
  state: "open" | "closed";
  opened_at: Date;
  closed_at: Date | null;
  close_reason: string | null;
  finding: unknown;
  explanation: unknown;
};

const columns = "id, state, opened_at, closed_at, close_reason, finding, explanation";

const fromRow = (row: Row): CaseRow => ({
  id: ExceptionId.parse(row.id),
  state: row.state,
  openedAt: row.opened_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  closeReason: row.close_reason,
  finding: Finding.parse(row.finding),
});

/** Cases of the detectors: each function is one transaction of one tenant, its audit lines inside. */
export function createCaseStore(database: Database) {
  const within = <T>(tenant: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTenant(database, tenant, work);
  return {
    openCases: (tenant: TenantId): Promise<CaseRow[]> =>
      within(tenant, async (tx) => {
        const found = await tx.query<Row>(
          `select ${columns} from exception_case
            where state = 'open' and finding is not null order by opened_at, id`,
        );
        return found.rows.map(fromRow);
      }),
    caseById: (tenant: TenantId, id: ExceptionId) =>
      within(tenant, async (tx) => {
        const found = await tx.query<Row>(
          `select ${columns} from exception_case where id = $1 and finding is not null`,
          [id],
        );
        const row = found.rows[0];
        if (!row) return null;
        return {
          ...fromRow(row),
          explanation: row.explanation ? Answer.parse(row.explanation) : null,
          auditAnchor: await auditAnchor(tx, `exception:${id}`),
        };
      }),
    /** Keys of findings that are told once, and were. */
    toldOnce: (tenant: TenantId): Promise<Set<string>> =>
      within(tenant, async (tx) => {
        const found = await tx.query<{ key: string }>(
          "select distinct key from exception_case where finding ->> 'repeat' = 'once'",
        );
        return new Set(found.rows.map(({ key }) => key));
      }),
    /**
     * All of them or none. Two watchers that see the same open one case: the second finds it open.
     * `notice` says what to tell of the new ones, by id; `enqueue` starts what follows.
     */
    applyCases: (
      tenant: TenantId,
      changes: CaseChanges,
      follow: {
        readonly notice: (
          opened: readonly ExceptionId[],
        ) => readonly { key: string; item: { kind: string } & Record<string, unknown> }[];
        readonly enqueue: (opened: ExceptionId) => Enqueue;
      },
    ): Promise<ExceptionId[]> =>
      within(tenant, async (tx) => {
        const opened: ExceptionId[] = [];
        for (const finding of changes.open) {
          const id = await insertCase(tx, tenant, finding);
          if (id) opened.push(id);
        }
        for (const { id, finding } of changes.update) await updateCase(tx, tenant, { id, finding });
        for (const { id, reason } of changes.close) await closeCase(tx, id, reason);
        for (const message of follow.notice(opened)) await enqueueOutbox(tx, tenant, message);
        if (opened.length > 0)
          await asEngine(tx, async () => {
            for (const id of opened) await follow.enqueue(id)(tx);
          });
        return opened;
      }),
  };
}

const toldOf = ({ kind, key, severity, causes, valueAtRisk, deadline, events }: Finding) => ({
  kind,
  key,
  severity,
  valueAtRisk,
  deadline,
  causes: causes.map(({ code, days, open, evidence }) => ({ code, days, open, evidence })),
  events: events.slice(0, 50),
});

/** null: a case of this key is open already, or was told once before. */
async function insertCase(tx: Tx, tenant: TenantId, finding: Finding): Promise<ExceptionId | null> {
  const id = ExceptionId.parse(randomId("X"));
  // Two watchers at once, each with a threshold that is told once: the second waits here, then sees it.
  if (finding.repeat === "once")
    await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `${tenant} ${finding.key}`,
    ]);
  const inserted = await tx.query(
    `insert into exception_case (tenant, id, kind, key, subject, title, state, finding)
     select $1, $2, $3, $4, $5, $6, 'open', $7
      where $8 <> 'once' or not exists (select 1 from exception_case where key = $4)
     on conflict do nothing returning id`,
    [
      tenant,
      id,
      finding.kind,
      finding.key,
      formatRef(finding.subject),
      finding.title,
      JSON.stringify(finding),
      finding.repeat,
    ],
  );
  if (!inserted.rowCount) return null;
  await saveEvidence(tx, tenant, finding.evidence);
  await appendAudit(tx, {
    kind: "exception.opened",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: { about: formatRef(finding.subject), ...toldOf(finding) },
  });
  return id;
}

async function updateCase(
  tx: Tx,
  tenant: TenantId,
  { id, finding }: { id: ExceptionId; finding: Finding },
): Promise<void> {
  const updated = await tx.query(
    `update exception_case set finding = $2, title = $3 where id = $1 and state = 'open' returning id`,
    [id, JSON.stringify(finding), finding.title],
  );
  if (!updated.rowCount) return;
  await saveEvidence(tx, tenant, finding.evidence);
  await appendAudit(tx, {
    kind: "exception.updated",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: toldOf(finding),
  });
}

async function closeCase(tx: Tx, id: ExceptionId, reason: string): Promise<void> {
  const closed = await tx.query(
    `update exception_case set state = 'closed', closed_at = clock_timestamp(), close_reason = $2
      where id = $1 and state = 'open' returning id`,
    [id, reason],
  );
  if (!closed.rowCount) return;
  await appendAudit(tx, {
    kind: "exception.closed",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: { reason },
  });
}
