import type { KnownBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { message } from "./cards/limits.ts";
import type { Place } from "./cards/place.ts";
import { marked } from "./cards/words.ts";
import { errorDetails, type Log } from "./log.ts";
import { post } from "./sending.ts";

export type Needs = { readonly posts: WebClient; readonly reads: WebClient; readonly log: Log };

/**
 * Says one sentence of ours to one person, where they pressed: in the thread of a direct message,
 * for their eyes only in a channel, as a direct message from the Home tab. Never throws: what it
 * reports has already happened, and the card shows it too.
 */
export async function tell(
  to: { user: string; place: Place },
  say: { sentence: string; buttons?: KnownBlock },
  needs: Needs,
): Promise<void> {
  const ready = message(say.sentence, [
    { type: "section", text: marked(say.sentence) },
    ...(say.buttons ? [say.buttons] : []),
  ]);
  const { user, place } = to;
  try {
    if (place === null) {
      const { channel } = await needs.reads.conversations.open({ users: user });
      if (channel?.id) await post(needs.posts, { channel: channel.id, message: ready, id: null });
    } else if (place.channel.startsWith("D")) {
      const { channel, thread: threadTs } = place;
      await post(needs.posts, { channel, threadTs, message: ready, id: null });
    } else {
      const { channel, thread: thread_ts } = place;
      await needs.posts.chat.postEphemeral({ channel, user, thread_ts, ...ready, parse: "none" });
    }
  } catch (error) {
    needs.log.warn(errorDetails(error), "could not tell a person what came of their click");
  }
}
