import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { hostHeaderValidation, originValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";
import type { Authentication } from "./authentication.ts";
import type { Caller, Log } from "./caller.ts";

const maxRequestBodySize = 1 << 20;

export type McpEndpointNeeds = {
  /** `/mcp` */
  readonly path: string;
  /** Names without ports; `[::1]` with brackets. From configuration, never from a request. */
  readonly allowedHosts: readonly string[];
  /** Names of origins a browser may call from. Requests without an origin pass. */
  readonly allowedOrigins: readonly string[];
  readonly authentication: Authentication;
  /** A fresh server for this caller, every time. */
  readonly build: (caller: Caller) => McpServer;
  readonly log: Log;
};

export type McpEndpoint = {
  /** Resolves to false, having touched nothing, when the request is not for this door. */
  (req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  close(): Promise<void>;
};

/**
 * MCP over Streamable HTTP, both protocol eras, without sessions: any replica may answer any
 * request. Refusals are JSON, never a stack: 403 host or origin, 401/403 sign-in, 413 over 1 MiB.
 */
export function createMcpEndpoint(needs: McpEndpointNeeds): McpEndpoint {
  const { authentication, log } = needs;
  const onerror = (error: Error) => log.warn({ err: error }, "mcp over http");
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const caller = authInfo?.extra?.["caller"];
      if (!caller) throw new Error("a request reached the MCP server without a caller");
      return needs.build(caller as Caller);
    },
    { maxRequestBodySize, maxSubscriptions: 8, onerror },
  );
  const serve = toNodeHandler(handler, { maxRequestBodySize, onerror });
  const hostAllowed = hostHeaderValidation([...needs.allowedHosts]);
  const originAllowed = originValidation([...needs.allowedOrigins]);

  const endpoint = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const pathname = (req.url ?? "").split("?", 1)[0] ?? "";
    const asksDiscovery = pathname === authentication.discovery?.url.pathname;
    if (pathname !== needs.path && !asksDiscovery) return false;
    try {
      if (!hostAllowed(req, res)) return true;
      if (authentication.discovery && asksDiscovery) {
        await send(res, discoveryAnswer(req.method, authentication.discovery.document));
        return true;
      }
      if (!originAllowed(req, res)) return true;
      const known = await authentication.authenticate(req);
      if (known instanceof Response) {
        await send(res, known);
        return true;
      }
      const { caller, scopes } = known;
      const auth = {
        token: "",
        clientId: caller.client ?? "local",
        scopes,
        ...(authentication.discovery
          ? { resourceMetadataUrl: authentication.discovery.url.href }
          : {}),
        extra: { caller },
      };
      await serve(Object.assign(req, { auth }), res);
    } catch (error) {
      const reference = `R-${randomBytes(4).toString("hex")}`;
      log.error({ err: error, reference }, "mcp request failed");
      const message = `Internal error, reference ${reference}`;
      const failure = { jsonrpc: "2.0", error: { code: -32603, message }, id: null };
      if (!res.headersSent) await send(res, Response.json(failure, { status: 500 }));
      else res.end();
    }
    return true;
  };
  return Object.assign(endpoint, { close: () => handler.close() });
}

/** Public by design: any client may read where to sign in. */
function discoveryAnswer(method: string | undefined, body: object): Response {
  const headers = { "access-control-allow-origin": "*", "cache-control": "max-age=300" };
  if (method === "GET" || method === "HEAD") return Response.json(body, { headers });
  return new Response(null, { status: 405, headers: { ...headers, allow: "GET, HEAD" } });
}

async function send(res: ServerResponse, response: Response): Promise<void> {
  const body = await response.text();
  res.writeHead(response.status, Object.fromEntries(response.headers)).end(body);
}
