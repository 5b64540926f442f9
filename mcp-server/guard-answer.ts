import { randomBytes } from "node:crypto";
import {
  type CallToolResult,
  INTERNAL_ERROR,
  ProtocolError,
  ResourceNotFoundError,
} from "@modelcontextprotocol/server";
import { isCountersignError } from "#/domain/errors.ts";
import type { Log } from "./caller.ts";
import type { Presented } from "./present-invoice.ts";
import { visibleData, visibleText } from "./wire-text.ts";

const maxText = 8_000;

/**
 * The one way a tool answers. An error of ours is told as it is, so the caller can act on it;
 * anything else goes to the log under a reference, and only the reference leaves.
 */
export const answerTool =
  <Args>(tool: string, log: Log, run: (args: Args) => Promise<Presented>) =>
  async (args: Args): Promise<CallToolResult> => {
    try {
      const { facts, text } = await run(args);
      return {
        content: [{ type: "text", text: visibleText(text, maxText) }],
        structuredContent: visibleData(facts),
      };
    } catch (error) {
      return { isError: true, content: [{ type: "text", text: sentenceFor(error, tool, log) }] };
    }
  };

/** The same for resources and prompts, which can only fail as protocol errors. */
export async function answerRead<T>(what: string, log: Log, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isCountersignError(error) && error.blame === "user")
      throw new ResourceNotFoundError(what, visibleText(error.message));
    throw new ProtocolError(INTERNAL_ERROR, sentenceFor(error, what, log));
  }
}

function sentenceFor(error: unknown, what: string, log: Log): string {
  if (isCountersignError(error)) {
    if (error.blame !== "user") log.warn({ err: error, what }, "mcp answer is an error");
    return visibleText(error.message, 2_000);
  }
  const reference = `R-${randomBytes(4).toString("hex")}`;
  log.error({ err: error, reference, what }, "mcp answer failed");
  return `Internal error, reference ${reference}. Try again, or give the reference to an administrator.`;
}
