import { checkBlocks, checkView } from "../check-blocks.ts";
import { botEcho } from "../events.ts";
import { asFields, asFlag, asList, asText, type Fields } from "../fields.ts";
import { type Content, contentOf } from "../message-content.ts";
import {
  type Methods,
  need,
  needChannel,
  needMembership,
  shown,
  threadKey,
  type World,
} from "../method.ts";
import { SlackFailure } from "../slack-failure.ts";
import type { Channel, Message } from "../workspace.ts";

/** `chat.*` without streams, and `blocks.validate`. */
export const chatMethods: Methods = {
  "chat.postMessage": (args, world) => {
    const channel = needMembership(args, world);
    const message = postAsApp(world, channel, contentOf(args), args);
    return { channel: channel.id, ts: message.ts, message: shown(message) };
  },
  "chat.update": (args, world) => {
    const channel = needChannel(args, world);
    const before = needMessage(channel, need(args, "ts", "message_not_found"), world);
    if (before.bot_id !== world.workspace.app.botId) throw new SlackFailure("cant_update_message");
    const content = contentOf(args, asList(before.blocks).length > 0);
    // Without the field the old blocks and attachments stay; an empty array takes them away.
    const text = "text" in args || "markdown_text" in args ? content.text : before.text;
    const edited = { user: world.workspace.app.userId, ts: world.workspace.nextTs() };
    const message = world.workspace.put({ ...before, ...content, text, edited });
    return { channel: channel.id, ts: message.ts, text: message.text, message: shown(message) };
  },
  "chat.delete": (args, world) => {
    const channel = needChannel(args, world);
    const message = needMessage(channel, need(args, "ts", "message_not_found"), world);
    if (message.bot_id !== world.workspace.app.botId) throw new SlackFailure("cant_delete_message");
    world.workspace.remove(channel.id, message.ts);
    return { channel: channel.id, ts: message.ts };
  },
  "chat.postEphemeral": (args, world) => {
    const channel = needMembership(args, world);
    const user = need(args, "user", "user_not_in_channel");
    if (!channel.members.includes(user)) throw new SlackFailure("user_not_in_channel");
    const message = ephemeral(world, channel, contentOf(args), asText(args["thread_ts"]));
    world.workspace.putEphemeral(user, message);
    return { message_ts: message.ts };
  },
  "chat.getPermalink": (args, world) => {
    const channel = needChannel(args, world);
    const ts = need(args, "message_ts", "message_not_found");
    needMessage(channel, ts, world);
    const permalink = `${world.base()}/?channel=${channel.id}&ts=${ts}`;
    return { channel: channel.id, permalink };
  },
  "blocks.validate": (args) => {
    const view = args["view"];
    const blocks = args["blocks"] ?? asFields(args["message"])["blocks"];
    if (view === undefined && blocks === undefined) throw new SlackFailure("invalid_arguments");
    const messages =
      view === undefined ? checkBlocks(blocks, "message") : checkView(asFields(view));
    if (messages.length === 0) return {};
    throw new SlackFailure("invalid_blocks", { errors: messages, response_metadata: { messages } });
  },
};

export function needMessage(channel: Channel, ts: string, world: World): Message {
  const message = world.workspace.findMessage(channel.id, ts);
  if (!message) throw new SlackFailure("message_not_found");
  return message;
}

/** The root of the thread this `thread_ts` points into; unknown threads are refused. */
export function threadOf(channel: Channel, args: Fields, world: World): string | undefined {
  const asked = asText(args["thread_ts"]);
  if (!asked) return undefined;
  const message = world.workspace.findMessage(channel.id, asked);
  if (!message) throw new SlackFailure("thread_not_found");
  return message.thread_ts ?? message.ts;
}

/** Stores a message of the app, clears what it said it was doing there, and echoes the event. */
export function postAsApp(
  world: World,
  channel: Channel,
  content: Content,
  args: Fields = {},
): Message {
  const { workspace } = world;
  const thread = threadOf(channel, args, world);
  const message: Message = {
    type: "message",
    channel: channel.id,
    user: workspace.app.userId,
    ts: workspace.nextTs(),
    bot_id: workspace.app.botId,
    app_id: workspace.app.id,
    team: workspace.team.id,
    ...content,
  };
  if (thread !== undefined) message.thread_ts = thread;
  if (thread !== undefined && asFlag(args["reply_broadcast"])) message.subtype = "thread_broadcast";
  world.sessions.statuses.delete(threadKey(channel.id, thread ?? ""));
  workspace.put(message);
  workspace.tell({ kind: "desk" });
  botEcho(world, channel, message);
  return message;
}

export function ephemeral(
  world: World,
  channel: Channel,
  content: Content,
  thread: string,
): Message {
  const { app, team, nextTs } = world.workspace;
  return {
    type: "message",
    subtype: "bot_message",
    channel: channel.id,
    user: app.userId,
    ts: nextTs(),
    bot_id: app.botId,
    app_id: app.id,
    team: team.id,
    ...content,
    ...(thread ? { thread_ts: thread } : {}),
  };
}
