import { DeliveryException, InvoiceDelay } from "#/domain/assessment.ts";
import { ExceptionId, type TenantId } from "#/domain/ids.ts";
import type { Thread } from "#/domain/proposal.ts";
import { formatRef, parseRef } from "#/domain/record.ts";
import { appendAudit } from "./audit.ts";
import { saveEvidence } from "./evidence.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { randomId } from "./random-id.ts";

type Row = {
  tenant: string;
  id: string;
  kind: string;
  subject: string;
  title: string;
  state: string;
  opened_at: Date;
  closed_at: Date | null;
  delay: unknown;
  explanation: unknown;
  thread_channel: string | null;
  thread_ts: string | null;
};

const fromRow = (row: Row) => ({
  ...DeliveryException.parse({
    tenant: row.tenant,
    id: row.id,
    kind: row.kind,
    subject: parseRef(row.subject),
    title: row.title,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }),
  delay: InvoiceDelay.parse(row.delay),
  explanation: row.explanation,
  thread: threadOf(row),
});

const threadOf = (row: Row): Thread | null =>
  row.thread_channel && row.thread_ts ? { channel: row.thread_channel, ts: row.thread_ts } : null;

export async function listExceptions(tx: Tx, onlyOpen: boolean) {
  const found = await tx.query<Row>(
    "select * from exception_case where delay is not null and (state = 'open' or not $1) order by opened_at desc, id",
    [onlyOpen],
  );
  return found.rows.map(fromRow);
}

export async function exceptionById(tx: Tx, id: ExceptionId) {
  const found = await tx.query<Row>(
    "select * from exception_case where id = $1 and delay is not null",
    [id],
  );
  return found.rows[0] ? fromRow(found.rows[0]) : null;
}

const causesOf = (delay: InvoiceDelay) =>
  delay.causes.map(({ code, open, totalMinutes, soleMinutes, sharedMinutes, evidence }) => ({
    code,
    open,
    totalMinutes,
    soleMinutes,
    sharedMinutes,
    evidence,
  }));

const detailOf = (delay: InvoiceDelay) => ({
  status: delay.status,
  asOf: delay.asOf,
  window: delay.window,
  causes: causesOf(delay),
  unexplainedMinutes: delay.unexplainedMinutes,
  rulesVersion: delay.rulesVersion,
});

/** null: a case for this record is open already. */
export async function insertException(
  tx: Tx,
  delay: InvoiceDelay,
  title: string,
): Promise<ExceptionId | null> {
  const id = ExceptionId.parse(randomId("X"));
  const inserted = await tx.query(
    `insert into exception_case (tenant, id, kind, key, subject, title, state, delay)
     values ($1, $2, 'invoice-delay', 'invoice-delay ' || $3, $3, $4, 'open', $5)
     on conflict do nothing returning id`,
    [delay.tenant, id, formatRef(delay.invoice.ref), title, JSON.stringify(delay)],
  );
  if (!inserted.rowCount) return null;
  await saveEvidence(tx, delay.tenant, delay.evidence);
  await appendAudit(tx, {
    kind: "exception.opened",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: { about: formatRef(delay.invoice.ref), ...detailOf(delay) },
  });
  return id;
}

export async function updateExceptionDelay(
  tx: Tx,
  id: ExceptionId,
  delay: InvoiceDelay,
): Promise<void> {
  await tx.query("update exception_case set delay = $2 where id = $1", [id, JSON.stringify(delay)]);
  await saveEvidence(tx, delay.tenant, delay.evidence);
  await appendAudit(tx, {
    kind: "exception.updated",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: detailOf(delay),
  });
}

export async function closeExceptionCase(
  tx: Tx,
  id: ExceptionId,
  closing: { delay: InvoiceDelay; reason: string },
): Promise<boolean> {
  const closed = await tx.query(
    `update exception_case set state = 'closed', closed_at = clock_timestamp(), delay = $2
      where id = $1 and state = 'open' returning id`,
    [id, JSON.stringify(closing.delay)],
  );
  if (!closed.rowCount) return false;
  await saveEvidence(tx, closing.delay.tenant, closing.delay.evidence);
  await appendAudit(tx, {
    kind: "exception.closed",
    actor: "system:monitor",
    subject: `exception:${id}`,
    detail: { reason: closing.reason, ...detailOf(closing.delay) },
  });
  return true;
}

/** Keeps what the copilot says about the case, and asks for its notice once. */
export async function saveExplanation(
  tx: Tx,
  tenant: TenantId,
  kept: { id: ExceptionId; explanation: { producedBy: unknown; sentences: readonly unknown[] } },
): Promise<void> {
  await tx.query("update exception_case set explanation = $2 where id = $1", [
    kept.id,
    JSON.stringify(kept.explanation),
  ]);
  await enqueueOutbox(tx, tenant, {
    key: `exception-notice:${kept.id}`,
    item: { kind: "exception-notice", exception: kept.id },
  });
  await appendAudit(tx, {
    kind: "assessment.made",
    actor: "agent:copilot",
    subject: `exception:${kept.id}`,
    detail: {
      producedBy: kept.explanation.producedBy,
      sentences: kept.explanation.sentences.length,
    },
  });
}
