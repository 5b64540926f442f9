import { asFields, asFlag, asText, type Fields } from "./fields.ts";
import { contentOf } from "./message-content.ts";
import type { World } from "./method.ts";
import { ephemeral, postAsApp } from "./methods/chat.ts";
import { SlackFailure } from "./slack-failure.ts";
import type { ResponseTarget } from "./triggers.ts";

/** What an app may do through a response url or a command's ack: answer, replace or delete. */
export function respondTo(world: World, target: ResponseTarget, body: unknown): void {
  const { workspace } = world;
  const args: Fields = typeof body === "string" ? { text: body } : asFields(body);
  const channel = workspace.findChannel(target.channel);
  if (!channel) throw new SlackFailure("channel_not_found");
  if (asFlag(args["delete_original"]) && target.messageTs !== undefined) {
    if (target.ephemeral === true) workspace.removeEphemeral(target.person, target.messageTs);
    else workspace.remove(channel.id, target.messageTs);
    return;
  }
  const content = contentOf(args);
  if (asFlag(args["replace_original"]) && target.messageTs !== undefined) {
    if (target.ephemeral === true) {
      const message = ephemeral(world, channel, content, target.threadTs ?? "");
      workspace.putEphemeral(target.person, { ...message, ts: target.messageTs });
      return;
    }
    const before = workspace.findMessage(channel.id, target.messageTs);
    if (!before) throw new SlackFailure("message_not_found");
    const edited = { user: workspace.app.userId, ts: workspace.nextTs() };
    workspace.put({ ...before, ...content, edited });
    return;
  }
  const thread = asText(args["thread_ts"]);
  if (args["response_type"] === "in_channel") {
    postAsApp(world, channel, content, args);
    return;
  }
  workspace.putEphemeral(target.person, ephemeral(world, channel, content, thread));
}
