import { asFlag, asText, type Fields } from "../fields.ts";
import { type Methods, need, type World } from "../method.ts";
import { type Person, zoneOffsetSeconds } from "../people.ts";
import { SlackFailure } from "../slack-failure.ts";

/** `auth.*`, `apps.*`, `team.*`, `bots.*`, `users.*`. */
export const peopleMethods: Methods = {
  "api.test": (args) => ({ args }),
  "auth.test": (_args, { workspace: { team, app }, base }) => ({
    url: `${base()}/`,
    team: team.name,
    user: app.name.toLowerCase(),
    team_id: team.id,
    user_id: app.userId,
    bot_id: app.botId,
    is_enterprise_install: false,
  }),
  "apps.connections.open": (_args, { sockets }) => ({ url: sockets.newUrl() }),
  "team.info": (args, { workspace: { team } }) => {
    const asked = asText(args["team"]);
    if (asked && asked !== team.id) throw new SlackFailure("team_not_found");
    return { team: { ...team, email_domain: "", icon: {} } };
  },
  "bots.info": (args, { workspace: { app } }) => {
    if (asText(args["bot"]) !== app.botId) throw new SlackFailure("bot_not_found");
    const { botId, userId, name } = app;
    return {
      bot: {
        id: botId,
        deleted: false,
        name,
        updated: 0,
        app_id: app.id,
        user_id: userId,
        icons: {},
      },
    };
  },
  "users.info": (args, world) => {
    const id = need(args, "user", "user_not_found");
    return { user: memberById(id, world) };
  },
  "users.list": (args, world) => {
    const { people, app } = world.workspace;
    const all = [...people().map((one) => member(one, world)), appMember(app.userId, world)];
    return { cache_ts: Math.floor(world.workspace.now() / 1000), ...page(args, all, "members") };
  },
  "users.lookupByEmail": (args, world) => {
    const email = need(args, "email", "users_not_found").toLowerCase();
    const found = world.workspace
      .people()
      .find((one) => one.email.toLowerCase() === email && !one.deactivated && !one.stranger);
    if (!found) throw new SlackFailure("users_not_found");
    return { user: member(found, world) };
  },
};

/** One page of a list by `limit` and `cursor`, in the shape all list methods answer with. */
export function page(args: Fields, all: readonly unknown[], name: string): Fields {
  const limit = Math.min(Math.max(Number(args["limit"] ?? 0) || all.length, 1), 1000);
  const cursor = asText(args["cursor"]);
  const start = cursor ? Number(Buffer.from(cursor, "base64url").toString("utf8")) : 0;
  if (!Number.isInteger(start) || start < 0) throw new SlackFailure("invalid_cursor");
  const next = start + limit;
  const nextCursor = next < all.length ? Buffer.from(String(next)).toString("base64url") : "";
  return {
    [name]: all.slice(start, next),
    has_more: next < all.length,
    response_metadata: { next_cursor: nextCursor },
  };
}

function memberById(id: string, world: World): Fields {
  if (id === world.workspace.app.userId) return appMember(id, world);
  const found = world.workspace.people().find((one) => one.id === id);
  if (!found) throw new SlackFailure("user_not_found");
  return member(found, world);
}

function member(one: Person, { workspace }: World): Fields {
  return {
    id: one.id,
    team_id: one.teamId,
    name: one.handle,
    deleted: one.deactivated,
    real_name: one.name,
    tz: one.tz,
    tz_label: one.tz,
    tz_offset: zoneOffsetSeconds(one.tz, workspace.now()),
    is_admin: false,
    is_owner: false,
    is_bot: false,
    is_app_user: false,
    is_restricted: one.guest,
    is_ultra_restricted: asFlag(false),
    ...(one.stranger ? { is_stranger: true } : {}),
    updated: 0,
    profile: {
      title: one.title,
      real_name: one.name,
      real_name_normalized: one.name,
      display_name: one.name,
      display_name_normalized: one.name,
      email: one.email,
      team: one.teamId,
      status_text: "",
      status_emoji: "",
    },
  };
}

function appMember(id: string, { workspace: { team, app } }: World): Fields {
  return {
    id,
    team_id: team.id,
    name: app.name.toLowerCase(),
    deleted: false,
    real_name: app.name,
    is_bot: true,
    is_app_user: false,
    updated: 0,
    profile: { real_name: app.name, display_name: app.name, bot_id: app.botId, api_app_id: app.id },
  };
}
