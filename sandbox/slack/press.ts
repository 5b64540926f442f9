import { type Control, controlsIn } from "./controls.ts";
import { optionByValue, type ViewValues } from "./entered-values.ts";
import { asFields, asText, type Block, type Fields } from "./fields.ts";
import type { World } from "./method.ts";
import type { Person } from "./people.ts";
import { NotPossible } from "./slack-failure.ts";
import type { View } from "./view-stacks.ts";
import type { Channel, Message } from "./workspace.ts";

export type Press = {
  actionId: string;
  /** Which one, when several controls share the action id. */
  blockId?: string;
  /** The value the button carries, to tell buttons with one action id apart. */
  value?: string;
  /** What was chosen, for anything that is not a button. */
  choice?: string | string[];
  /** What else is filled in on the same message or view. */
  values?: ViewValues;
};

export type Surface = {
  blocks: readonly Block[];
  message?: Message;
  channel?: Channel;
  ephemeral?: boolean;
  view?: View;
  stale: boolean;
};

/** What the person has in front of them: a message by its `ts`, or a view by its id (`home` works too). */
export function surfaceFor(world: World, by: Person, where: string, stale: boolean): Surface {
  const { workspace, views } = world;
  const top = views.stackOf(by.id).at(-1)?.view;
  const home = views.home(by.id);
  const view =
    top?.id === where ? top : home && ["home", home.id].includes(where) ? home : undefined;
  if (view) return { view, blocks: view.blocks, stale };
  const own = workspace.ephemeralsOf(by.id).find((one) => one.ts === where);
  const message = own ?? workspace.allMessages().find((one) => one.ts === where);
  const channel = message && workspace.findChannel(message.channel);
  if (!message || !channel) throw new NotPossible("There is no such message or view to press on");
  if (channel.kind !== "public" && !channel.members.includes(by.id)) {
    throw new NotPossible("This person cannot see that message");
  }
  return { message, channel, blocks: message.blocks ?? [], stale, ephemeral: own !== undefined };
}

/** The entry of `actions` for this press. Only what is on the surface now can be pressed. */
export function pressOn(surface: Surface, wanted: Press): Fields {
  const matching = controlsIn(surface.blocks).filter((control) => matches(control, wanted));
  const first = matching[0];
  if (!first) {
    if (surface.stale) return staleAction(wanted);
    throw new NotPossible(`"${wanted.actionId}" is not on what this person sees now`);
  }
  if (matching.length > 1) {
    throw new NotPossible(
      `Several controls are called "${wanted.actionId}"; say which block or value`,
    );
  }
  const { block, element } = first;
  const type = asText(element["type"]);
  const shared = { type, block_id: block.block_id, action_id: element["action_id"] };
  return { ...shared, ...chosen(element, type, wanted) };
}

function matches({ block, element }: Control, wanted: Press): boolean {
  if (element["action_id"] !== wanted.actionId) return false;
  if (wanted.blockId !== undefined && block.block_id !== wanted.blockId) return false;
  return wanted.value === undefined || element["value"] === wanted.value;
}

/** A press on a control that was there before the message changed, as a slow client sends it. */
function staleAction(wanted: Press): Fields {
  return {
    type: "button",
    block_id: wanted.blockId ?? "gone",
    action_id: wanted.actionId,
    value: wanted.value ?? "",
    text: { type: "plain_text", text: "", emoji: true },
  };
}

function chosen(element: Fields, type: string, { choice, actionId }: Press): Fields {
  if (type === "button" || type === "workflow_button" || type === "icon_button") {
    const { text, value, style } = element;
    return {
      text,
      ...(value === undefined ? {} : { value }),
      ...(style === undefined ? {} : { style }),
    };
  }
  if (type === "feedback_buttons") {
    const side = choice === "negative" ? "negative_button" : "positive_button";
    return { value: asFields(element[side])["value"] };
  }
  if (choice === undefined) throw new NotPossible(`"${actionId}" needs a choice`);
  const one = Array.isArray(choice) ? (choice[0] ?? "") : choice;
  const many = Array.isArray(choice) ? choice : [choice];
  switch (type) {
    case "static_select":
    case "external_select":
    case "radio_buttons":
    case "overflow":
      return { selected_option: optionByValue(element, one) };
    case "multi_static_select":
    case "checkboxes":
      return { selected_options: many.map((value) => optionByValue(element, value)) };
    case "users_select":
      return { selected_user: one };
    case "conversations_select":
      return { selected_conversation: one };
    case "channels_select":
      return { selected_channel: one };
    case "multi_users_select":
      return { selected_users: many };
    case "datepicker":
      return { selected_date: one };
    case "timepicker":
      return { selected_time: one };
    case "datetimepicker":
      return { selected_date_time: Number(one) };
    default:
      return { value: one };
  }
}
