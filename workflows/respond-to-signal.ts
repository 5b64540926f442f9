import { z } from "zod";
import type { Answer } from "#/domain/answer.ts";
import type { ExceptionId, PersonId, TenantId } from "#/domain/ids.ts";
import { PersonId as PersonIdSchema } from "#/domain/ids.ts";
import { Thread } from "#/domain/proposal.ts";
import { ownDatabase, step } from "./durable.ts";
import type { Store } from "./store.ts";
import { type WatchNeeds, watchFirm } from "./watch-portfolio.ts";

/** What a chat question is stored as. */
export const StoredQuestion = z.object({
  person: PersonIdSchema,
  text: z.string(),
  thread: Thread,
});

export type RespondNeeds = WatchNeeds & {
  readonly store: Pick<
    Store,
    "signal" | "handled" | "saveAnswer" | "history" | "exception" | "explainException"
  > &
    WatchNeeds["store"];
  /** The agents, on a connection bound to that person. */
  readonly answer: (question: {
    tenant: TenantId;
    person: PersonId;
    text: string;
    thread: Thread;
    /** Names the question: asked again under it, the same things are proposed, not others. */
    key: string;
    history: readonly { question: string; answer: Answer }[];
  }) => Promise<Answer>;
  /** The agents' fixed pipeline for a case: causes, then proposals through the propose tool. */
  readonly investigate: (tenant: TenantId, exception: ExceptionId) => Promise<Answer>;
  /** What code files for a case of the detectors; null where the firm is not looked at as a whole. */
  readonly proposeForCase?: ((tenant: TenantId, exception: ExceptionId) => Promise<unknown>) | null;
};

/** signal → evidence → assessment → proposal: an event is looked into, a question is answered. */
export async function respondToSignal(
  tenant: TenantId,
  key: string,
  needs: RespondNeeds,
): Promise<void> {
  const signal = await step("load", () => needs.store.signal(tenant, key), ownDatabase);
  if (!signal || signal.handled) return;
  if (signal.kind === "question") {
    await step("answer", () => answerQuestion(tenant, { key, body: signal.body }, needs), {
      retriesAllowed: true,
      maxAttempts: 3,
    });
    return;
  }
  await step("watch", () => watchFirm(tenant, needs), { retriesAllowed: true, maxAttempts: 5 });
  // Everything that had arrived before this look began was seen by it.
  await step("handled", () => needs.store.handled(tenant, key, signal.readAt), ownDatabase);
}

async function answerQuestion(
  tenant: TenantId,
  { key, body }: { key: string; body: string },
  needs: RespondNeeds,
): Promise<void> {
  const asked = StoredQuestion.parse(JSON.parse(body));
  const history = await needs.store.history(tenant, asked);
  const answer = await needs.answer({ tenant, ...asked, key, history });
  await needs.store.saveAnswer(tenant, {
    person: asked.person,
    question: asked.text,
    thread: asked.thread,
    signalKey: key,
    body: answer,
  });
}

/** An open case: of an invoice the agents explain it and propose; of a detector code proposes. */
export async function investigateException(
  tenant: TenantId,
  id: ExceptionId,
  needs: RespondNeeds,
): Promise<void> {
  await step(
    "investigate",
    async () => {
      const exception = await needs.store.exception(tenant, id);
      if (exception === null) await needs.proposeForCase?.(tenant, id);
      if (exception?.state !== "open") return;
      const explanation = await needs.investigate(tenant, id);
      await needs.store.explainException(tenant, id, explanation);
    },
    { retriesAllowed: true, maxAttempts: 3, intervalSeconds: 2 },
  );
}
