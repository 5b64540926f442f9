import type { ProducedBy } from "#/domain/proposal.ts";

/** One tool as the server lists it. The schema is JSON Schema 2020-12 and is passed on as it is. */
export type ToolDefinition = {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>>;
};

/** What one call answered. `structured` is the machine-readable half, `text` the server's own words. */
export type ToolResult = {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: unknown;
};

/**
 * A connected MCP session, already bound to one principal by the server. Nothing sent through it
 * can name another tenant or person. The caller opens and closes it.
 */
export type ToolSession = {
  listTools(): Promise<readonly ToolDefinition[]>;
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options: {
      readonly signal: AbortSignal;
      /** Who words this call: only on `remediation_propose`. */
      readonly producedBy?: ProducedBy;
    },
  ): Promise<ToolResult>;
};
