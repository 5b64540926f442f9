import { randomBytes } from "node:crypto";
import { blockLimits } from "./block-limits.ts";
import { checkBlocks } from "./check-blocks.ts";
import { withIds } from "./controls.ts";
import { asBlocks, asFields, asList, asText, type Block, type Fields } from "./fields.ts";
import { SlackFailure } from "./slack-failure.ts";

export type Content = {
  text: string;
  blocks?: Block[];
  attachments?: unknown[];
  metadata?: Fields;
};

/** Text, blocks, attachments and metadata of a posting call, checked against every limit. */
export function contentOf(args: Fields, mayBeEmpty = false): Content {
  const text = asText(args["text"]) || asText(args["markdown_text"]);
  const blocks = args["blocks"];
  const attachments = asList(args["attachments"]);
  const hasBlocks = blocks !== undefined && blocks !== null && asList(blocks).length > 0;
  if (!text && !hasBlocks && attachments.length === 0 && !mayBeEmpty) {
    throw new SlackFailure("no_text");
  }
  if (text.length > blockLimits.messageText) throw new SlackFailure("msg_too_long");
  const content: Content = { text };
  if (blocks !== undefined && blocks !== null) content.blocks = checkedBlocks(blocks);
  if (attachments.length > 0) content.attachments = attachments;
  const metadata = args["metadata"];
  if (metadata !== undefined && metadata !== null) content.metadata = checkedMetadata(metadata);
  return content;
}

/** The blocks with ids filled in, or `invalid_blocks` naming every problem. */
export function checkedBlocks(blocks: unknown): Block[] {
  if (!Array.isArray(blocks)) throw new SlackFailure("invalid_blocks_format");
  const messages = checkBlocks(blocks, "message");
  if (messages.length > 0) {
    throw new SlackFailure("invalid_blocks", { errors: messages, response_metadata: { messages } });
  }
  return withIds(asBlocks(blocks), () => randomBytes(3).toString("hex"));
}

export function checkedMetadata(metadata: unknown): Fields {
  const { event_type: type, event_payload: payload } = asFields(metadata);
  if (asText(type) === "") throw new SlackFailure("invalid_metadata_format");
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new SlackFailure("invalid_metadata_format");
  }
  return { event_type: type, event_payload: payload };
}
