import { blockLimits } from "../block-limits.ts";
import { asFields, asList, asText, type Fields } from "../fields.ts";
import {
  type Methods,
  need,
  needChannel,
  needMembership,
  threadKey,
  type World,
} from "../method.ts";
import { SlackFailure } from "../slack-failure.ts";
import { needMessage, threadOf } from "./chat.ts";

const sessionStates = ["active", "processing", "suspended", "closed"];

/** `assistant.threads.*`, `agents.sessions.*`, `reactions.*`. */
export const assistantMethods: Methods = {
  "assistant.threads.setStatus": (args, world) => {
    const channel = needMembership(args, world, "channel_id");
    const thread = threadOf(channel, args, world) ?? "";
    const key = threadKey(channel.id, thread);
    const text = asText(args["status"]);
    const loading = asList(args["loading_messages"]).map(asText).filter(Boolean);
    if (loading.length > 10) throw new SlackFailure("invalid_arguments");
    if (text) world.sessions.statuses.set(key, { channel: channel.id, thread, text, loading });
    else world.sessions.statuses.delete(key);
    world.workspace.tell({ kind: "desk" });
    return {};
  },
  "assistant.threads.setSuggestedPrompts": (args, world) => {
    const channel = needMembership(args, world, "channel_id");
    const thread = threadOf(channel, args, world) ?? "";
    const prompts = asList(args["prompts"]).map(asFields);
    if (prompts.length > blockLimits.suggestedPrompts) throw new SlackFailure("too_many_prompts");
    const whole = prompts.every((one) => asText(one["title"]) && asText(one["message"]));
    if (!whole) throw new SlackFailure("invalid_arguments");
    world.workspace.prompts.set(threadKey(channel.id, thread), {
      title: asText(args["title"]),
      prompts: prompts.map((one) => ({
        title: asText(one["title"]),
        message: asText(one["message"]),
      })),
    });
    world.workspace.tell({ kind: "desk" });
    return {};
  },
  "assistant.threads.setTitle": (args, world) => setTitle(args, world),
  "agents.sessions.rename": (args, world) => {
    if (need(args, "title").length > 200) throw new SlackFailure("invalid_arguments");
    return setTitle(args, world);
  },
  "agents.sessions.setStatus": (args, world) => {
    const channel = needMembership(args, world, "channel_id");
    need(args, "thread_ts");
    const thread = threadOf(channel, args, world) ?? "";
    const state = need(args, "status");
    if (!sessionStates.includes(state)) throw new SlackFailure("invalid_arguments");
    world.sessions.states.set(threadKey(channel.id, thread), state);
    world.workspace.tell({ kind: "desk" });
    return {};
  },
  "reactions.add": (args, world) => react(args, world, true),
  "reactions.remove": (args, world) => react(args, world, false),
};

function setTitle(args: Fields, world: World): Fields {
  const channel = needMembership(args, world, "channel_id");
  const thread = threadOf(channel, args, world) ?? "";
  world.workspace.titles.set(threadKey(channel.id, thread), need(args, "title"));
  world.workspace.tell({ kind: "desk" });
  return {};
}

function react(args: Fields, world: World, add: boolean): Fields {
  const { workspace } = world;
  const channel = needChannel(args, world);
  const message = needMessage(channel, need(args, "timestamp", "message_not_found"), world);
  const name = need(args, "name", "invalid_name").replaceAll(":", "");
  if (!/^[a-z0-9_+'-]{1,100}$/.test(name)) throw new SlackFailure("invalid_name");
  const me = workspace.app.userId;
  const known = message.reactions ?? [];
  const users = known.find((one) => one.name === name)?.users ?? [];
  if (add && users.includes(me)) throw new SlackFailure("already_reacted");
  if (!add && !users.includes(me)) throw new SlackFailure("no_reaction");
  const after = add ? [...users, me] : users.filter((one) => one !== me);
  const others = known.filter((one) => one.name !== name);
  const mine = after.length > 0 ? [{ name, users: after, count: after.length }] : [];
  workspace.put({ ...message, reactions: [...others, ...mine] });
  return {};
}
