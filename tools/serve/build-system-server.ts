import { randomUUID } from "node:crypto";
import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { CountersignError, isCountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import type { LookTool } from "#/tools/look/define-look-tool.ts";
import { lookTools } from "#/tools/look/look-tools.ts";
import type { LookSystems } from "#/tools/ports.ts";

export type SystemServerNeeds = {
  /** Already bound to the principal's firm. */
  readonly look: LookSystems;
  readonly principal: Principal;
  readonly log: (entry: ToolFault) => void;
};

/** What went wrong behind a tool. Only the log sees the error itself. */
export type ToolFault = {
  readonly tool: string;
  /** The reference the caller was given; null where the caller got our own sentence. */
  readonly reference: string | null;
  readonly error: unknown;
};

const instructions: Readonly<Record<LookTool["kind"], string>> = {
  psa: "Read projects, milestones and timesheets of the firm's PSA. Nothing can be changed here.",
  crm: "Read clients, opportunities and change orders of the firm's CRM. Nothing can be changed here.",
  erp: "Read customer invoices of the firm's ERP. Nothing can be changed here.",
};

const readOnly = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

/**
 * A fresh MCP server over one kind of system, for one connection and one principal. Without the
 * right to read it has no tools.
 */
export function buildSystemServer(kind: LookTool["kind"], needs: SystemServerNeeds): McpServer {
  const server = new McpServer(
    { name: `countersign-${kind}`, version: "0.1.0" },
    {
      instructions: instructions[kind],
      capabilities: { tools: { listChanged: false } },
      cacheHints: { "tools/list": { ttlMs: 60_000, cacheScope: "private" } },
      maxToolInputElements: 200,
    },
  );
  if (!needs.principal.capabilities.has("read")) return server;
  for (const tool of lookTools.filter((each) => each.kind === kind)) {
    const { title, description } = tool;
    server.registerTool(
      tool.name,
      {
        title,
        description,
        inputSchema: tool.input,
        outputSchema: tool.output,
        annotations: readOnly,
      },
      (args) => answer(tool, args, needs),
    );
  }
  return server;
}

async function answer(
  tool: LookTool,
  args: unknown,
  { look, principal, log }: SystemServerNeeds,
): Promise<CallToolResult> {
  try {
    if (!principal.capabilities.has("read"))
      throw new CountersignError("FORBIDDEN", {
        who: principal.name,
        what: "read",
        needed: "read",
      });
    const { facts, text } = await tool.look(args, { look, principal });
    return { content: [{ type: "text", text }], structuredContent: facts };
  } catch (error) {
    return refusal(explained(tool.name, error, log));
  }
}

/** Our own sentence, or a reference to the log: nobody else's words. */
function explained(tool: string, error: unknown, log: SystemServerNeeds["log"]): string {
  if (isCountersignError(error)) {
    if (error.blame !== "user") log({ tool, reference: null, error });
    return error.message;
  }
  const reference = `R-${randomUUID().slice(0, 8)}`;
  log({ tool, reference, error });
  return `Internal error, reference ${reference}`;
}

const refusal = (text: string): CallToolResult => ({
  isError: true,
  content: [{ type: "text", text }],
});
