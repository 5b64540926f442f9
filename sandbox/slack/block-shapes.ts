import { blockLimits as max } from "./block-limits.ts";
import { imageFields, link } from "./element-shapes.ts";
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

const selects = [
  "static_select",
  "external_select",
  "users_select",
  "conversations_select",
  "channels_select",
];
const multiSelects = selects.map((name) => `multi_${name}`);
const pickers = ["datepicker", "timepicker", "datetimepicker"];
const choices = ["radio_buttons", "checkboxes"];
const inputs = ["plain_text_input", "email_text_input", "url_text_input", "number_input"];
const pressables = ["button", "workflow_button", "overflow"];

const containerChildren = [
  "actions",
  "context",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "rich_text",
  "section",
  "table",
  "video",
];
const cell: Rule = { is: "block", types: ["raw_text", "raw_number", "rich_text"] };
const richText: Rule = { is: "block", types: ["rich_text"] };
const taskStatus: Rule = {
  is: "one of",
  values: ["pending", "in_progress", "complete", "error"],
};
const imageElement: Rule = { is: "element", types: ["image"] };

/** Every block by type, with what each of its fields may hold. */
export const blockShapes: Readonly<Record<string, Shape>> = {
  section: {
    text: maybe(text(max.sectionText)),
    fields: maybe(list(text(max.sectionField), max.sectionFields)),
    accessory: {
      is: "element",
      types: [...pressables, ...choices, ...pickers, ...selects, ...multiSelects, "image"],
      optional: true,
    },
    expand: flag,
  },
  header: { text: plain(max.header) },
  divider: {},
  context: {
    elements: list(
      { is: "element", types: ["image", "plain_text", "mrkdwn"] },
      max.contextElements,
    ),
  },
  actions: {
    elements: list(
      {
        is: "element",
        types: [
          ...pressables,
          ...choices,
          ...pickers,
          ...selects,
          ...multiSelects,
          "rich_text_input",
        ],
      },
      max.actionsElements,
    ),
  },
  context_actions: {
    elements: list(
      { is: "element", types: ["feedback_buttons", "icon_button"] },
      max.contextActionsElements,
    ),
  },
  input: {
    label: plain(max.inputLabel),
    hint: maybe(plain(max.inputLabel)),
    optional: flag,
    dispatch_action: flag,
    element: {
      is: "element",
      types: [
        ...inputs,
        ...choices,
        ...pickers,
        ...selects,
        ...multiSelects,
        "rich_text_input",
        "file_input",
      ],
    },
  },
  image: { ...imageFields, title: maybe(plain(max.imageTitle)) },
  markdown: { text: words(max.markdown) },
  rich_text: { elements: { is: "list", of: anything, max: 1000 } },
  alert: {
    text: text(max.alertText),
    level: {
      is: "one of",
      values: ["default", "info", "warning", "error", "success"],
      optional: true,
    },
  },
  card: {
    hero_image: maybe(imageElement),
    icon: maybe(imageElement),
    title: maybe({ is: "text", mrkdwn: true, min: 1, max: max.title }),
    subtitle: maybe({ is: "text", mrkdwn: true, min: 1, max: max.title }),
    body: maybe({ is: "text", mrkdwn: true, min: 1, max: max.cardBody }),
    actions: maybe(list({ is: "element", types: ["button"] }, max.cardActions)),
  },
  carousel: { elements: list({ is: "block", types: ["card"] }, max.carouselCards) },
  container: {
    title: maybe(plain(max.title)),
    rich_text_title: maybe(richText),
    subtitle: maybe(text(max.title)),
    child_blocks: list({ is: "block", types: containerChildren }, max.containerChildren),
    width: { is: "one of", values: ["narrow", "standard", "wide", "full"], optional: true },
    icon: maybe(imageElement),
    is_collapsible: flag,
    default_collapsed: flag,
    has_header_divider: flag,
  },
  table: {
    rows: list(list(cell, max.tableColumns), max.tableRows),
    column_settings: maybe({
      is: "list",
      max: max.tableColumns,
      of: {
        is: "object",
        optional: true,
        fields: {
          align: { is: "one of", values: ["left", "center", "right"], optional: true },
          is_wrapped: flag,
        },
      },
    }),
  },
  data_table: {
    rows: list(list(cell, max.tableColumns), max.dataTableRows),
    caption: words(max.imageTitle),
    page_size: { is: "number", min: 1, max: max.dataTablePageSize, optional: true },
    row_header_column_index: { is: "number", min: 0, max: max.tableColumns, optional: true },
  },
  task_card: {
    task_id: words(max.id),
    title: words(max.sectionText),
    details: maybe(richText),
    output: maybe(richText),
    sources: maybe(
      list(
        {
          is: "object",
          fields: { type: { is: "one of", values: ["url"] }, url: link, text: words(max.title) },
        },
        20,
        0,
      ),
    ),
    status: taskStatus,
  },
  plan: {
    title: words(max.sectionText),
    tasks: maybe(list({ is: "block", types: ["task_card"] }, max.messageBlocks, 0)),
  },
  file: { source: words(20), external_id: words(max.id) },
  video: {
    video_url: link,
    thumbnail_url: link,
    alt_text: words(max.imageAltText),
    title: plain(200),
    title_url: maybe(link),
    author_name: maybe(words(50)),
    provider_name: maybe(words(50)),
    provider_icon_url: maybe(link),
    description: maybe(plain(200)),
  },
  // Cells of tables look like blocks on the wire.
  raw_text: { text: words(max.sectionText) },
  raw_number: {
    value: { is: "number", min: -Number.MAX_VALUE, max: Number.MAX_VALUE },
    text: words(max.sectionText),
  },
};

/** Which block types each surface takes. Tables, cards and plans are for messages only. */
const everywhere = [
  "actions",
  "alert",
  "container",
  "context",
  "divider",
  "header",
  "image",
  "input",
  "markdown",
  "rich_text",
  "section",
  "table",
  "video",
  "card",
  "carousel",
];
export const surfaceBlocks = {
  message: [...everywhere, "context_actions", "data_table", "file", "plan", "task_card"],
  modal: everywhere,
  home: everywhere,
} as const satisfies Record<string, readonly string[]>;
export type Surface = keyof typeof surfaceBlocks;
