import { asFlag, asText, type Fields } from "../fields.ts";
import { type Methods, need, needChannel, needMembership, shown, type World } from "../method.ts";
import { SlackFailure } from "../slack-failure.ts";
import type { Channel, Message } from "../workspace.ts";
import { page } from "./people.ts";

/** `conversations.*`. */
export const conversationMethods: Methods = {
  "conversations.open": (args, world) => {
    const { workspace } = world;
    const known = asText(args["channel"]);
    const users = asText(args["users"]).split(",").filter(Boolean);
    if (!known && users.length !== 1) {
      throw new SlackFailure(
        users.length === 0 ? "users_list_not_supplied" : "method_not_supported",
      );
    }
    const user = users[0] ?? "";
    if (!known && !workspace.people().some((one) => one.id === user)) {
      throw new SlackFailure("user_not_found");
    }
    const existed = workspace.channels().length;
    const channel = known ? needChannel(args, world) : workspace.directMessages(user);
    return {
      no_op: workspace.channels().length === existed,
      already_open: workspace.channels().length === existed,
      channel: asFlag(args["return_im"]) ? describe(channel, world) : { id: channel.id },
    };
  },
  "conversations.info": (args, world) => ({ channel: describe(needChannel(args, world), world) }),
  "conversations.list": (args, world) => {
    const types = (asText(args["types"]) || "public_channel").split(",").map((one) => one.trim());
    const wanted = world.workspace
      .channels()
      .filter((one) => types.includes(one.kind === "im" ? "im" : `${one.kind}_channel`))
      .filter((one) => one.kind === "public" || isIn(one, world));
    return page(
      args,
      wanted.map((one) => describe(one, world)),
      "channels",
    );
  },
  "conversations.members": (args, world) => page(args, needChannel(args, world).members, "members"),
  "conversations.join": (args, world) => {
    const channel = needChannel(args, world);
    if (channel.kind !== "public") throw new SlackFailure("method_not_supported_for_channel_type");
    if (!isIn(channel, world)) channel.members.push(world.workspace.app.userId);
    world.workspace.tell({ kind: "desk" });
    return { channel: describe(channel, world) };
  },
  "conversations.history": (args, world) => {
    const channel = needMembership(args, world);
    const roots = world.workspace
      .messages(channel.id)
      .filter((one) => isRoot(one) || one.subtype === "thread_broadcast")
      .filter(within(args))
      .reverse();
    const all = roots.map((one) => asShown(one, args, world));
    return page({ limit: 100, ...args }, all, "messages");
  },
  "conversations.replies": (args, world) => {
    const channel = needMembership(args, world);
    const ts = need(args, "ts", "thread_not_found");
    const start = world.workspace.findMessage(channel.id, ts);
    if (!start) throw new SlackFailure("thread_not_found");
    const root = start.thread_ts ?? start.ts;
    const thread = world.workspace
      .messages(channel.id)
      .filter((one) => one.ts === root || (one.thread_ts === root && within(args)(one)));
    const all = thread.map((one) => asShown(one, args, world));
    return page({ limit: 1000, ...args }, all, "messages");
  },
};

export function isRoot(message: Message): boolean {
  return message.thread_ts === undefined || message.thread_ts === message.ts;
}

/** Reply count and the like, which the real service adds to the root of a thread. */
function threadFields(message: Message, world: World): Fields {
  const replies = world.workspace
    .messages(message.channel)
    .filter((one) => one.thread_ts === message.ts && one.ts !== message.ts);
  if (replies.length === 0) return {};
  const users = [...new Set(replies.map((one) => one.user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: replies.at(-1)?.ts ?? "",
  };
}

function asShown(message: Message, args: Fields, world: World): Fields {
  const fields = shown(message, asFlag(args["include_all_metadata"]));
  return { ...fields, ...threadFields(message, world) };
}

function within(args: Fields): (message: Message) => boolean {
  const oldest = Number(args["oldest"] ?? 0);
  const latest = Number(args["latest"] ?? Number.POSITIVE_INFINITY);
  const inclusive = asFlag(args["inclusive"]);
  return ({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  };
}

function isIn(channel: Channel, world: World): boolean {
  return channel.members.includes(world.workspace.app.userId);
}

function describe(channel: Channel, world: World): Fields {
  const { id, kind, created } = channel;
  const { app, team } = world.workspace;
  const shared = {
    id,
    created,
    is_archived: false,
    is_org_shared: false,
    context_team_id: team.id,
  };
  if (kind === "im") {
    const user = channel.members.find((one) => one !== app.userId) ?? "";
    return { ...shared, is_im: true, is_channel: false, is_private: true, user };
  }
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_im: false,
    is_channel: true,
    is_group: kind === "private",
    is_private: kind === "private",
    is_general: false,
    is_member: isIn(channel, world),
    num_members: channel.members.length,
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: channel.purpose, creator: "", last_set: 0 },
  };
}
