import type { Fields } from "./fields.ts";
import type { World } from "./method.ts";
import type { Shown } from "./page/render-message.ts";
import type { Person } from "./people.ts";
import type { Channel, Message } from "./workspace.ts";

/** As many of the newest messages of a conversation as the page shows. */
const mostMessages = 300;

export type Desk = {
  me: string;
  tz: string;
  now: number;
  team: string;
  app: { id: string; name: string };
  people: { id: string; name: string; title: string; tz: string; deactivated: boolean }[];
  conversations: Conversation[];
  home: Fields | null;
  modals: { view: Fields; errors: Readonly<Record<string, string>> }[];
  statuses: { channel: string; thread: string; text: string; loading: string[] }[];
  prompts: { channel: string; thread: string; title: string; prompts: unknown[] }[];
  titles: { channel: string; thread: string; title: string }[];
};

type Conversation = {
  id: string;
  name: string;
  kind: Channel["kind"];
  purpose: string;
  withApp: boolean;
  members: number;
  unread: number;
  /** The oldest message that this person has not read; "" when there is none. */
  firstUnread: string;
  newest: string;
};

/** Everything but the messages that this person has on screen. */
export function deskOf(world: World, me: Person): Desk {
  const { workspace, views, sessions } = world;
  const { team, app } = workspace;
  workspace.directMessages(me.id);
  const mine = workspace.channels().filter((one) => one.members.includes(me.id));
  const seen = new Set(mine.map((one) => one.id));
  const split = (key: string): { channel: string; thread: string } => {
    const at = key.indexOf(":");
    return { channel: key.slice(0, at), thread: key.slice(at + 1) };
  };
  return {
    me: me.id,
    tz: me.tz,
    now: workspace.now(),
    team: team.name,
    app: { id: app.userId, name: app.name },
    people: workspace
      .people()
      .map(({ id, name, title, tz, deactivated }) => ({ id, name, title, tz, deactivated })),
    conversations: mine.map((one) => conversation(world, me, one)),
    home: views.home(me.id) ?? null,
    modals: views.stackOf(me.id).map(({ view, errors }) => ({ view, errors })),
    statuses: [...sessions.statuses.values()].filter((one) => seen.has(one.channel)),
    prompts: [...workspace.prompts]
      .map(([key, held]) => ({ ...split(key), ...held }))
      .filter((one) => seen.has(one.channel)),
    titles: [...workspace.titles]
      .map(([key, title]) => ({ ...split(key), title }))
      .filter((one) => seen.has(one.channel)),
  };
}

function conversation(world: World, me: Person, channel: Channel): Conversation {
  const { workspace } = world;
  const all = workspace.messages(channel.id);
  const read = Number(workspace.reads.get(`${me.id}:${channel.id}`) ?? 0);
  const unread = all.filter((one) => Number(one.ts) > read && one.user !== me.id);
  return {
    id: channel.id,
    name: channel.kind === "im" ? workspace.app.name : channel.name,
    kind: channel.kind,
    purpose: channel.purpose,
    withApp: channel.members.includes(workspace.app.userId),
    members: channel.members.length,
    unread: unread.length,
    firstUnread: unread[0]?.ts ?? "",
    newest: all.at(-1)?.ts ?? "",
  };
}

/** The messages of every conversation this person is in, oldest first. Ephemeral ones are gone on reload. */
export function messagesFor(world: World, me: Person): Record<string, Shown[]> {
  const { workspace } = world;
  const mine = workspace.channels().filter((one) => one.members.includes(me.id));
  return Object.fromEntries(
    mine.map((one) => [one.id, workspace.messages(one.id).slice(-mostMessages)]),
  );
}

export function maySee(world: World, me: Person, message: Pick<Message, "channel">): boolean {
  return world.workspace.findChannel(message.channel)?.members.includes(me.id) === true;
}
