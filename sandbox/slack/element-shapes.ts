import { blockLimits as max } from "./block-limits.ts";
import {
  anything,
  flag,
  list,
  maybe,
  plain,
  type Rule,
  type Shape,
  text,
  words,
} from "./shape-rules.ts";

export const link: Rule = {
  is: "string",
  max: max.url,
  min: 1,
  pattern: /^(https?|mailto|slack):/i,
};
const actionId = maybe(words(max.id));
const style: Rule = { is: "one of", values: ["primary", "danger"], optional: true };

const confirm: Rule = {
  is: "object",
  optional: true,
  fields: {
    title: maybe(plain(max.confirmTitle)),
    text: text(max.confirmText),
    confirm: maybe(plain(max.confirmButton)),
    deny: maybe(plain(max.confirmButton)),
    style,
  },
};

function option(label: Rule): Rule {
  return {
    is: "object",
    fields: {
      text: label,
      value: maybe(words(max.optionValue)),
      description: maybe(plain(max.optionText)),
      url: maybe(link),
    },
  };
}
const plainOption = option(plain(max.optionText));
const choiceOption = option(text(max.optionText));
const groups: Rule = list(
  {
    is: "object",
    fields: { label: plain(max.optionText), options: list(plainOption, max.options) },
  },
  max.optionGroups,
);

const act: Shape = { action_id: actionId };
const ask: Shape = { ...act, confirm, focus_on_load: flag };
const hint: Shape = { placeholder: maybe(plain(max.placeholder)) };
const dispatch: Shape = { dispatch_action_config: anything };
const date: Rule = { is: "string", max: 10, pattern: /^\d{4}-\d{2}-\d{2}$/ };
const time: Rule = { is: "string", max: 5, pattern: /^\d{2}:\d{2}$/ };
const several: Shape = {
  ...ask,
  ...hint,
  max_selected_items: { is: "number", min: 1, max: 1000, optional: true },
};
const conversations: Shape = {
  default_to_current_conversation: flag,
  filter: anything,
  response_url_enabled: flag,
};
const feedback: Rule = {
  is: "object",
  fields: {
    text: plain(max.buttonText),
    value: words(max.buttonValue),
    accessibility_label: maybe(words(max.buttonText)),
  },
};
export const imageFields: Shape = {
  image_url: maybe(link),
  slack_file: anything,
  alt_text: words(max.imageAltText),
};

export const elementShapes: Readonly<Record<string, Shape>> = {
  button: {
    ...act,
    confirm,
    style,
    text: plain(max.buttonText),
    value: maybe(words(max.buttonValue, 0)),
    url: maybe(link),
    accessibility_label: maybe(words(max.buttonText)),
  },
  workflow_button: {
    ...act,
    confirm,
    style,
    text: plain(max.buttonText),
    workflow: anything,
    accessibility_label: maybe(words(max.buttonText)),
  },
  icon_button: {
    ...act,
    confirm,
    icon: words(50),
    text: plain(max.buttonText),
    value: maybe(words(max.buttonValue, 0)),
    accessibility_label: maybe(words(max.buttonText)),
    visible_to_user_ids: anything,
  },
  feedback_buttons: { ...act, positive_button: feedback, negative_button: feedback },
  overflow: { ...act, confirm, options: list(plainOption, max.overflowOptions) },
  static_select: {
    ...ask,
    ...hint,
    options: maybe(list(plainOption, max.options)),
    option_groups: maybe(groups),
    initial_option: maybe(plainOption),
  },
  multi_static_select: {
    ...several,
    options: maybe(list(plainOption, max.options)),
    option_groups: maybe(groups),
    initial_options: maybe(list(plainOption, max.options)),
  },
  external_select: {
    ...ask,
    ...hint,
    initial_option: maybe(plainOption),
    min_query_length: { is: "number", min: 0, max: 100, optional: true },
  },
  multi_external_select: {
    ...several,
    initial_options: maybe(list(plainOption, max.options)),
    min_query_length: { is: "number", min: 0, max: 100, optional: true },
  },
  users_select: { ...ask, ...hint, initial_user: maybe(words(30)) },
  multi_users_select: { ...several, initial_users: anything },
  conversations_select: {
    ...ask,
    ...hint,
    ...conversations,
    initial_conversation: maybe(words(30)),
  },
  multi_conversations_select: { ...several, ...conversations, initial_conversations: anything },
  channels_select: {
    ...ask,
    ...hint,
    initial_channel: maybe(words(30)),
    response_url_enabled: flag,
  },
  multi_channels_select: { ...several, initial_channels: anything },
  radio_buttons: {
    ...ask,
    options: list(choiceOption, max.choiceOptions),
    initial_option: maybe(choiceOption),
  },
  checkboxes: {
    ...ask,
    options: list(choiceOption, max.choiceOptions),
    initial_options: maybe(list(choiceOption, max.choiceOptions)),
  },
  datepicker: { ...ask, ...hint, initial_date: maybe(date) },
  timepicker: { ...ask, ...hint, initial_time: maybe(time), timezone: maybe(words(60)) },
  datetimepicker: {
    ...ask,
    initial_date_time: { is: "number", min: 1e9, max: 9_999_999_999, optional: true },
  },
  plain_text_input: {
    ...ask,
    ...hint,
    ...dispatch,
    initial_value: maybe(words(max.plainTextInput, 0)),
    multiline: flag,
    min_length: { is: "number", min: 0, max: max.plainTextInput, optional: true },
    max_length: { is: "number", min: 1, max: max.plainTextInput, optional: true },
  },
  email_text_input: { ...ask, ...hint, ...dispatch, initial_value: maybe(words(320, 0)) },
  url_text_input: { ...ask, ...hint, ...dispatch, initial_value: maybe(words(max.url, 0)) },
  number_input: {
    ...ask,
    ...hint,
    ...dispatch,
    is_decimal_allowed: { is: "flag" },
    initial_value: maybe(words(40, 0)),
    min_value: maybe(words(40, 0)),
    max_value: maybe(words(40, 0)),
  },
  rich_text_input: {
    ...ask,
    ...hint,
    ...dispatch,
    initial_value: anything,
    min_lines: anything,
    max_lines: anything,
  },
  file_input: { ...act, filetypes: anything, max_files: anything },
  image: imageFields,
};
