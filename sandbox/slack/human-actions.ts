import { randomUUID } from "node:crypto";
import { controlsIn } from "./controls.ts";
import type { Delivery } from "./delivery.ts";
import { fieldErrors, stateOf, type ViewValues } from "./entered-values.ts";
import { eventCallback, messageEvent } from "./events.ts";
import type { Faults } from "./faults.ts";
import { asFields, asText, type Fields } from "./fields.ts";
import type { World } from "./method.ts";
import { type Press, pressOn, surfaceFor } from "./press.ts";
import { respondTo } from "./response-url.ts";
import { NotPossible, SlackFailure } from "./slack-failure.ts";
import type { View } from "./view-stacks.ts";
import type { Channel, Message } from "./workspace.ts";

/**
 * What people do. Each resolves once the app has acked or the time to ack is over; `NotPossible`
 * is thrown for what nobody could do in the client.
 */
export function createHumanActions(world: World, faults: Faults) {
  const { workspace, views, triggers, responseUrls, deliveries } = world;

  function channelFor(by: string, where: string): Channel {
    const own = where === "app" || where === workspace.app.userId;
    const channel = own ? workspace.directMessages(by) : workspace.findChannel(where);
    if (!channel) throw new NotPossible(`There is no channel "${where}"`);
    if (channel.kind !== "public" && !channel.members.includes(by)) {
      throw new NotPossible(`This person is not in "${where}"`);
    }
    return channel;
  }

  function hears(channel: Channel): boolean {
    return channel.members.includes(workspace.app.userId);
  }

  /** Text is mrkdwn as the wire has it: `&`, `<` and `>` escaped, mentions as `<@U…>`. */
  async function postMessage(
    who: string,
    where: string,
    text: string,
    thread?: string,
  ): Promise<Posted> {
    const by = workspace.needPerson(who);
    if (by.deactivated) throw new NotPossible("A deactivated person cannot post");
    const channel = channelFor(by.id, where);
    const root = thread === undefined ? undefined : workspace.findMessage(channel.id, thread);
    if (thread !== undefined && !root) throw new NotPossible("There is no such thread");
    const message: Message = {
      type: "message",
      channel: channel.id,
      user: by.id,
      ts: workspace.nextTs(),
      client_msg_id: randomUUID(),
      text,
      team: by.teamId,
      ...(root ? { thread_ts: root.thread_ts ?? root.ts } : {}),
    };
    if (channel.kind === "public" && !channel.members.includes(by.id)) channel.members.push(by.id);
    workspace.put(message);
    workspace.reads.set(`${by.id}:${channel.id}`, message.ts);
    workspace.tell({ kind: "desk" });
    if (!hears(channel)) return { message };
    const event = messageEvent(channel, message);
    const sending = deliveries.deliver("events_api", eventCallback(world, event));
    const mentioned = channel.kind !== "im" && text.includes(`<@${workspace.app.userId}>`);
    if (!mentioned) return { message, delivery: await sending };
    const { channel_type: _type, ...mention } = event;
    const asMention = eventCallback(world, { ...mention, type: "app_mention" });
    const delivery = await deliveries.deliver("events_api", asMention);
    await sending;
    return { message, delivery };
  }

  async function openHome(who: string, tab: "home" | "messages" = "home"): Promise<Delivery> {
    const by = workspace.needPerson(who);
    const channel = workspace.directMessages(by.id);
    const view = views.home(by.id);
    const event = {
      type: "app_home_opened",
      user: by.id,
      channel: channel.id,
      tab,
      event_ts: workspace.nextTs(),
      ...(view && tab === "home" ? { view } : {}),
    };
    return deliveries.deliver("events_api", eventCallback(world, event));
  }

  async function slashCommand(
    who: string,
    command: string,
    text: string,
    where = "app",
  ): Promise<Delivery> {
    const by = workspace.needPerson(who);
    const channel = channelFor(by.id, where);
    const target = { channel: channel.id, person: by.id };
    const delivery = await deliveries.deliver("slash_commands", {
      token: "sandbox",
      team_id: by.teamId,
      team_domain: workspace.team.domain,
      channel_id: channel.id,
      channel_name: channel.kind === "im" ? "directmessage" : channel.name,
      user_id: by.id,
      user_name: by.handle,
      command,
      text,
      api_app_id: workspace.app.id,
      is_enterprise_install: "false",
      response_url: responseUrls.issue(target),
      trigger_id: triggers.issue({ person: by.id }, faults.take("expired_trigger") !== undefined),
    });
    const said = delivery.response;
    const hasText = typeof said === "string" ? said !== "" : Object.keys(asFields(said)).length > 0;
    if (delivery.acked && hasText) respondTo(world, target, said);
    return delivery;
  }

  /** Presses a button, or chooses in a select, overflow, radio or checkbox group. */
  async function press(who: string, where: string, wanted: Press): Promise<Delivery> {
    const by = workspace.needPerson(who);
    const surface = surfaceFor(world, by, where, faults.take("stale_click") !== undefined);
    const action = pressOn(surface, wanted);
    const expired = faults.take("expired_trigger") !== undefined;
    const inModal = surface.view?.type === "modal" ? { view: surface.view.id } : {};
    const { message, channel } = surface;
    const isEphemeral = surface.ephemeral === true;
    const entered = stateOf(surface.blocks, wanted.values ?? {});
    const payload: Fields = {
      type: "block_actions",
      user: userOf(by.id),
      api_app_id: workspace.app.id,
      token: "sandbox",
      container: containerOf(surface.view, message, isEphemeral),
      trigger_id: triggers.issue({ person: by.id, ...inModal }, expired),
      team: teamFields(),
      enterprise: null,
      is_enterprise_install: false,
      state: { values: entered },
      actions: [{ ...action, action_ts: workspace.nextTs() }],
    };
    if (surface.view) payload["view"] = { ...surface.view, state: { values: entered } };
    if (message && channel) {
      const { channel: _channel, streaming: _streaming, ...shown } = message;
      payload["channel"] = {
        id: channel.id,
        name: channel.kind === "im" ? "directmessage" : channel.name,
      };
      payload["message"] = shown;
      payload["response_url"] = responseUrls.issue({
        channel: channel.id,
        person: by.id,
        messageTs: message.ts,
        ephemeral: isEphemeral,
        ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
      });
    }
    return deliveries.deliver("interactive", payload);
  }

  async function submitView(who: string, viewId: string, values: ViewValues): Promise<Delivery> {
    const by = workspace.needPerson(who);
    const view = topView(by.id, viewId);
    const entered = stateOf(view.blocks, values);
    const errors = fieldErrors(view.blocks, entered);
    if (Object.keys(errors).length > 0) {
      views.showErrors(view.id, errors);
      const first = Object.entries(errors)[0] ?? ["", ""];
      throw new NotPossible(`The form cannot be sent: ${first[0]}: ${first[1]}`, errors);
    }
    const delivery = await deliveries.deliver("interactive", {
      ...viewPayload("view_submission", by.id, { ...view, state: { values: entered } }),
      trigger_id: triggers.issue(
        { person: by.id, view: view.id },
        faults.take("expired_trigger") !== undefined,
      ),
      response_urls: [],
    });
    if (delivery.acked) afterSubmit(by.id, view, asFields(delivery.response));
    return delivery;
  }

  function afterSubmit(person: string, view: View, answer: Fields): void {
    switch (answer["response_action"]) {
      case "errors": {
        const known = new Set(controlsIn(view.blocks).map(({ block }) => block.block_id));
        const errors = Object.entries(asFields(answer["errors"])).filter(([id]) => known.has(id));
        if (errors.length === 0) throw new SlackFailure("no errors name a block of the view");
        return views.showErrors(
          view.id,
          Object.fromEntries(errors.map(([id, text]) => [id, asText(text)])),
        );
      }
      case "update":
        views.replace(view.id, asFields(answer["view"]));
        return;
      case "push":
        views.push(person, asFields(answer["view"]));
        return;
      case "clear":
        return views.clear(person);
      default:
        views.pop(person);
    }
  }

  /** Closes the top modal; the app hears of it only when it asked with `notify_on_close`. */
  async function closeView(who: string, viewId: string): Promise<Delivery | undefined> {
    const by = workspace.needPerson(who);
    const view = topView(by.id, viewId);
    const all = view["clear_on_close"] === true;
    if (all) views.clear(by.id);
    else views.pop(by.id);
    if (view["notify_on_close"] !== true) return undefined;
    const payload = { ...viewPayload("view_closed", by.id, view), is_cleared: all };
    return deliveries.deliver("interactive", payload);
  }

  /** The person pressed Stop under a running answer. */
  async function stopSession(who: string, where: string, thread: string): Promise<Delivery> {
    const by = workspace.needPerson(who);
    const channel = channelFor(by.id, where);
    const streaming = workspace
      .messages(channel.id)
      .filter((one) => one.thread_ts === thread && one.streaming === true);
    const event = {
      type: "agent_session_stopped",
      channel: channel.id,
      user: by.id,
      thread_ts: thread,
      streaming_message_ts: streaming.map((one) => one.ts),
      event_ts: workspace.nextTs(),
    };
    return deliveries.deliver("events_api", eventCallback(world, event));
  }

  function topView(person: string, viewId: string): View {
    const top = views.stackOf(person).at(-1)?.view;
    if (top?.id !== viewId) throw new NotPossible("That form is not the one open on top");
    return top;
  }

  function userOf(id: string): Fields {
    const person = workspace.needPerson(id);
    return { id, username: person.handle, name: person.handle, team_id: person.teamId };
  }

  function teamFields(): Fields {
    return { id: workspace.team.id, domain: workspace.team.domain };
  }

  function viewPayload(type: string, person: string, view: View): Fields {
    return {
      type,
      team: teamFields(),
      user: userOf(person),
      api_app_id: workspace.app.id,
      token: "sandbox",
      view,
      is_enterprise_install: false,
      enterprise: null,
    };
  }

  return { postMessage, openHome, slashCommand, press, submitView, closeView, stopSession };
}
export type HumanActions = ReturnType<typeof createHumanActions>;
export type Posted = { message: Message; delivery?: Delivery };

function containerOf(
  view: View | undefined,
  message: Message | undefined,
  hidden: boolean,
): Fields {
  if (view) return { type: "view", view_id: view.id };
  if (!message) return {};
  const { ts, channel, thread_ts: thread } = message;
  return {
    type: "message",
    message_ts: ts,
    channel_id: channel,
    is_ephemeral: hidden,
    ...(thread === undefined ? {} : { thread_ts: thread }),
  };
}
