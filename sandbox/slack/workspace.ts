import type { Block, Fields } from "./fields.ts";
import { type Person, type PersonSetup, personFrom, stableId } from "./people.ts";
import { NotPossible } from "./slack-failure.ts";

export type Channel = {
  id: string;
  name: string;
  kind: "public" | "private" | "im";
  /** User ids, the app's bot user included when the app is in. */
  members: string[];
  purpose: string;
  created: number;
};

export type ChannelSetup = {
  name: string;
  /** People by id, email or full name. */
  members: readonly string[];
  private?: boolean;
  purpose?: string;
  /** Whether the app was invited; true unless said. */
  withApp?: boolean;
};

/** A message as the Web API shows it, plus the channel it stands in. */
export type Message = {
  type: "message";
  channel: string;
  ts: string;
  user: string;
  text: string;
  team: string;
  blocks?: Block[];
  attachments?: unknown[];
  thread_ts?: string;
  bot_id?: string;
  app_id?: string;
  subtype?: string;
  metadata?: Fields;
  edited?: { user: string; ts: string };
  reactions?: { name: string; users: string[]; count: number }[];
  client_msg_id?: string;
  streaming?: boolean;
};

export type App = { id: string; botId: string; userId: string; name: string };
export type Team = { id: string; name: string; domain: string };
export type Prompts = { title: string; prompts: { title: string; message: string }[] };

/** Everything that outlives a restart. */
export type Saved = {
  version: 1;
  people: Person[];
  channels: Channel[];
  messages: Message[];
  homes: [person: string, view: Fields][];
  reads: [key: string, ts: string][];
  prompts: [key: string, prompts: Prompts][];
  titles: [key: string, title: string][];
  lastMicros: number;
};

export type Change =
  | { kind: "message"; message: Message }
  | { kind: "removed"; channel: string; ts: string }
  | { kind: "ephemeral"; person: string; message: Message }
  | { kind: "ephemeral removed"; person: string; ts: string }
  | { kind: "desk" };

export type WorkspaceSetup = {
  team: Team;
  appName: string;
  people: readonly PersonSetup[];
  channels: readonly ChannelSetup[];
  now: () => number;
  saved?: Saved;
};

export type Workspace = ReturnType<typeof createWorkspace>;

/** The state of one workspace: people, channels, messages and marks; no rules of the Web API. */
export function createWorkspace(setup: WorkspaceSetup) {
  const { team, now, saved } = setup;
  const app: App = {
    id: stableId("A", `${team.id}/app`),
    botId: stableId("B", `${team.id}/app`),
    userId: stableId("U", `${team.id}/app`),
    name: setup.appName,
  };
  const people = new Map<string, Person>();
  const channels = new Map<string, Channel>();
  const messages = new Map<string, Message[]>();
  const ephemerals = new Map<string, Message[]>();
  const homes = new Map<string, Fields>(saved?.homes);
  const reads = new Map<string, string>(saved?.reads);
  const prompts = new Map<string, Prompts>(saved?.prompts);
  const titles = new Map<string, string>(saved?.titles);
  const listeners = new Set<(change: Change) => void>();
  let lastMicros = saved?.lastMicros ?? 0;

  for (const person of saved?.people ?? []) people.set(person.id, person);
  for (const channel of saved?.channels ?? []) channels.set(channel.id, channel);
  for (const message of saved?.messages ?? []) insert(message);
  for (const one of setup.people) addPerson(one);
  for (const one of setup.channels) addChannel(one);

  function tell(change: Change): void {
    for (const listener of listeners) listener(change);
  }

  function addPerson(one: PersonSetup): Person {
    const fresh = personFrom(one, team.id);
    const known = [...people.values()].find(
      (person) => person.id === fresh.id || person.email === fresh.email,
    );
    // What happened to a known person since (deactivated, turned guest) outlives the seed.
    const person = known
      ? { ...fresh, id: known.id, deactivated: known.deactivated, guest: known.guest }
      : fresh;
    people.set(person.id, person);
    tell({ kind: "desk" });
    return person;
  }

  function findPerson(who: string): Person | undefined {
    return (
      people.get(who) ??
      [...people.values()].find((person) =>
        [person.email, person.handle, person.name].includes(who),
      )
    );
  }

  function needPerson(who: string): Person {
    const person = findPerson(who);
    if (!person) throw new NotPossible(`Nobody called "${who}" is in this workspace`);
    return person;
  }

  function addChannel(one: ChannelSetup): Channel {
    const id = stableId("C", `${team.id}/${one.name}`);
    const known = channels.get(id);
    const members = one.members.map((who) => needPerson(who).id);
    if (one.withApp !== false) members.push(app.userId);
    const channel: Channel = known ?? {
      id,
      name: one.name,
      kind: one.private === true ? "private" : "public",
      members: [],
      purpose: one.purpose ?? "",
      created: Math.floor(now() / 1000),
    };
    channel.members = [...new Set([...channel.members, ...members])];
    channels.set(id, channel);
    return channel;
  }

  /** A channel by id or name, or the direct messages with the app of the person with that id. */
  function findChannel(where: string): Channel | undefined {
    const name = where.replace(/^#/, "");
    const direct = channels.get(where) ?? [...channels.values()].find((one) => one.name === name);
    if (direct) return direct;
    return people.has(where) ? directMessages(where) : undefined;
  }

  function directMessages(personId: string): Channel {
    const id = stableId("D", `${team.id}/${personId}`);
    const known = channels.get(id);
    if (known) return known;
    const members = [personId, app.userId];
    const created = Math.floor(now() / 1000);
    const channel: Channel = { id, name: personId, kind: "im", members, purpose: "", created };
    channels.set(id, channel);
    return channel;
  }

  function nextTs(): string {
    lastMicros = Math.max(Math.floor(now()) * 1000, lastMicros + 1);
    const seconds = Math.floor(lastMicros / 1e6);
    return `${seconds}.${String(lastMicros % 1e6).padStart(6, "0")}`;
  }

  function inChannel(channel: string): Message[] {
    return messages.get(channel) ?? [];
  }

  function insert(message: Message): void {
    const held = messages.get(message.channel) ?? [];
    held.push(message);
    messages.set(message.channel, held);
  }

  function findMessage(channel: string, ts: string): Message | undefined {
    return inChannel(channel).find((message) => message.ts === ts);
  }

  function put(message: Message): Message {
    const held = inChannel(message.channel);
    const at = held.findIndex((one) => one.ts === message.ts);
    if (at < 0) insert(message);
    else held[at] = message;
    tell({ kind: "message", message });
    return message;
  }

  function remove(channel: string, ts: string): void {
    const kept = inChannel(channel).filter((message) => message.ts !== ts);
    messages.set(channel, kept);
    tell({ kind: "removed", channel, ts });
  }

  function putEphemeral(person: string, message: Message): void {
    const kept = (ephemerals.get(person) ?? []).filter((one) => one.ts !== message.ts);
    ephemerals.set(person, [...kept, message]);
    tell({ kind: "ephemeral", person, message });
  }

  function removeEphemeral(person: string, ts: string): void {
    const kept = (ephemerals.get(person) ?? []).filter((one) => one.ts !== ts);
    ephemerals.set(person, kept);
    tell({ kind: "ephemeral removed", person, ts });
  }

  return {
    team,
    app,
    now,
    nextTs,
    people: () => [...people.values()],
    findPerson,
    needPerson,
    addPerson,
    /** Records what changed about a person, such as being deactivated. */
    putPerson(person: Person): void {
      people.set(person.id, person);
      tell({ kind: "desk" });
    },
    channels: () => [...channels.values()],
    findChannel,
    addChannel,
    directMessages,
    messages: inChannel,
    allMessages: () => [...messages.values()].flat(),
    findMessage,
    put,
    remove,
    ephemeralsOf: (person: string) => ephemerals.get(person) ?? [],
    putEphemeral,
    removeEphemeral,
    homes,
    reads,
    prompts,
    titles,
    tell,
    onChange(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    toSave(): Saved {
      return {
        version: 1,
        people: [...people.values()],
        channels: [...channels.values()],
        messages: [...messages.values()].flat(),
        homes: [...homes],
        reads: [...reads],
        prompts: [...prompts],
        titles: [...titles],
        lastMicros,
      };
    },
  };
}
