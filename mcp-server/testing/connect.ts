import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { buildOperationsServer, type OperationsNeeds } from "../operations-server.ts";
import { principalWith, sampleCatalogue, sampleServices } from "./sample-services.ts";

const clients: Client[] = [];
export const closeAll = async (): Promise<void> => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
};

/** A client on a server of its own, in memory, with what was proposed and what was logged. */
export async function connect(change: Partial<OperationsNeeds> = {}) {
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
  const client = new Client({ name: "test", version: "1" });
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  clients.push(client);
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: args });
    const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("");
    return { text, data: result.structuredContent as never, isError: result.isError ?? false };
  };
  return { client, call, proposed, lines };
}
