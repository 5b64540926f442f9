import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  Client,
  discoverOAuthProtectedResourceMetadata,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Capability } from "#/domain/member.ts";
import type { SigningKey } from "./access-token.ts";
import { bearerAuth } from "./authentication.ts";
import { createMcpEndpoint } from "./http.ts";
import { buildOperationsServer } from "./operations-server.ts";
import { createSigningKeys } from "./signing-keys.ts";
import { principalWith, sampleCatalogue, sampleServices } from "./testing/sample-services.ts";

const { subtle } = globalThis.crypto;
const issuer = "https://id.example";
const now = 1_800_000_000;
const sample = sampleServices();
const linesOf: string[] = [];
const log = {
  warn: (fields: object) => void linesOf.push(JSON.stringify(fields)),
  error: (fields: object) => void linesOf.push(JSON.stringify(fields)),
};

type Pair = { kid: string; alg: string; sign: (data: string) => Promise<Buffer>; jwk: SigningKey };

async function keyPair(kid: string, alg: "ES256" | "RS256", bits = 2048): Promise<Pair> {
  const algorithm =
    alg === "ES256"
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : {
          name: "RSASSA-PKCS1-v1_5",
          modulusLength: bits,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: "SHA-256",
        };
  const pair = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = (await subtle.exportKey("jwk", pair.publicKey)) as SigningKey;
  const sign = async (data: string) =>
    Buffer.from(await subtle.sign(algorithm, pair.privateKey, Buffer.from(data)));
  return { kid, alg, sign, jwk: { ...jwk, kid, use: "sig" } };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

let resource = new URL("http://127.0.0.1/mcp");
let elliptic: Pair;
let rsa: Pair;
let weak: Pair;
let published: SigningKey[] = [];
let outage = false;
let fetches = 0;
let clock = now;
let role: Capability[] | null = ["read", "propose"];
const asked: object[] = [];

const claims = (change: Record<string, unknown> = {}) => ({
  iss: issuer,
  sub: "user-1",
  aud: resource.href,
  exp: now + 600,
  scope: "ops:read ops:propose",
  client_id: "claude",
  email: "dana@meridian.example",
  email_verified: true,
  ...change,
});

async function token(
  change: Record<string, unknown> = {},
  { key = elliptic, header = {} }: { key?: Pair; header?: Record<string, unknown> } = {},
): Promise<string> {
  const head = encode({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...header });
  const signed = `${head}.${encode(claims(change))}`;
  return `${signed}.${(await key.sign(signed)).toString("base64url")}`;
}

const server = createServer();
let close: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  [elliptic, rsa, weak] = await Promise.all([
    keyPair("ec-1", "ES256"),
    keyPair("rsa-1", "RS256"),
    keyPair("rsa-weak", "RS256", 1024),
  ]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  resource = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  const endpoint = createMcpEndpoint({
    path: "/mcp",
    allowedHosts: ["127.0.0.1"],
    allowedOrigins: [],
    authentication: bearerAuth({
      issuer,
      resource,
      resourceName: "Countersign",
      now: () => clock,
      keys: createSigningKeys({
        now: () => clock,
        fetchKeySet: async () => {
          fetches += 1;
          if (outage) throw new Error("connect ECONNREFUSED 10.1.2.3:443");
          return { keys: published };
        },
      }),
      memberOf: async (subject) => {
        asked.push(subject);
        return role && principalWith(...role);
      },
      log,
    }),
    build: ({ principal, obtainable, client }) =>
      buildOperationsServer({
        principal,
        obtainable,
        client,
        services: sample.services,
        producedBy: { mind: client ?? "mcp", promptHash: null },
        thread: null,
        catalogue: sampleCatalogue,
        log,
      }),
    log,
  });
  close = () => endpoint.close();
  server.on("request", (req, res) => void endpoint(req, res));
});
afterAll(async () => {
  await close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  published = [elliptic.jwk, rsa.jwk, weak.jwk];
  outage = false;
  role = ["read", "propose"];
  asked.length = 0;
  clock += 86_401;
});

// The SDK compares the expiry with the machine's clock, ours with the injected one: serve both.
const live = () => Math.max(Math.floor(Date.now() / 1000), clock) + 600;

async function post(bearer: string | null, body: object = listing) {
  const response = await fetch(resource, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(bearer === null ? {} : { authorization: bearer }),
    },
    body: JSON.stringify(body),
  });
  const challenge = response.headers.get("www-authenticate");
  return { status: response.status, challenge, text: await response.text() };
}
const listing = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
const bearer = async (...given: Parameters<typeof token>) =>
  `Bearer ${await token({ exp: live(), ...given[0] }, given[1])}`;

describe("a token for this resource", () => {
  test("signed with either algorithm, for one audience or several, is served", async () => {
    expect((await post(await bearer())).status).toBe(200);
    expect((await post(await bearer({}, { key: rsa }))).status).toBe(200);
    const several = { aud: ["https://other.example", resource.href] };
    expect((await post(await bearer(several))).status).toBe(200);
    expect((await post(await bearer({ scope: undefined, scp: ["ops:read"] }))).status).toBe(200);
    expect((await post(await bearer({ scope: undefined, scp: "ops:read" }))).status).toBe(200);
    expect((await post(await bearer({ exp: live() }, { header: { typ: "JWT" } }))).status).toBe(
      200,
    );
  });

  test("names the colleague by subject, and by an e-mail only if the provider vouches for it", async () => {
    await post(await bearer());
    await post(await bearer({ email_verified: false }));
    await post(await bearer({ email_verified: undefined }));
    expect(asked).toEqual([
      { issuer, subject: "user-1", email: "dana@meridian.example" },
      { issuer, subject: "user-1", email: null },
      { issuer, subject: "user-1", email: null },
    ]);
  });
});

describe("refused with 401 and a challenge that says where to sign in", () => {
  const unsigned = () => `${encode({ alg: "none" })}.${encode(claims({ exp: live() }))}.`;
  const changed = async () => {
    const [head, , signature] = (await token({ exp: live() })).split(".");
    return `${head}.${encode(claims({ exp: live(), sub: "somebody-else" }))}.${signature}`;
  };
  const hmac = () => {
    const signed = `${encode({ alg: "HS256", kid: "rsa-1" })}.${encode(claims({ exp: live() }))}`;
    return `${signed}.${createHmac("sha256", JSON.stringify(rsa.jwk)).update(signed).digest("base64url")}`;
  };
  test.each<[string, () => Promise<string | null> | string | null]>([
    ["no token", () => null],
    ["another scheme", () => "Basic ZGFuYTp4"],
    ["not a token", () => "Bearer abc"],
    ["an empty token", () => "Bearer "],
    ["an enormous token", () => `Bearer ${"a".repeat(9_000)}.b.c`],
    ["alg none", () => `Bearer ${unsigned()}`],
    ["the public key as an HMAC secret", () => `Bearer ${hmac()}`],
    ["changed claims", async () => `Bearer ${await changed()}`],
    ["the algorithm of another key", () => bearer({}, { header: { alg: "RS256" } })],
    ["the id of another key", () => bearer({}, { header: { kid: "rsa-1" } })],
    [
      "no key id while several keys fit",
      () => bearer({}, { key: rsa, header: { kid: undefined } }),
    ],
    ["an unknown key id", () => bearer({}, { header: { kid: "gone" } })],
    ["an RSA key that is too short", () => bearer({}, { key: weak })],
    ["a critical extension", () => bearer({}, { header: { crit: ["b64"], b64: false } })],
    ["a token of another type", () => bearer({}, { header: { typ: "secevent+jwt" } })],
    ["expired", () => bearer({ exp: clock - 1 })],
    ["no expiry", () => bearer({ exp: undefined })],
    ["an expiry in words", () => bearer({ exp: "never" })],
    ["not valid yet", () => bearer({ nbf: clock + 120 })],
    ["no subject", () => bearer({ sub: undefined })],
    ["an empty subject", () => bearer({ sub: "" })],
    ["another issuer", () => bearer({ iss: "https://id.example.evil" })],
    ["another audience", () => bearer({ aud: "https://other.example/mcp" })],
    ["an audience above ours", () => bearer({ aud: new URL("/", resource).href })],
    ["no audience", () => bearer({ aud: undefined })],
  ])("%s", async (_, make) => {
    const { status, challenge, text } = await post(await make());
    expect({ status, text }).toMatchObject({ status: 401 });
    expect(challenge).toContain('error="invalid_token"');
    expect(challenge).toContain(
      `resource_metadata="${resource.origin}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect(challenge).toContain('scope="ops:read"');
    expect(asked).toEqual([]);
  });
});

describe("scopes and roles", () => {
  const call = {
    jsonrpc: "2.0",
    id: 2,
    method: "tools/call",
    params: {
      name: "remediation_propose",
      arguments: {
        action: "R08",
        target: "erp:invoice:INV-1042",
        invoice: "INV-1042",
        why: "Complete.",
        evidence: ["ev_0123456789abcdef"],
        idempotencyKey: "case-1042-z",
      },
    },
  };

  test("without the base scope: 403 insufficient_scope", async () => {
    const { status, challenge } = await post(await bearer({ scope: "openid" }));
    expect(status).toBe(403);
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="ops:read"');
  });

  test("P1: proposing without its scope: 403 naming the complete set, before the tool runs", async () => {
    const { status, challenge } = await post(await bearer({ scope: "ops:read" }), call);
    expect(status).toBe(403);
    expect(challenge).toContain('scope="ops:read ops:propose"');
    expect(sample.proposed).toEqual([]);
  });

  test("P1: a scope gives no right that the role does not have", async () => {
    role = ["read"];
    const { text } = await post(await bearer(), call);
    expect(text).toContain("-32602");
    expect(sample.proposed).toEqual([]);
  });

  test("with role and scope the proposal is filed in the client's name", async () => {
    const { status, text } = await post(await bearer(), call);
    expect(status).toBe(200);
    expect(text).toContain("P-NEWONE1");
    expect(sample.proposed.splice(0)).toMatchObject([{ producedBy: { mind: "claude" } }]);
  });

  test("nobody of ours: 403 without a challenge, so nobody is sent round in circles", async () => {
    role = null;
    const { status, challenge, text } = await post(await bearer());
    expect({ status, challenge }).toEqual({ status: 403, challenge: null });
    expect(text).toContain("Ask an administrator");
  });
});

describe("the key set", () => {
  test("out of reach with nothing kept: 500 without a challenge or a detail", async () => {
    outage = true;
    const { status, challenge, text } = await post(await bearer());
    expect({ status, challenge }).toEqual({ status: 500, challenge: null });
    expect(text).not.toMatch(/ECONNREFUSED|10\.1\.2\.3/);
  });

  test("out of reach after it was read: known keys serve on", async () => {
    expect((await post(await bearer())).status).toBe(200);
    outage = true;
    clock += 3_600;
    expect((await post(await bearer())).status).toBe(200);
  });

  test("a new key works at once, a removed one stops, and made-up ids do not hammer the provider", async () => {
    expect((await post(await bearer())).status).toBe(200);
    const next = await keyPair("ec-2", "ES256");
    published = [next.jwk];
    clock += 31;
    expect((await post(await bearer({}, { key: next }))).status).toBe(200);
    expect((await post(await bearer())).status).toBe(401);
    const before = fetches;
    for (let i = 0; i < 10; i += 1)
      expect((await post(await bearer({}, { header: { kid: `made-up-${i}` } }))).status).toBe(401);
    expect(fetches).toBe(before);
  });
});

test("the discovery document is public, and a real client finds it", async () => {
  const document = await discoverOAuthProtectedResourceMetadata(resource);
  expect(document).toMatchObject({
    resource: resource.href,
    authorization_servers: [issuer],
    scopes_supported: ["ops:read", "ops:propose"],
    resource_name: "Countersign",
  });
  const url = new URL("/.well-known/oauth-protected-resource/mcp", resource);
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
});

test.each(["auto", "legacy"] as const)("a client in %s mode works with a token", async (mode) => {
  const client = new Client({ name: "v2", version: "1" }, { versionNegotiation: { mode } });
  const headers = { authorization: await bearer() };
  await client.connect(new StreamableHTTPClientTransport(resource, { requestInit: { headers } }));
  const { structuredContent } = await client.callTool({ name: "identity_get" });
  expect(structuredContent).toMatchObject({ tenant: "meridian", client: "claude", missing: [] });
  await client.close();
});

test("an issuer that is not https is refused at the start", () => {
  const needs = {
    resource,
    resourceName: "Countersign",
    keys: async () => [],
    now: () => now,
    memberOf: async () => null,
    log,
  };
  expect(() => bearerAuth({ ...needs, issuer: "http://id.example" })).toThrow("https");
});
