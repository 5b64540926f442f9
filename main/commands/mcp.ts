import type { Config } from "../config.ts";
import { runningAt } from "../local-desk.ts";
import { createLog } from "../log.ts";
import { bridgeStdio } from "../stdio-bridge.ts";
import { here, say } from "./perform.ts";

/** The MCP server on standard input and output: a running process's, or one of our own. */
export async function mcpCommand(config: Config): Promise<number> {
  const running = await runningAt(config.COUNTERSIGN_HOME);
  if (running) {
    await bridgeStdio(`${running}/mcp`, { input: process.stdin, write: say });
    return 0;
  }
  const { serveOperationsOverStdio } = await import("#/mcp-server/stdio.ts");
  const { operationsFor } = await import("../mcp-door.ts");
  return here(async ({ product, front, localPrincipal }) => {
    const log = createLog("error");
    const principal = await localPrincipal();
    const server = serveOperationsOverStdio(
      () =>
        operationsFor(
          { principal, obtainable: new Set(), client: null },
          { product, publicUrl: front.url, log },
        ),
      { log },
    );
    await server.closed;
    return 0;
  });
}
