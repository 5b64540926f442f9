import { randomBytes } from "node:crypto";
import type { Fields } from "./fields.ts";
import { shown, type World } from "./method.ts";
import type { Channel, Message } from "./workspace.ts";

/** The envelope every event arrives in. */
export function eventCallback(world: World, event: Fields): Fields {
  const { team, app, now } = world.workspace;
  return {
    token: "sandbox",
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: "event_callback",
    event_id: `Ev${randomBytes(6).toString("hex").toUpperCase()}`,
    event_time: Math.floor(now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: app.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${randomBytes(8).toString("hex")}`,
  };
}

export function messageEvent(channel: Channel, message: Message): Fields {
  return {
    ...shown(message, false),
    channel: channel.id,
    channel_type: channel.kind === "im" ? "im" : channel.kind === "private" ? "group" : "channel",
    event_ts: message.ts,
  };
}

/** Apps receive their own messages as events too; nobody waits for that one. */
export function botEcho(world: World, channel: Channel, message: Message): void {
  const listening = world.sockets.count() > 0 || world.deliveries.hasRequestUrl();
  if (!listening) return;
  const payload = eventCallback(world, messageEvent(channel, message));
  void world.deliveries.deliver("events_api", payload);
}
