import type { Principal } from "#/domain/member.ts";
import { type Authentication, bearerAuth, localPrincipal } from "#/mcp-server/authentication.ts";
import type { Caller } from "#/mcp-server/caller.ts";
import { createMcpEndpoint } from "#/mcp-server/http.ts";
import { buildOperationsServer } from "#/mcp-server/operations-server.ts";
import { createSigningKeys } from "#/mcp-server/signing-keys.ts";
import { declarations } from "#/tools/act/catalogue.ts";
import type { Product } from "./compose.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";

type McpParts = {
  readonly product: Product;
  readonly publicUrl: string;
  readonly principal: Principal;
  readonly log: Log;
};

/** `/mcp` for AI clients: with tokens where an issuer is configured, else for this machine only. */
export function mcpDoor(config: Config, parts: McpParts) {
  const publicHost = new URL(parts.publicUrl).hostname;
  const names = [...new Set([publicHost, "127.0.0.1", "localhost"])];
  return createMcpEndpoint({
    path: "/mcp",
    allowedHosts: [...names, "[::1]"],
    allowedOrigins: names,
    authentication: config.OAUTH_ISSUER
      ? tokens(config, parts, config.OAUTH_ISSUER)
      : localPrincipal(parts.principal),
    build: (caller) => operationsFor(caller, parts),
    log: parts.log,
  });
}

/** The server one caller gets; a fresh one each time. */
export const operationsFor = (
  { principal, obtainable, client }: Caller,
  { product, publicUrl, log }: Omit<McpParts, "principal">,
) =>
  buildOperationsServer({
    principal,
    obtainable,
    client,
    services: { ...product.services, operations: product.operations },
    producedBy: { mind: client ?? "an AI client", promptHash: null },
    thread: null,
    catalogue: declarations,
    proposalPage: (id) => `${publicUrl}/proposals/${id}`,
    log,
  });

function tokens(
  config: Config,
  { product, publicUrl, log }: McpParts,
  issuer: string,
): Authentication {
  const seconds = (): number => Math.floor(Date.now() / 1000);
  const keySet = config.OAUTH_JWKS_URL ?? "";
  return bearerAuth({
    issuer,
    resource: new URL("/mcp", publicUrl),
    resourceName: "Countersign",
    now: seconds,
    keys: createSigningKeys({
      now: seconds,
      fetchKeySet: async () => {
        const response = await fetch(keySet, {
          redirect: "error",
          signal: AbortSignal.timeout(5000),
        });
        if (!response.ok) throw new Error(`the key set answered ${response.status}`);
        return response.json();
      },
    }),
    memberOf: async ({ email }) => {
      const members = await product.store.members(config.TENANT);
      const member = members.find((each) => each.active && each.email === email?.toLowerCase());
      return member ? product.services.principalOf(member) : null;
    },
    log,
  });
}
