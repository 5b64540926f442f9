import { type CallToolResult, InMemoryTransport } from "@modelcontextprotocol/server";
import { buildOperationsServer, type OperationsNeeds } from "../operations-server.ts";
import { principalWith, sampleCatalogue, sampleServices } from "./sample-services.ts";

/** What we use of an MCP client. The tests bring the real one: this room does not own that library. */
type AnyClient = {
  connect(transport: InMemoryTransport): Promise<void>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<CallToolResult>;
};

/** The client on a server of its own, in memory, with what was proposed and what was logged. */
export async function connectTo<C extends AnyClient>(
  client: C,
  change: Partial<OperationsNeeds> = {},
) {
  const { services, proposed } = sampleServices();
  const lines: string[] = [];
  const note = (fields: object) =>
    void lines.push(JSON.stringify(fields, (_, v: unknown) => (v instanceof Error ? v.stack : v)));
  const server = buildOperationsServer({
    principal: principalWith("read", "propose"),
    services,
    producedBy: { mind: "test", promptHash: null },
    thread: { channel: "C1", ts: "1.2" },
    catalogue: sampleCatalogue,
    proposalPage: (id) => `http://127.0.0.1:9/proposals/${id}`,
    log: { warn: note, error: note },
    ...change,
  });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: args });
    const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("");
    return { text, data: result.structuredContent as never, isError: result.isError ?? false };
  };
  return { client, call, proposed, lines };
}
