import type { Evidence } from "#/domain/evidence.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Thread } from "#/domain/proposal.ts";
import { appendAudit } from "./audit.ts";
import { saveEvidence } from "./evidence.ts";
import type { Tx } from "./open-database.ts";
import { enqueueOutbox } from "./outbox.ts";
import { markHandled } from "./signal.ts";

type AnswerBody = {
  readonly sentences: readonly unknown[];
  readonly evidence: readonly Evidence[];
  readonly droppedClaims: number;
  readonly producedBy: unknown;
};

/** Keeps the answer; from chat it also goes back to its thread, once per question. */
export async function insertAnswer(
  tx: Tx,
  tenant: TenantId,
  answer: {
    person: string;
    question: string;
    thread: Thread | null;
    signalKey: string | null;
    body: AnswerBody;
  },
): Promise<number> {
  const inserted = await tx.query<{ id: number }>(
    `insert into answer (tenant, person, question, thread, body) values ($1, $2, $3, $4, $5)
     returning id::int as id`,
    [
      tenant,
      answer.person,
      answer.question,
      answer.thread ? JSON.stringify(answer.thread) : null,
      JSON.stringify(answer.body),
    ],
  );
  const id = inserted.rows[0]?.id ?? 0;
  await saveEvidence(tx, tenant, answer.body.evidence);
  if (answer.signalKey) {
    await markHandled(tx, answer.signalKey, null);
    if (answer.thread)
      await enqueueOutbox(tx, tenant, {
        key: `answer:${answer.signalKey}`,
        item: { kind: "answer", answer: id, thread: answer.thread },
      });
  }
  await appendAudit(tx, {
    kind: "question.answered",
    actor: `person:${answer.person}`,
    subject: `answer:${id}`,
    detail: {
      producedBy: answer.body.producedBy,
      sentences: answer.body.sentences.length,
      droppedClaims: answer.body.droppedClaims,
      evidence: answer.body.evidence.map((each) => each.id),
    },
  });
  return id;
}

export async function answerById(tx: Tx, id: number): Promise<unknown> {
  const found = await tx.query<{ body: unknown }>("select body from answer where id = $1", [id]);
  return found.rows[0]?.body ?? null;
}

type Turn = { readonly question: string; readonly body: unknown };

/**
 * What was said before, oldest first: the case whose thread this is, then at most ten answers of the
 * thread. Where a conversation begins anew, the same person's last words in the same place, if they
 * are not older than half an hour: people do not always reply in a thread.
 */
export async function historyOf(
  tx: Tx,
  { thread, person }: { thread: Thread; person: string },
): Promise<Turn[]> {
  const about = await tx.query<Turn>(
    `select title as question, explanation as body from exception_case
      where thread_channel = $1 and thread_ts = $2 and explanation is not null limit 1`,
    [thread.channel, thread.ts],
  );
  const own = [...about.rows, ...(await threadHistory(tx, thread))];
  if (own.length > 0) return own;
  const recent = await tx.query<Turn>(
    `select question, body from (select id, question, body from answer
        where thread ->> 'channel' = $1 and person = $2
          and at > clock_timestamp() - interval '30 minutes' order by id desc limit 3) newest
      order by id`,
    [thread.channel, person],
  );
  return recent.rows;
}

async function threadHistory(tx: Tx, thread: Thread): Promise<Turn[]> {
  const found = await tx.query<Turn>(
    `select question, body from (select id, question, body from answer
        where thread ->> 'channel' = $1 and thread ->> 'ts' = $2 order by id desc limit 10) newest
      order by id`,
    [thread.channel, thread.ts],
  );
  return found.rows;
}
