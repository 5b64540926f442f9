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

/** Oldest first, at most the last ten of the thread. */
export async function threadHistory(
  tx: Tx,
  thread: Thread,
): Promise<{ question: string; body: unknown }[]> {
  const found = await tx.query<{ question: string; body: unknown }>(
    `select question, body from (select id, question, body from answer
        where thread ->> 'channel' = $1 and thread ->> 'ts' = $2 order by id desc limit 10) newest
      order by id`,
    [thread.channel, thread.ts],
  );
  return found.rows;
}
