import type { Deliveries } from "./delivery.ts";
import { asText, type Fields } from "./fields.ts";
import { SlackFailure } from "./slack-failure.ts";
import type { SocketMode } from "./socket-mode.ts";
import type { ResponseUrls, Triggers } from "./triggers.ts";
import type { ViewStacks } from "./view-stacks.ts";
import type { Channel, Message, Workspace } from "./workspace.ts";

/** What the Web API, the people and the page all work on. */
export type World = {
  workspace: Workspace;
  views: ViewStacks;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  sockets: SocketMode;
  deliveries: Deliveries;
  sessions: Sessions;
  /** Where the emulator listens, without a trailing slash. */
  base: () => string;
};

export type Status = { channel: string; thread: string; text: string; loading: string[] };
export type Sessions = {
  /** What the app says it is doing, by `channel:thread`. */
  statuses: Map<string, Status>;
  /** Life of agent sessions, by `channel:thread`. */
  states: Map<string, string>;
};

/** One Web API method: arguments in, fields of the answer out; refusals throw `SlackFailure`. */
export type Method = (args: Fields, world: World) => Fields | Promise<Fields>;
export type Methods = Readonly<Record<string, Method>>;

export function threadKey(channel: string, thread: string): string {
  return `${channel}:${thread}`;
}

/** The argument as text, or the failure the real service gives when it is missing. */
export function need(args: Fields, name: string, failure = "invalid_arguments"): string {
  const value = asText(args[name]);
  if (value !== "") return value;
  const messages = [`[ERROR] missing required field: ${name}`];
  throw new SlackFailure(failure, { response_metadata: { messages } });
}

/** The channel of the argument, visible to the app; a user id means the direct messages with them. */
export function needChannel(args: Fields, world: World, name = "channel"): Channel {
  const channel = world.workspace.findChannel(asText(args[name]));
  if (!channel) throw new SlackFailure("channel_not_found");
  const inside = channel.members.includes(world.workspace.app.userId);
  if (channel.kind === "private" && !inside) throw new SlackFailure("channel_not_found");
  return channel;
}

/** Like `needChannel`, and the app must be a member. */
export function needMembership(args: Fields, world: World, name = "channel"): Channel {
  const channel = needChannel(args, world, name);
  if (!channel.members.includes(world.workspace.app.userId))
    throw new SlackFailure("not_in_channel");
  return channel;
}

/** A message as the Web API answers with it: without our own fields. */
export function shown(message: Message, withMetadata = true): Fields {
  const { channel: _channel, streaming: _streaming, metadata, ...fields } = message;
  return withMetadata && metadata ? { ...fields, metadata } : fields;
}
