import { asBlocks, asFields, asList, asText, type Block, type Fields } from "../fields.ts";
import { checkedBlocks, checkedMetadata } from "../message-content.ts";
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
import type { Message } from "../workspace.ts";
import { needMessage, postAsApp } from "./chat.ts";

/** A stream dies this long after it started, however busy it is. */
const streamLifeMs = 5 * 60_000;

type Stream = { started: number; plan: boolean; parts: Block[] };
const streams = new WeakMap<object, Map<string, Stream>>();

/** `chat.startStream`, `chat.appendStream`, `chat.stopStream`. */
export const streamMethods: Methods = {
  "chat.startStream": (args, world) => {
    const channel = needMembership(args, world);
    need(args, "thread_ts");
    if (channel.kind !== "im") {
      need(args, "recipient_team_id", "missing_recipient_team_id");
      need(args, "recipient_user_id", "missing_recipient_user_id");
    }
    const stream: Stream = {
      started: world.workspace.now(),
      plan: asText(args["task_display_mode"]) === "plan",
      parts: [],
    };
    append(stream, args);
    const message = postAsApp(world, channel, render(stream), args);
    open(world).set(threadKey(channel.id, message.ts), stream);
    world.workspace.put({ ...message, streaming: true });
    return { channel: channel.id, ts: message.ts };
  },
  "chat.appendStream": (args, world) => {
    const { message, stream } = running(args, world);
    append(stream, args);
    world.workspace.put({ ...message, ...render(stream) });
    return { channel: message.channel, ts: message.ts };
  },
  "chat.stopStream": (args, world) => {
    const { message, stream } = running(args, world);
    append(stream, args);
    if (args["blocks"]) stream.parts.push(...checkedBlocks(args["blocks"]));
    const done: Message = { ...message, ...render(stream) };
    delete done.streaming;
    if (args["metadata"]) done.metadata = checkedMetadata(args["metadata"]);
    open(world).delete(threadKey(message.channel, message.ts));
    world.workspace.put(done);
    const state = asText(args["session_status"]);
    if (state) {
      world.sessions.states.set(threadKey(message.channel, message.thread_ts ?? ""), state);
    }
    return { channel: message.channel, ts: message.ts, message: shown(done) };
  },
};

function open(world: World): Map<string, Stream> {
  const held = streams.get(world) ?? new Map<string, Stream>();
  streams.set(world, held);
  return held;
}

function running(args: Fields, world: World): { message: Message; stream: Stream } {
  const channel = needChannel(args, world);
  const message = needMessage(channel, need(args, "ts", "message_not_found"), world);
  if (message.bot_id !== world.workspace.app.botId)
    throw new SlackFailure("message_not_owned_by_app");
  const key = threadKey(channel.id, message.ts);
  const stream = open(world).get(key);
  if (stream && world.workspace.now() - stream.started <= streamLifeMs) return { message, stream };
  if (stream) {
    open(world).delete(key);
    const { streaming: _streaming, ...still } = message;
    world.workspace.put(still);
  }
  throw new SlackFailure("message_not_in_streaming_state");
}

function append(stream: Stream, args: Fields): void {
  const text = asText(args["markdown_text"]);
  if (text) addText(stream, text);
  for (const chunk of asList(args["chunks"]).map(asFields)) addChunk(stream, chunk);
}

function addText(stream: Stream, text: string): void {
  const last = stream.parts.at(-1);
  if (last?.type === "markdown") last["text"] = asText(last["text"]) + text;
  else stream.parts.push({ type: "markdown", text });
}

function addChunk(stream: Stream, chunk: Fields): void {
  switch (chunk["type"]) {
    case "markdown_text":
      return addText(stream, asText(chunk["text"]));
    case "blocks":
      stream.parts.push(...checkedBlocks(chunk["blocks"]));
      return;
    case "plan_update":
      plan(stream)["title"] = asText(chunk["title"]);
      return;
    case "task_update":
      return addTask(stream, chunk);
    default:
      throw new SlackFailure("invalid_chunks");
  }
}

function plan(stream: Stream): Block {
  const known = stream.parts.find((part) => part.type === "plan");
  if (known) return known;
  const fresh: Block = { type: "plan", title: "Working", tasks: [] };
  stream.parts.unshift(fresh);
  return fresh;
}

function addTask(stream: Stream, chunk: Fields): void {
  const task: Block = {
    type: "task_card",
    task_id: need(chunk, "id", "invalid_chunks"),
    title: asText(chunk["title"]),
    status: asText(chunk["status"]) || "pending",
  };
  for (const field of ["details", "output"]) {
    const text = asText(chunk[field]);
    const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
    if (text) task[field] = { type: "rich_text", elements: [section] };
  }
  if (chunk["sources"]) task["sources"] = chunk["sources"];
  const same = (one: Block): boolean => one["task_id"] === task["task_id"];
  if (stream.plan || stream.parts.some((part) => part.type === "plan")) {
    const holder = plan(stream);
    const tasks = asBlocks(holder["tasks"]);
    holder["tasks"] = tasks.some(same)
      ? tasks.map((one) => (same(one) ? { ...one, ...task } : one))
      : [...tasks, task];
    return;
  }
  const at = stream.parts.findIndex(same);
  if (at < 0) stream.parts.push(task);
  else stream.parts[at] = { ...stream.parts[at], ...task };
}

function render(stream: Stream): { text: string; blocks: Block[] } {
  const text = stream.parts
    .filter((part) => part.type === "markdown")
    .map((part) => asText(part["text"]))
    .join("\n");
  return { text, blocks: structuredClone(stream.parts) };
}
