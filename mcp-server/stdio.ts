import { Writable } from "node:stream";
import type { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Log } from "./caller.ts";

/**
 * Serves one client over this process's stdin and stdout, in either protocol era.
 * From here on only the protocol reaches stdout: whatever else is printed goes to stderr.
 * `build` is called once for the connection. `closed` resolves when the client is gone.
 */
export function serveOperationsOverStdio(
  build: () => McpServer,
  { log }: { log: Log },
): { close(): Promise<void>; closed: Promise<void> } {
  const write = process.stdout.write.bind(process.stdout);
  const wire = new Writable({
    write: (chunk: Buffer, _encoding, done) => void write(chunk, (error) => done(error)),
  });
  process.stdout.write = process.stderr.write.bind(process.stderr);

  const closed = Promise.withResolvers<void>();
  process.stdin.once("end", () => closed.resolve());
  const handle = serveStdio(build, {
    transport: new StdioServerTransport(process.stdin, wire),
    onerror: (error) => log.warn({ err: error }, "mcp over stdio"),
    maxSubscriptions: 8,
  });
  return { close: () => handle.close(), closed: closed.promise };
}
