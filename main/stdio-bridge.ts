import { createInterface } from "node:readline";
import { z } from "zod";

const Message = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z
    .looseObject({
      name: z.string().optional(),
      uri: z.string().optional(),
      protocolVersion: z.string().optional(),
      _meta: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

const versionKey = "io.modelcontextprotocol/protocolVersion";

/**
 * Carries an MCP conversation on standard input and output to the endpoint of the process that
 * runs already, message by message. Resolves when the input ends.
 */
export async function bridgeStdio(
  endpoint: string,
  io: { input: NodeJS.ReadableStream; write: (line: string) => void },
): Promise<void> {
  let negotiated: string | undefined;
  const pending = new Set<Promise<void>>();
  const carry = async (line: string): Promise<void> => {
    const message = Message.parse(JSON.parse(line));
    const said = message.params?._meta?.[versionKey];
    const version = typeof said === "string" ? said : negotiated;
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(version && message.method !== "initialize" ? { "mcp-protocol-version": version } : {}),
        ...(message.method ? { "mcp-method": message.method } : {}),
        ...(message.params?.name || message.params?.uri
          ? { "mcp-name": message.params.name ?? message.params.uri ?? "" }
          : {}),
      },
      body: line,
    });
    for (const answer of messagesOf(await response.text())) {
      const result = z
        .object({ result: z.object({ protocolVersion: z.string() }) })
        .safeParse(JSON.parse(answer));
      if (message.method === "initialize" && result.success)
        negotiated = result.data.result.protocolVersion;
      io.write(answer);
    }
  };
  for await (const line of createInterface({ input: io.input })) {
    if (!line.trim()) continue;
    const done = carry(line).catch(() => failed(line, io.write));
    pending.add(done);
    void done.finally(() => pending.delete(done));
    // The handshake decides the version of everything after it.
    if (line.includes('"initialize"')) await done;
  }
  await Promise.all(pending);
}

/** A JSON body, or the data lines of an event stream; nothing for an accepted notification. */
function messagesOf(body: string): string[] {
  const text = body.trim();
  if (text === "") return [];
  if (text.startsWith("{") || text.startsWith("[")) return [text.replaceAll("\n", " ")];
  return text
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trim())
    .filter((data) => data !== "");
}

/** What the caller is told. A notification expects no answer and gets none. */
function failed(line: string, write: (line: string) => void): void {
  const told = (id: string | number | null, error: { code: number; message: string }): void =>
    write(JSON.stringify({ jsonrpc: "2.0", id, error }));
  const message = messageIn(line);
  if (message === null)
    told(null, { code: -32700, message: "That line is not a JSON-RPC message." });
  else if (message.id !== undefined)
    told(message.id, {
      code: -32603,
      message: "Countersign did not answer; is it still running?",
    });
}

function messageIn(line: string): z.infer<typeof Message> | null {
  try {
    return Message.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
