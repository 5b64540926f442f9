import { type CallToolResult, Client, InMemoryTransport } from "@modelcontextprotocol/client";
import type { McpServer } from "@modelcontextprotocol/server";
import { CountersignError } from "#/domain/errors.ts";
import type { ProducedBy } from "#/domain/proposal.ts";
import type { ToolFault } from "./build-system-server.ts";

export type ServedTool = {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12, as the server publishes it. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
};

export type ToolResult = {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: unknown;
};

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** Who worded the call; travels beside the arguments, where no model can write. */
  readonly producedBy?: ProducedBy;
};

/** Several servers as one, bound to the principal they were built for. The opener closes it. */
export type ToolSession = {
  listTools(): Promise<readonly ServedTool[]>;
  /** Rejects only when the signal aborts; everything else is an answer. */
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<ToolResult>;
  close(): Promise<void>;
};

/** A fresh server; with `only`, no other tool of it is offered. */
export type Mounted = McpServer | { readonly server: McpServer; readonly only: readonly string[] };

/** Where `producedBy` travels in a request. */
export const producedByMetaKey = "dev.countersign/producedBy";

const version = "0.1.0";

/**
 * Connects to fresh servers in memory and offers their tools under one roof.
 * Throws CONFIG_INVALID when two offer a tool of the same name; nothing stays open then.
 */
export async function openSession(
  servers: readonly Mounted[],
  log: (fault: ToolFault) => void = () => undefined,
): Promise<ToolSession> {
  const opened: Client[] = [];
  const close = async () => {
    await Promise.allSettled(opened.map((client) => client.close()));
  };
  try {
    const owners = new Map<string, { client: Client; tool: ServedTool }>();
    for (const mounted of servers) {
      const { server, only } = "only" in mounted ? mounted : { server: mounted, only: null };
      const client = await connect(server);
      opened.push(client);
      for (const tool of await toolsOf(client)) {
        if (only !== null && !only.includes(tool.name)) continue;
        if (owners.has(tool.name))
          throw new CountersignError("CONFIG_INVALID", {
            problems: `two tool servers offer ${tool.name}`,
          });
        owners.set(tool.name, { client, tool });
      }
    }
    const listed = [...owners.values()]
      .map(({ tool }) => tool)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      listTools: async () => listed,
      callTool: async (name, args, options = {}) => {
        options.signal?.throwIfAborted();
        const owner = owners.get(name);
        return owner
          ? call(owner.client, { name, args, options, log })
          : failed(
              `There is no such tool. Call one of: ${[...owners.keys()].toSorted().join(", ")}.`,
            );
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(server: McpServer): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "countersign-agents", version });
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
}

async function toolsOf(client: Client): Promise<ServedTool[]> {
  // A server whose principal may use nothing announces no tools at all.
  if (!client.getServerCapabilities()?.tools) return [];
  const { tools } = await client.listTools();
  return tools.map(({ name, description, inputSchema }) => ({
    name,
    description: description ?? name,
    inputSchema,
  }));
}

type Call = {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: CallOptions;
  readonly log: (fault: ToolFault) => void;
};

async function call(client: Client, { name, args, options, log }: Call): Promise<ToolResult> {
  const { signal, producedBy } = options;
  try {
    const result: CallToolResult = await client.callTool(
      {
        name,
        arguments: { ...args },
        ...(producedBy ? { _meta: { [producedByMetaKey]: producedBy } } : {}),
      },
      signal ? { signal } : {},
    );
    return {
      isError: result.isError === true,
      text: result.content
        .flatMap((block) => (block.type === "text" ? [block.text] : []))
        .join("\n"),
      structured: result.structuredContent ?? null,
    };
  } catch (error) {
    signal?.throwIfAborted();
    log({ tool: name, reference: null, error });
    // The protocol's own words may quote an answer that broke its schema.
    return failed(`${name} gave no usable answer.`);
  }
}

const failed = (text: string): ToolResult => ({ isError: true, text, structured: null });
