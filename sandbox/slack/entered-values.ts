import { type Control, controlsIn, keepsState, optionsOf } from "./controls.ts";
import { asFields, asList, asText, type Block, type Fields } from "./fields.ts";
import { NotPossible } from "./slack-failure.ts";

export type Entered = string | string[] | null;
/** What a person typed or chose: by block id, or by block id and action id. */
export type ViewValues = Readonly<Record<string, Entered | Readonly<Record<string, Entered>>>>;
export type StateValues = Record<string, Record<string, Fields>>;

/** `state.values` of a surface: what was entered over what was preset. Unknown ids or options throw. */
export function stateOf(blocks: readonly Block[], entered: ViewValues = {}): StateValues {
  const controls = controlsIn(blocks).filter(({ element }) => keepsState(element));
  refuseUnknown(controls, entered);
  const values: StateValues = {};
  for (const control of controls) {
    const blockId = asText(control.block.block_id);
    const actionId = asText(control.element["action_id"]);
    values[blockId] = {
      ...values[blockId],
      [actionId]: stateValue(control.element, enteredFor(control, entered)),
    };
  }
  return values;
}

/** What the client itself refuses before anything is sent: empty required fields and length limits. */
export function fieldErrors(blocks: readonly Block[], state: StateValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element, required } of controlsIn(blocks)) {
    if (!keepsState(element)) continue;
    const blockId = asText(block.block_id);
    const value = state[blockId]?.[asText(element["action_id"])] ?? {};
    const problem = problemWith(element, value, required);
    if (problem) errors[blockId] = problem;
  }
  return errors;
}

function problemWith(element: Fields, value: Fields, required: boolean): string | undefined {
  const text = asText(value["value"]);
  if (isEmpty(value)) return required ? "Please complete this field." : undefined;
  const least = Number(element["min_length"] ?? 0);
  const most = Number(element["max_length"] ?? 3000);
  if (element["type"] === "plain_text_input") {
    if (text.length < least) return `Please write at least ${least} characters.`;
    if (text.length > most) return `Please write at most ${most} characters.`;
  }
  if (element["type"] === "number_input") return problemWithNumber(element, text);
  if (element["type"] === "email_text_input" && !/^[^@\s]+@[^@\s]+$/.test(text)) {
    return "Please enter an email address.";
  }
  if (element["type"] === "url_text_input" && !URL.canParse(text)) return "Please enter a link.";
  return undefined;
}

function problemWithNumber(element: Fields, text: string): string | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return "Please enter a number.";
  if (element["is_decimal_allowed"] !== true && !Number.isInteger(number)) {
    return "Please enter a whole number.";
  }
  const least = element["min_value"];
  const most = element["max_value"];
  if (least !== undefined && number < Number(least)) return `The least is ${asText(least)}.`;
  if (most !== undefined && number > Number(most)) return `The most is ${asText(most)}.`;
  return undefined;
}

function isEmpty(value: Fields): boolean {
  return Object.entries(value).every(
    ([key, held]) =>
      key === "type" || held === null || held === "" || (Array.isArray(held) && held.length === 0),
  );
}

function refuseUnknown(controls: readonly Control[], entered: ViewValues): void {
  const known = new Set(controls.map(({ block }) => block.block_id));
  const unknown = Object.keys(entered).find((blockId) => !known.has(blockId));
  if (unknown !== undefined) {
    throw new NotPossible(`There is no input in a block "${unknown}" to fill in`);
  }
}

function enteredFor(control: Control, entered: ViewValues): Entered | undefined {
  const held = entered[asText(control.block.block_id)];
  if (held === undefined || held === null || typeof held === "string" || isTexts(held)) return held;
  return held[asText(control.element["action_id"])];
}

function isTexts(value: object): value is string[] {
  return Array.isArray(value);
}

const singles: Readonly<Record<string, readonly [now: string, preset: string]>> = {
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
};

const lists: Readonly<Record<string, readonly [now: string, preset: string]>> = {
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
};

function stateValue(element: Fields, entered: Entered | undefined): Fields {
  const type = asText(element["type"]);
  const single = singles[type];
  if (single) return { type, [single[0]]: one(entered) ?? element[single[1]] ?? null };
  const list = lists[type];
  if (list) return { type, [list[0]]: many(entered) ?? element[list[1]] ?? [] };
  switch (type) {
    case "static_select":
    case "external_select":
    case "radio_buttons":
      return { type, selected_option: chooseOne(element, entered) };
    case "multi_static_select":
    case "multi_external_select":
    case "checkboxes":
      return { type, selected_options: chooseMany(element, entered) };
    case "datetimepicker": {
      const seconds = one(entered);
      const preset = element["initial_date_time"] ?? null;
      return { type, selected_date_time: seconds === undefined ? preset : numberOrNull(seconds) };
    }
    case "rich_text_input":
      return { type, rich_text_value: richText(one(entered)) ?? element["initial_value"] ?? null };
    default: {
      const text = one(entered);
      const value = text === undefined ? (element["initial_value"] ?? null) : text || null;
      return { type, value };
    }
  }
}

function one(entered: Entered | undefined): string | null | undefined {
  return Array.isArray(entered) ? (entered[0] ?? null) : entered;
}

function many(entered: Entered | undefined): string[] | undefined {
  if (entered === undefined) return undefined;
  if (entered === null || entered === "") return [];
  return Array.isArray(entered) ? entered : [entered];
}

function numberOrNull(text: string | null): number | null {
  return text === null || text === "" ? null : Number(text);
}

function chooseOne(element: Fields, entered: Entered | undefined): Fields | null {
  const value = one(entered);
  if (value === undefined) {
    return element["initial_option"] ? asFields(element["initial_option"]) : null;
  }
  return value === null || value === "" ? null : optionByValue(element, value);
}

function chooseMany(element: Fields, entered: Entered | undefined): Fields[] {
  const values = many(entered);
  if (!values) return asList(element["initial_options"]).map(asFields);
  return values.map((value) => optionByValue(element, value));
}

/** The option with this value; throws when the person could not have seen it. */
export function optionByValue(element: Fields, value: string): Fields {
  const option = optionsOf(element).find((candidate) => candidate["value"] === value);
  if (!option) {
    throw new NotPossible(`"${value}" is not an option of ${asText(element["action_id"])}`);
  }
  return option;
}

function richText(text: string | null | undefined): Fields | null | undefined {
  if (text === undefined || text === null) return text;
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return { type: "rich_text", elements: [section] };
}
