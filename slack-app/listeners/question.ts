import type { App } from "@slack/bolt";
import { isCountersignError } from "#/domain/errors.ts";
import type { Thread } from "#/domain/proposal.ts";
import type { Services } from "#/workflows/services.ts";
import { clean, quote } from "../cards/words.ts";
import { errorDetails } from "../log.ts";
import { type Needs as TellNeeds, tell } from "../tell.ts";
import { type Needs as WhoNeeds, whoPressed } from "../who-pressed.ts";

export type Needs = TellNeeds &
  WhoNeeds & {
    readonly services: WhoNeeds["services"] & Pick<Services, "receiveQuestion">;
    readonly wake: () => void;
  };

/** A question as Slack delivers it. Slack may deliver it again; the event id tells. */
export type Asked = {
  readonly eventId: string;
  readonly user: string;
  readonly text: string;
  readonly thread: Thread;
};

/** Direct messages, and mentions in channels and threads. */
export function listenForQuestions(app: App, needs: Needs): void {
  app.message(async ({ message, body }) => {
    if (message.channel_type !== "im" || "bot_id" in message) return;
    if (message.subtype !== undefined && message.subtype !== "file_share") return;
    const { user, text, channel, ts, thread_ts } = message;
    const thread = { channel, ts: thread_ts ?? ts };
    await ask({ eventId: body.event_id, user, text: text ?? "", thread }, needs);
  });

  app.event("app_mention", async ({ event, body }) => {
    const { user, text, channel, ts, thread_ts } = event;
    if (event.bot_id !== undefined || user === undefined) return;
    await ask(
      { eventId: body.event_id, user, text, thread: { channel, ts: thread_ts ?? ts } },
      needs,
    );
  });
}

const mostText = 4000;
const hint = "Ask me something, for example: which invoices are late?";

async function ask({ eventId, user, text, thread }: Asked, needs: Needs): Promise<void> {
  const to = { user, place: { channel: thread.channel, message: thread.ts, thread: thread.ts } };
  const who = await whoPressed(user, needs);
  if (!who.admitted) return tell(to, who, needs);
  const question = questionText(text, (await needs.workspace()).botUser);
  if (question === "") return tell(to, { sentence: hint }, needs);
  if (question.length > mostText)
    return tell(
      to,
      { sentence: `Ask in at most ${mostText} characters; nothing was asked.` },
      needs,
    );
  try {
    const { member } = who;
    const asked = { eventId, member, text: question, thread };
    if (!(await needs.services.receiveQuestion(asked))) return;
  } catch (error) {
    needs.log.error({ eventId, ...errorDetails(error) }, "a question was not stored");
    return tell(to, { sentence: notStored(error) }, needs);
  }
  await showThinking(thread, needs);
  needs.wake();
}

const notStored = (error: unknown): string =>
  isCountersignError(error) && error.blame === "user"
    ? quote(error.message, 600)
    : "Your question could not be stored, so no answer will come. Ask again in a minute.";

/** Cleared by Slack when the answer arrives. Only a courtesy: a failure changes nothing. */
async function showThinking({ channel, ts }: Thread, needs: Needs): Promise<void> {
  try {
    await needs.posts.assistant.threads.setStatus({
      channel_id: channel,
      thread_ts: ts,
      status: "is thinking…",
    });
  } catch (error) {
    needs.log.info(errorDetails(error), "the status was not shown");
  }
}

/** Slack's markup as a person typed it: no mention of us, links by their label, entities decoded. */
export function questionText(text: string, botUser: string): string {
  const typed = text
    .replaceAll(`<@${botUser}>`, " ")
    .replace(/<(?:[@#!][^>|]*|[^>|]*)\|([^>]*)>/g, "$1")
    .replace(/<(https?:[^>|]*|mailto:[^>|]*)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
  return clean(typed).trim();
}
