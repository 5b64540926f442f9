import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { bridgeStdio } from "./stdio-bridge.ts";

type Call = { headers: IncomingMessage["headers"]; body: { id?: number; method?: string } };

const open: { server?: Server } = {};
afterEach(async () => {
  open.server?.closeAllConnections();
  await new Promise((resolve) => open.server?.close(resolve) ?? resolve(null));
});

/** An endpoint that answers as told, and what came in. */
async function endpoint(answer: (call: Call) => { type?: string; body: string }) {
  const calls: Call[] = [];
  open.server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Call["body"];
      const call = { headers: req.headers, body };
      calls.push(call);
      const { type = "application/json", body: text } = answer(call);
      res.writeHead(text ? 200 : 202, { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => open.server?.listen(0, "127.0.0.1", resolve));
  return { calls, url: `http://127.0.0.1:${(open.server.address() as AddressInfo).port}/mcp` };
}

async function say(url: string, lines: readonly string[]): Promise<unknown[]> {
  const input = new PassThrough();
  const written: string[] = [];
  const done = bridgeStdio(url, { input, write: (line) => void written.push(line) });
  input.end(lines.map((line) => `${line}\n`).join(""));
  await done;
  return written.map((line): unknown => JSON.parse(line));
}

const line = (message: object): string => JSON.stringify({ jsonrpc: "2.0", ...message });
const result = (id: unknown, value: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id, result: value });

test("the version agreed in the handshake goes along with everything after it", async () => {
  const { calls, url } = await endpoint(({ body }) => ({
    body:
      body.method === "initialize"
        ? result(body.id, { protocolVersion: "2025-11-25" })
        : body.id === undefined
          ? ""
          : result(body.id, { ok: true }),
  }));
  const answers = await say(url, [
    line({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25" } }),
    line({ method: "notifications/initialized" }),
    line({ id: 2, method: "tools/call", params: { name: "identity_get" } }),
  ]);
  expect(answers).toHaveLength(2);
  expect(calls[0]?.headers["mcp-protocol-version"]).toBeUndefined();
  expect(calls.slice(1).map(({ headers }) => headers["mcp-protocol-version"])).toEqual([
    "2025-11-25",
    "2025-11-25",
  ]);
  expect(calls.find(({ body }) => body.id === 2)?.headers["mcp-name"]).toBe("identity_get");
});

test("a message that carries its own version is sent with it", async () => {
  const { calls, url } = await endpoint(({ body }) => ({ body: result(body.id, {}) }));
  const meta = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
  await say(url, [line({ id: 1, method: "tools/list", params: meta })]);
  expect(calls[0]?.headers["mcp-protocol-version"]).toBe("2026-07-28");
});

test("an event stream becomes one line a message, and pretty JSON stays on one line", async () => {
  const { url } = await endpoint(({ body }) =>
    body.id === 1
      ? {
          type: "text/event-stream",
          body: `event: message\ndata: ${line({ method: "notifications/progress" })}\n\nevent: message\ndata: ${result(1, { a: 1 })}\n\n`,
        }
      : { body: JSON.stringify(JSON.parse(result(2, { text: "a\nb" })), null, 2) },
  );
  const answers = await say(url, [line({ id: 1, method: "a" }), line({ id: 2, method: "b" })]);
  expect(answers).toContainEqual({ jsonrpc: "2.0", id: 1, result: { a: 1 } });
  expect(answers).toContainEqual({ jsonrpc: "2.0", id: 2, result: { text: "a\nb" } });
  expect(answers).toHaveLength(3);
});

test("when nobody answers, every request gets an error with its own id, and notifications nothing", async () => {
  const { url } = await endpoint(() => ({ body: "" }));
  open.server?.closeAllConnections();
  await new Promise((resolve) => open.server?.close(resolve));
  const answers = await say(url, [
    line({ id: 7, method: "tools/list" }),
    line({ method: "notifications/cancelled" }),
    line({ id: "x", method: "tools/list" }),
  ]);
  expect(answers).toMatchObject([
    { id: 7, error: { code: -32603, message: expect.stringContaining("still running") as string } },
    { id: "x", error: { code: -32603 } },
  ]);
});

test("a line that is no message is answered as one, and the next is carried", async () => {
  const { url } = await endpoint(({ body }) => ({ body: result(body.id, {}) }));
  const answers = await say(url, ["{nonsense", "", line({ id: 3, method: "ping" })]);
  expect(answers).toContainEqual({
    jsonrpc: "2.0",
    id: null,
    error: { code: -32700, message: "That line is not a JSON-RPC message." },
  });
  expect(answers).toContainEqual({ jsonrpc: "2.0", id: 3, result: {} });
});
