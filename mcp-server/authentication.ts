import type { IncomingMessage } from "node:http";
import {
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
} from "@modelcontextprotocol/server";
import type { Capability, Principal } from "#/domain/member.ts";
import {
  type AccessTokenClaims,
  InvalidToken,
  type TokenRules,
  verifyAccessToken,
} from "./access-token.ts";
import { type Caller, type Log, scopeOf } from "./caller.ts";

/** Who is asking, or the finished refusal. Throws when it cannot be known now. */
export type Authentication = {
  authenticate(req: IncomingMessage): Promise<{ caller: Caller; scopes: string[] } | Response>;
  /** Where a client learns how to sign in (RFC 9728). */
  readonly discovery?: { readonly url: URL; readonly document: object };
};

/** Development on one machine: no token, one fixed principal, and nobody from outside. */
export function localPrincipal(principal: Principal): Authentication {
  const caller: Caller = { principal, obtainable: new Set(), client: null };
  return {
    authenticate: async ({ socket }) =>
      isLoopback(socket.remoteAddress)
        ? { caller, scopes: Object.values(scopeOf) }
        : denied("Without configured sign-in, this endpoint answers this machine only."),
  };
}

const isLoopback = (address: string | undefined): boolean =>
  address === "::1" || /^(::ffff:)?127\./.test(address ?? "");

export type BearerNeeds = Pick<TokenRules, "issuer" | "keys" | "now"> & {
  /** Public URL of the MCP endpoint, from configuration: what tokens must be issued for. */
  readonly resource: URL;
  readonly resourceName: string;
  /**
   * The colleague behind a token, with the rights of the role. Null when nobody active is linked.
   * `email` is null unless the provider vouches for it.
   */
  readonly memberOf: (subject: {
    issuer: string;
    subject: string;
    email: string | null;
  }) => Promise<Principal | null>;
  readonly log: Log;
};

/**
 * OAuth 2.1 resource server: the customer's identity provider issues the tokens, we only check
 * them. Rights are those of the role that the token's scopes also carry. Throws at once when the
 * issuer is not HTTPS (loopback excepted, for tests).
 */
export function bearerAuth(needs: BearerNeeds): Authentication {
  const { issuer, resource, keys, now, log } = needs;
  const issuerUrl = new URL(issuer);
  if (issuerUrl.protocol !== "https:" && !isLoopback(issuerUrl.hostname))
    throw new RangeError("the token issuer must be an https URL");
  const discoveryUrl = new URL(getOAuthProtectedResourceMetadataUrl(resource));
  const document = {
    resource: resource.href,
    authorization_servers: [issuer],
    scopes_supported: Object.values(scopeOf),
    bearer_methods_supported: ["header"],
    resource_name: needs.resourceName,
  };

  const verifier = {
    async verifyAccessToken(token: string) {
      const rules = { issuer, audience: resource.href, keys, now };
      const claims = await verifyAccessToken(token, rules).catch((error: unknown) => {
        if (!(error instanceof InvalidToken)) throw error;
        log.warn({ why: error.message }, "access token refused");
        throw new OAuthError(OAuthErrorCode.InvalidToken, "The access token is not valid");
      });
      const audience = [claims.aud].flat().find((aud) => aud === resource.href);
      return {
        token,
        clientId: claims.client_id ?? claims.azp ?? "unknown",
        scopes: scopesOf(claims),
        expiresAt: claims.exp,
        ...(audience ? { resource: new URL(audience) } : {}),
        extra: { claims },
      };
    },
  };
  const options = {
    verifier,
    expectedResource: resource,
    requiredScopes: [scopeOf.read],
    resourceMetadataUrl: discoveryUrl.href,
  };

  return {
    discovery: { url: discoveryUrl, document },
    async authenticate(req) {
      const verified = await verifyBearerToken(req.headers.authorization, options).catch(
        (error: unknown) => {
          if (!(error instanceof OAuthError)) log.error({ err: error }, "access token not checked");
          return bearerAuthChallengeResponse(error, options);
        },
      );
      if (verified instanceof Response) return verified;
      const claims = verified.extra?.["claims"] as AccessTokenClaims;
      const principal = await needs.memberOf({
        issuer,
        subject: claims.sub,
        email: claims.email_verified === true ? (claims.email ?? null) : null,
      });
      if (!principal)
        return denied("No active colleague is linked to this account. Ask an administrator.");
      const byRole = [...principal.capabilities];
      const granted = byRole.filter((right) => verified.scopes.includes(scopeOf[right]));
      const obtainable = new Set<Capability>(byRole.filter((right) => !granted.includes(right)));
      const caller: Caller = {
        principal: { ...principal, capabilities: new Set(granted) },
        obtainable,
        client: verified.clientId,
      };
      return { caller, scopes: verified.scopes };
    },
  };
}

const scopesOf = ({ scope, scp }: AccessTokenClaims): string[] =>
  [scope ?? "", scp ?? []].flat().flatMap((text) => text.split(" ").filter(Boolean));

/** Signed in, and still not for you: a challenge would only send the person round in circles. */
const denied = (message: string): Response =>
  Response.json({ error: "access_denied", error_description: message }, { status: 403 });
