import type { HomeView, KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { contentHash } from "#/domain/canonical-json.ts";
import { CountersignError } from "#/domain/errors.ts";
import { clip } from "./words.ts";

/** What Slack accepts, in characters and counts. The one table. */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** A message's text in all blocks together. Slack's own limit is higher and not documented. */
  messageCharacters: 12_000,
  messageText: 3000,
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  contextElements: 10,
  contextText: 2000,
  actionsElements: 25,
  button: 75,
  buttonValue: 2000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  option: 75,
  options: 100,
  tableRows: 100,
  tableColumns: 20,
  tableCharacters: 10_000,
  inputLabel: 150,
  inputText: 3000,
  viewTitle: 24,
  privateMetadata: 3000,
  id: 255,
} as const;

/** What a message consists of, and what its notification says. */
export type SlackMessage = { readonly text: string; readonly blocks: KnownBlock[] };
export type Surface = "message" | "view";

const plainText = (max: number) =>
  z.strictObject({
    type: z.literal("plain_text"),
    text: z.string().min(1).max(max),
    emoji: z.literal(false),
  });
const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal("mrkdwn"),
    text: z.string().min(1).max(max),
    verbatim: z.literal(true),
  });
const anyText = (max: number) => z.discriminatedUnion("type", [plainText(max), mrkdwn(max)]);
const id = z.string().min(1).max(limits.id);

const button = z.strictObject({
  type: z.literal("button"),
  action_id: id,
  text: plainText(limits.button),
  value: z.string().min(1).max(limits.buttonValue),
  style: z.enum(["primary", "danger"]).optional(),
  confirm: z
    .strictObject({
      title: plainText(limits.confirmTitle),
      text: plainText(limits.confirmText),
      confirm: plainText(limits.confirmButton),
      deny: plainText(limits.confirmButton),
    })
    .optional(),
});
const select = z.strictObject({
  type: z.literal("static_select"),
  action_id: id,
  placeholder: plainText(limits.inputLabel).optional(),
  options: z
    .array(
      z.strictObject({
        text: plainText(limits.option),
        value: z.string().min(1).max(limits.option),
      }),
    )
    .min(1)
    .max(limits.options),
});
const textInput = z.strictObject({
  type: z.literal("plain_text_input"),
  action_id: id,
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(limits.inputText).optional(),
  max_length: z.int().min(1).max(limits.inputText).optional(),
  initial_value: z.string().min(1).max(limits.inputText).optional(),
  placeholder: plainText(limits.inputLabel).optional(),
});
const tableCell = z.strictObject({ type: z.literal("raw_text"), text: z.string().min(1) });

const uniqueActions = (elements: readonly { action_id: string }[]): boolean =>
  new Set(elements.map((element) => element.action_id)).size === elements.length;

/** The blocks we use; a card with anything else is not sent. No images, no files, no foreign layout. */
const Block = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("header"), block_id: id, text: plainText(limits.header) }),
  z.strictObject({
    type: z.literal("section"),
    block_id: id,
    text: anyText(limits.section).optional(),
    fields: z.array(anyText(limits.field)).min(1).max(limits.fields).optional(),
  }),
  z.strictObject({
    type: z.literal("context"),
    block_id: id,
    elements: z.array(anyText(limits.contextText)).min(1).max(limits.contextElements),
  }),
  z.strictObject({
    type: z.literal("actions"),
    block_id: id,
    elements: z
      .array(button)
      .min(1)
      .max(limits.actionsElements)
      .refine(uniqueActions, "an action_id appears twice in one block"),
  }),
  z.strictObject({ type: z.literal("divider"), block_id: id }),
  z.strictObject({
    type: z.literal("table"),
    block_id: id,
    rows: z
      .array(z.array(tableCell).min(1).max(limits.tableColumns))
      .min(1)
      .max(limits.tableRows)
      .refine((rows) => new Set(rows.map((row) => row.length)).size === 1, "rows differ in length")
      .refine(
        (rows) =>
          rows.flat().reduce((sum, one) => sum + one.text.length, 0) <= limits.tableCharacters,
        "a table holds too much text",
      ),
    column_settings: z
      .array(
        z.strictObject({
          align: z.enum(["left", "center", "right"]).optional(),
          is_wrapped: z.boolean().optional(),
        }),
      )
      .max(limits.tableColumns)
      .optional(),
  }),
  z.strictObject({
    type: z.literal("input"),
    block_id: id,
    optional: z.boolean().optional(),
    label: plainText(limits.inputLabel),
    hint: plainText(limits.inputLabel).optional(),
    element: z.discriminatedUnion("type", [select, textInput]),
  }),
]);

/** What is wrong with these blocks on that surface, in words; empty when Slack will take them. */
export function blockProblems(blocks: readonly KnownBlock[], surface: Surface): string[] {
  const most = surface === "message" ? limits.messageBlocks : limits.viewBlocks;
  const parsed = z.array(Block).min(1).max(most).safeParse(blocks);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const ids = blocks.map((block) => block.block_id);
  if (new Set(ids).size !== ids.length) problems.push("a block_id appears twice");
  if (surface === "message") {
    if (blocks.filter((block) => block.type === "table").length > 1)
      problems.push("a message holds one table");
    if (characters(blocks) > limits.messageCharacters)
      problems.push("a message holds too much text");
    if (blocks.some((block) => block.type === "input")) problems.push("inputs belong in a view");
  } else if (blocks.some((block) => block.type === "table")) problems.push("a view holds no table");
  return problems;
}

/** Marks a block that may be left out when a message is too long. */
export const optionalPrefix = "optional.";
export const optional = <B extends KnownBlock>(block: B): B => ({
  ...block,
  block_id: optionalPrefix,
});

/**
 * Blocks that Slack will take, each with an id that changes with its content, as updates need.
 * Degrades by two named rules: `clip-text`, then `drop-optional-blocks` from the end.
 * Throws CARD_INVALID when that is not enough.
 */
export function fit(
  blocks: readonly KnownBlock[],
  surface: Surface,
): { blocks: KnownBlock[]; applied: string[] } {
  const applied: string[] = [];
  let fitted = blocks.map(clipText);
  if (fitted.some((block, index) => block !== blocks[index])) applied.push("clip-text");
  while (tooLarge(fitted, surface)) {
    const last = fitted.findLastIndex((block) => block.block_id?.startsWith(optionalPrefix));
    if (last < 0) break;
    fitted = fitted.toSpliced(last, 1);
    applied.push("drop-optional-blocks");
  }
  const named = fitted.map(withId);
  const problems = blockProblems(named, surface);
  if (problems.length > 0)
    throw new CountersignError("CARD_INVALID", { problems: problems.slice(0, 5).join("; ") });
  return { blocks: named, applied: [...new Set(applied)] };
}

const tooLarge = (blocks: readonly KnownBlock[], surface: Surface): boolean =>
  surface === "message"
    ? blocks.length > limits.messageBlocks || characters(blocks) > limits.messageCharacters
    : blocks.length > limits.viewBlocks;

/** A message ready to send. */
export const message = (text: string, blocks: readonly KnownBlock[]): SlackMessage => ({
  text: clip(text, limits.messageText),
  blocks: fit(blocks, "message").blocks,
});

/** A view ready to open or publish; throws CARD_INVALID like `fit`. */
export function view<V extends ModalView | HomeView>(ready: V & { blocks: KnownBlock[] }): V {
  const metadata = ready.private_metadata?.length ?? 0;
  if (metadata > limits.privateMetadata)
    throw new CountersignError("CARD_INVALID", { problems: "private_metadata is too long" });
  return { ...ready, blocks: fit(ready.blocks, "view").blocks };
}

// Inputs keep their id: submitted values are found by it. Others are named by position and content.
const withId = (block: KnownBlock, index: number): KnownBlock => {
  if (block.type === "input") return block;
  const { block_id: wish, ...content } = block;
  const prefix = wish?.startsWith(optionalPrefix) ? optionalPrefix : "";
  return { ...block, block_id: `${prefix}${index}.${contentHash(content).slice(0, 12)}` };
};

function clipText(block: KnownBlock): KnownBlock {
  if (block.type !== "header" && block.type !== "section") return block;
  const { text } = block;
  const most = limits[block.type];
  if (text?.type !== "plain_text" || text.text.length <= most) return block;
  return { ...block, text: { ...text, text: clip(text.text, most) } };
}

const characters = (blocks: readonly KnownBlock[]): number => {
  let sum = 0;
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value))
      if (key === "text" && typeof part === "string") sum += part.length;
      else walk(part);
  };
  walk(blocks);
  return sum;
};
