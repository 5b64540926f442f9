import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as LegacyStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as LegacyHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localPrincipal } from "./authentication.ts";
import { createMcpEndpoint } from "./http.ts";
import { buildOperationsServer, type ServerServices } from "./operations-server.ts";
import { principalWith, sampleCatalogue, sampleServices } from "./testing/sample-services.ts";

const sample = sampleServices();
let services: ServerServices = sample.services;
let built = 0;
const lines: string[] = [];
const log = {
  warn: (_: object, message: string) => void lines.push(message),
  error: (_: object, message: string) => void lines.push(message),
};
const endpoint = createMcpEndpoint({
  path: "/mcp",
  allowedHosts: ["127.0.0.1", "localhost"],
  allowedOrigins: ["127.0.0.1", "localhost"],
  authentication: localPrincipal(principalWith("read", "propose")),
  build: ({ principal, obtainable, client }) => {
    built += 1;
    return buildOperationsServer({
      principal,
      obtainable,
      client,
      services,
      producedBy: { mind: client ?? "mcp", promptHash: null },
      thread: null,
      catalogue: sampleCatalogue,
      log,
    });
  },
  log,
});
const server = createServer((req, res) => {
  void endpoint(req, res).then((mine) => mine || res.writeHead(418).end());
});
let url = new URL("http://127.0.0.1");

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
});
afterAll(async () => {
  await endpoint.close();
  server.closeAllConnections();
  server.close();
});

const explain = { name: "invoice_delay_explain", arguments: { invoice: "INV-1042" } };
const isLate = { structuredContent: { delay: { status: "late" } } };

describe.each(["auto", "legacy"] as const)("a current client in %s mode", (mode) => {
  test("lists, calls, reads and is told about unknown tools and arguments", async () => {
    const client = new Client({ name: "v2", version: "1" }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(url));
    expect(client.getNegotiatedProtocolVersion()).toBe(
      mode === "auto" ? "2026-07-28" : "2025-11-25",
    );
    expect((await client.listTools()).tools).toHaveLength(8);
    expect(await client.callTool(explain)).toMatchObject(isLate);
    await expect(client.callTool({ name: "proposal_approve" })).rejects.toMatchObject({
      code: -32602,
    });
    const extra = { name: "identity_get", arguments: { tenant: "other" } };
    expect(await client.callTool(extra)).toMatchObject({ isError: true });
    expect((await client.listPrompts()).prompts).toHaveLength(2);
    await client.readResource({ uri: "countersign://catalogue" });
    await client.close();
  });
});

test("a client of the first SDK generation lists, calls and proposes over HTTP", async () => {
  const client = new LegacyClient({ name: "v1", version: "1" });
  await client.connect(new LegacyHttp(url));
  expect((await client.listTools()).tools).toHaveLength(8);
  expect(await client.callTool(explain)).toMatchObject(isLate);
  const proposed = await client.callTool({
    name: "remediation_propose",
    arguments: {
      action: "R08",
      target: "erp:invoice:INV-1042",
      invoice: "INV-1042",
      why: "Complete.",
      evidence: ["ev_0123456789abcdef"],
      idempotencyKey: "case-1042-v1",
    },
  });
  expect(proposed).toMatchObject({ structuredContent: { proposal: { state: "waiting" } } });
  expect(sample.proposed.at(-1)?.idempotencyKey).toBe("case-1042-v1");
  await client.close();
});

test("overlapping requests each get a server of their own", async () => {
  const before = built;
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  services = {
    ...sample.services,
    explainInvoice: async (who, invoice) => {
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      return sample.services.explainInvoice(who, invoice);
    },
  };
  const client = new Client({ name: "v2", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(url));
  const answers = await Promise.all([client.callTool(explain), client.callTool(explain)]);
  services = sample.services;
  expect(answers).toMatchObject([isLate, isLate]);
  expect(built - before).toBeGreaterThanOrEqual(2);
  await client.close();
});

type Raw = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

async function raw({ method = "POST", path = "/mcp", headers = {}, body = "" }: Raw) {
  const req = request({
    host: url.hostname,
    port: url.port,
    method,
    path,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(body ? { "content-length": String(Buffer.byteLength(body)) } : {}),
      ...headers,
    },
  });
  req.on("error", () => undefined).end(body);
  const [res] = (await once(req, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of res) text += String(chunk);
  return { status: res.statusCode, text };
}
const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });

describe("what the endpoint refuses, always as JSON and without a stack", () => {
  test.each<[string, Raw, number, number]>([
    ["a foreign host", { headers: { host: "evil.example" }, body: list }, 403, -32000],
    ["a foreign origin", { headers: { origin: "https://evil.example" }, body: list }, 403, -32000],
    ["an opaque origin", { headers: { origin: "null" }, body: list }, 403, -32000],
    ["GET", { method: "GET" }, 405, -32000],
    ["DELETE", { method: "DELETE" }, 405, -32000],
    ["a body that is not JSON", { body: "{" }, 400, -32700],
    ["a body over 1 MiB", { body: `"${"x".repeat(1 << 20)}"` }, 413, -32000],
    ["an unknown method", { body: list.replace("tools/list", "tools/approve") }, 200, -32601],
  ])("%s", async (...[, sent, status, code]) => {
    const answer = await raw(sent);
    expect(answer.status).toBe(status);
    const data = answer.text.replace(/^event: message\n/, "").replace(/^data: /, "");
    expect(JSON.parse(data)).toMatchObject({ jsonrpc: "2.0", error: { code } });
    expect(answer.text).not.toMatch(/node_modules|\.ts:|\.mjs:/);
  });

  test("TRACE and odd paths do no harm, and other paths are left alone", async () => {
    expect((await raw({ method: "TRACE" })).status).toBeGreaterThanOrEqual(400);
    expect((await raw({ path: "//" })).status).toBe(418);
    expect((await raw({ path: "/mcp/x", body: list })).status).toBe(418);
    expect((await raw({ path: "/mcp?x=1", body: list })).status).toBe(200);
  });

  test("a caller from another machine, when there is no sign-in", async () => {
    const local = localPrincipal(principalWith("read"));
    const from = (remoteAddress: string | undefined) =>
      local.authenticate({ socket: { remoteAddress } } as IncomingMessage);
    for (const address of ["10.0.0.7", "2001:db8::1", "::ffff:10.0.0.7", undefined])
      expect(await from(address)).toMatchObject({ status: 403 });
    for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
      expect(await from(address)).toHaveProperty("caller");
  });

  test("a failure behind the door leaves only a reference", async () => {
    const broken = createMcpEndpoint({
      path: "/mcp",
      allowedHosts: ["127.0.0.1"],
      allowedOrigins: [],
      authentication: { authenticate: () => Promise.reject(new Error("password=hunter2")) },
      build: () => {
        throw new Error("never reached");
      },
      log,
    });
    const other = createServer((req, res) => void broken(req, res)).listen(0, "127.0.0.1");
    await once(other, "listening");
    const response = await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`, {
      method: "POST",
      body: list,
    });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { code: -32603 } });
    expect(text).toMatch(/reference R-[0-9a-f]{8}/);
    expect(text).not.toContain("hunter2");
    other.closeAllConnections();
    other.close();
  });
});

describe("over stdio", () => {
  const child = {
    command: process.execPath,
    args: [new URL("./testing/stdio-child.ts", import.meta.url).pathname],
    stderr: "pipe" as const,
  };

  test.each(["auto", "legacy"] as const)(
    "a current client in %s mode is served, and stray prints go to stderr",
    async (mode) => {
      const client = new Client({ name: "v2", version: "1" }, { versionNegotiation: { mode } });
      const faults: Error[] = [];
      Object.assign(client, { onerror: (error: Error) => void faults.push(error) });
      const transport = new StdioClientTransport(child);
      let printed = "";
      transport.stderr?.on("data", (chunk) => {
        printed += String(chunk);
      });
      await client.connect(transport);
      expect(await client.callTool(explain)).toMatchObject(isLate);
      await client.close();
      expect(faults).toEqual([]);
      expect(printed).toContain("a stray line");
    },
  );

  test("a client of the first SDK generation is served", async () => {
    const client = new LegacyClient({ name: "v1", version: "1" });
    await client.connect(new LegacyStdio(child));
    expect((await client.listTools()).tools).toHaveLength(7);
    expect(await client.callTool(explain)).toMatchObject(isLate);
    await client.close();
  });
});
