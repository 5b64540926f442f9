import type { BlockAction } from "@slack/bolt";
import type { Place } from "../cards/place.ts";

/** Where a button was pressed. null: in the Home tab or in a modal. */
export function pressedPlace(body: BlockAction): Place {
  const channel = body.channel?.id ?? body.container.channel_id;
  const message = body.message?.ts ?? body.container.message_ts;
  if (typeof channel !== "string" || typeof message !== "string") return null;
  const thread: unknown = body.message?.thread_ts;
  return { channel, message, thread: typeof thread === "string" ? thread : message };
}
