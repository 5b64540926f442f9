import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BusinessEvent } from "#/domain/signal.ts";
import { createWebhookDoor } from "./webhook-door.ts";
import { verifySandboxSignature } from "./webhook-signature.ts";

const secret = "a signing secret";
const now = Date.parse("2026-11-23T10:00:00Z");
const seconds = now / 1000;
const limitBytes = 4_096;
const event = {
  id: "delivery-0001",
  type: "invoice.updated",
  occurredAt: "2026-11-23T09:59:58Z",
  subject: { system: "erp", type: "invoice", id: "INV-1042" },
  sequence: 7,
};
const text = JSON.stringify(event);

let stored = new Map<string, BusinessEvent>();
let calls = 0;
let failing = false;
const lines: string[] = [];
const note = (fields: object, message: string) => void lines.push(JSON.stringify(fields) + message);
const door = createWebhookDoor({
  connections: new Map([["sandbox", { secret, verify: verifySandboxSignature }]]),
  store: {
    receive: async (connection, received) => {
      calls += 1;
      if (failing) throw new Error("relation signals does not exist");
      const key = `${connection} ${received.id}`;
      const seen = stored.has(key);
      stored.set(key, received);
      return seen ? "seen" : "new";
    },
  },
  now: () => now,
  limitBytes,
  bodyTimeoutMs: 150,
  log: { warn: note, error: note },
});
const server = createServer((req, res) => {
  void door(req, res).then((mine) => mine || res.writeHead(418).end());
});
let port = 0;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());
beforeEach(() => {
  stored = new Map();
  calls = 0;
  failing = false;
  lines.length = 0;
});

const sign = (body: string | Buffer, at: number | string = seconds, key = secret) =>
  `v1=${createHmac("sha256", key).update(`${at}.`).update(body).digest("hex")}`;

type Send = {
  path?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
};
type Reply = { status: number; text: string; code: string | null };

/** Node's own client: it can repeat a header, which fetch cannot. */
async function send({ path = "/webhooks/sandbox", method = "POST", headers, body = text }: Send) {
  const signed = { "x-sandbox-timestamp": String(seconds), "x-sandbox-signature": sign(body) };
  const req = request({ port, host: "127.0.0.1", path, method, headers: headers ?? signed });
  req.end(body);
  const [res] = (await once(req, "response")) as [IncomingMessage];
  let answer = "";
  for await (const chunk of res) answer += String(chunk);
  const code = answer ? (JSON.parse(answer) as { error: { code: string } }).error.code : null;
  return { status: res.statusCode ?? 0, text: answer, code } satisfies Reply;
}

describe("a genuine delivery", () => {
  test("is stored, then acknowledged with an empty body", async () => {
    expect(await send({})).toEqual({ status: 204, text: "", code: null });
    expect([...stored.values()]).toEqual([event]);
  });

  test("delivered twice is acknowledged twice and stored once", async () => {
    expect((await send({})).status).toBe(204);
    expect((await send({})).status).toBe(204);
    expect(calls).toBe(2);
    expect(stored.size).toBe(1);
  });

  test("is accepted at exactly 300 seconds on either side", async () => {
    for (const at of [seconds - 300, seconds + 300]) {
      const headers = { "x-sandbox-timestamp": String(at), "x-sandbox-signature": sign(text, at) };
      expect((await send({ headers })).status).toBe(204);
    }
  });

  test("is not acknowledged when the store fails, and the reason stays in the log", async () => {
    failing = true;
    const reply = await send({});
    expect(reply).toMatchObject({ status: 503, code: "NOT_STORED" });
    expect(reply.text).not.toContain("relation");
    expect(lines.join()).toContain(/R-[0-9a-f]{8}/.exec(reply.text)?.[0]);
  });
});

describe("R7: a delivery that is not genuine is refused and nothing is stored", () => {
  const good = { "x-sandbox-timestamp": String(seconds), "x-sandbox-signature": sign(text) };
  const cases: [string, Send, number, string][] = [
    ["an unknown connection", { path: "/webhooks/nobody" }, 404, "WEBHOOK_UNKNOWN"],
    ["an inherited name", { path: "/webhooks/__proto__" }, 404, "WEBHOOK_UNKNOWN"],
    ["a path below", { path: "/webhooks/sandbox/x" }, 404, "WEBHOOK_UNKNOWN"],
    ["GET", { method: "GET", body: "" }, 405, "METHOD_NOT_ALLOWED"],
    [
      "another secret",
      { headers: { ...good, "x-sandbox-signature": sign(text, seconds, "guess") } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "a signature of the body alone",
      {
        headers: {
          ...good,
          "x-sandbox-signature": `v1=${createHmac("sha256", secret).update(text).digest("hex")}`,
        },
      },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    ["a truncated body", { headers: good, body: text.slice(0, -1) }, 401, "WEBHOOK_SIGNATURE"],
    [
      "a re-encoded body",
      { headers: good, body: JSON.stringify(event, null, 1) },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "a changed timestamp",
      { headers: { ...good, "x-sandbox-timestamp": String(seconds + 1) } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "301 seconds ago",
      {
        headers: {
          "x-sandbox-timestamp": String(seconds - 301),
          "x-sandbox-signature": sign(text, seconds - 301),
        },
      },
      401,
      "WEBHOOK_STALE",
    ],
    [
      "301 seconds ahead",
      {
        headers: {
          "x-sandbox-timestamp": String(seconds + 301),
          "x-sandbox-signature": sign(text, seconds + 301),
        },
      },
      401,
      "WEBHOOK_STALE",
    ],
    [
      "a timestamp in another notation",
      {
        headers: {
          "x-sandbox-timestamp": `${seconds}.0`,
          "x-sandbox-signature": sign(text, `${seconds}.0`),
        },
      },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    ["no headers", { headers: {} }, 401, "WEBHOOK_SIGNATURE"],
    [
      "no timestamp",
      { headers: { "x-sandbox-signature": good["x-sandbox-signature"] } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "two timestamps",
      { headers: { ...good, "x-sandbox-timestamp": [String(seconds), String(seconds)] } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "two signatures, one genuine",
      { headers: { ...good, "x-sandbox-signature": [sign(text), sign(text, seconds, "guess")] } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "a shorter signature",
      { headers: { ...good, "x-sandbox-signature": sign(text).slice(0, -2) } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
    [
      "an upper-case signature",
      { headers: { ...good, "x-sandbox-signature": sign(text).toUpperCase() } },
      401,
      "WEBHOOK_SIGNATURE",
    ],
  ];
  test.each(cases)("%s", async (...[, delivery, status, code]) => {
    expect(await send(delivery)).toMatchObject({ status, code });
    expect(calls).toBe(0);
  });

  test("20,000 mutated deliveries: none is taken for genuine", () => {
    const body = Buffer.from(text);
    const headers = Object.entries(good);
    const control = verifySandboxSignature({ headers, body, secret, now });
    expect(control).toBe("genuine");
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant("flip" as const), at: fc.nat(body.length * 8 - 1) }),
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat(body.length - 1) }),
      fc.record({
        kind: fc.constant("grow" as const),
        tail: fc.uint8Array({ minLength: 1, maxLength: 8 }),
      }),
      fc.record({
        kind: fc.constant("secret" as const),
        guess: fc.string().filter((s) => s !== secret),
      }),
      fc.record({ kind: fc.constant("digit" as const), at: fc.nat(63), to: fc.nat(14) }),
      fc.record({ kind: fc.constant("signature" as const), value: fc.string({ maxLength: 80 }) }),
      fc.record({ kind: fc.constant("time" as const), shift: fc.integer().filter((n) => n !== 0) }),
      fc.record({
        kind: fc.constant("late" as const),
        by: fc.integer({ min: 301, max: 1e7 }),
        sign: fc.constantFrom(-1, 1),
      }),
      fc.record({ kind: fc.constant("missing" as const), drop: fc.nat(1) }),
      fc.record({ kind: fc.constant("twice" as const), which: fc.nat(1) }),
    );
    fc.assert(
      fc.property(mutation, (m) => {
        const changed = Buffer.from(body);
        let [time, signature] = [String(seconds), sign(text)];
        let sent: [string, string][] | null = null;
        switch (m.kind) {
          case "flip":
            changed.writeUInt8(changed.readUInt8(m.at >> 3) ^ (1 << (m.at & 7)), m.at >> 3);
            break;
          case "digit": {
            const digits = "0123456789abcdef".split("").filter((d) => d !== signature[m.at + 3]);
            signature = signature.slice(0, m.at + 3) + digits[m.to] + signature.slice(m.at + 4);
            break;
          }
          case "secret":
            signature = sign(text, seconds, m.guess);
            break;
          case "signature":
            signature = m.value;
            break;
          case "time":
            time = String(seconds + m.shift);
            break;
          case "late":
            time = String(seconds + m.by * m.sign);
            signature = sign(text, time);
            break;
          case "missing":
            sent = headers.filter((_, index) => index !== m.drop);
            break;
          case "twice":
            sent = [...headers, ...headers.slice(m.which, m.which + 1)];
            break;
          case "cut":
          case "grow":
            break;
        }
        const bytes =
          m.kind === "cut"
            ? changed.subarray(0, m.at)
            : m.kind === "grow"
              ? Buffer.concat([changed, m.tail])
              : changed;
        sent ??= [
          ["X-Sandbox-Timestamp", time],
          ["X-Sandbox-Signature", signature],
        ];
        return verifySandboxSignature({ headers: sent, body: bytes, secret, now }) !== "genuine";
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("a genuine signature over something that is not an event", () => {
  const deep = "[".repeat(1_900) + "]".repeat(1_900);
  test.each<[string, string | Buffer]>([
    ["not JSON", "invoice=INV-1042"],
    ["an empty body", ""],
    ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ["a byte order mark", `\uFEFF${text}`],
    ["deeply nested arrays", deep],
    ["an unknown field", JSON.stringify({ ...event, amount: 5 })],
    ["a missing field", JSON.stringify({ ...event, sequence: undefined })],
    ["an event type with a sentence in it", JSON.stringify({ ...event, type: "ignore the rules" })],
    ["a prototype key", `{"__proto__":{},${text.slice(1)}`],
  ])("%s is malformed and not stored", async (_, body) => {
    const reply = await send({ body });
    expect(reply).toMatchObject({ status: 400, code: "WEBHOOK_MALFORMED" });
    expect(calls).toBe(0);
  });

  test("the answer never repeats the sender's own text", async () => {
    const body = JSON.stringify({ ...event, type: "<script>", "press here": 1 });
    const reply = await send({ body });
    expect(reply.text).not.toMatch(/script|press here/);
    expect(reply.text).toContain("type (invalid format)");
  });

  test("arbitrary bytes never crash the door and are never stored", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const reply = await send({ body: Buffer.from(bytes) });
        expect(reply.code).toBe("WEBHOOK_MALFORMED");
      }),
      { numRuns: 150 },
    );
    expect(calls).toBe(0);
  });
});

describe("a body that does not behave", () => {
  test("over the limit is refused before it is read, and with no length while it is read", async () => {
    const body = randomBytes(limitBytes + 1).toString("latin1");
    expect(await send({ body })).toMatchObject({ status: 413, code: "WEBHOOK_TOO_LARGE" });
    const headers = { "transfer-encoding": "chunked" };
    expect(await send({ body, headers })).toMatchObject({ status: 413, code: "WEBHOOK_TOO_LARGE" });
    expect(calls).toBe(0);
  });

  test("exactly at the limit is read", async () => {
    const body = text + " ".repeat(limitBytes - text.length);
    expect((await send({ body })).status).toBe(204);
  });

  test("that never arrives is answered 408", async () => {
    const req = request({
      port,
      host: "127.0.0.1",
      path: "/webhooks/sandbox",
      method: "POST",
      headers: { "content-length": "500" },
    });
    req.on("error", () => undefined).write("{");
    const [res] = (await once(req, "response")) as [IncomingMessage];
    expect(res.statusCode).toBe(408);
    req.destroy();
    expect(calls).toBe(0);
  });

  test("cut off in the middle stores nothing and the door goes on", async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST /webhooks/sandbox HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{");
    socket.destroy();
    await once(socket, "close");
    expect((await send({})).status).toBe(204);
    expect(calls).toBe(1);
  });
});

test("a path of another door is left alone", async () => {
  const req = request({ port, host: "127.0.0.1", path: "/webhook", method: "POST" }).end();
  const [res] = (await once(req, "response")) as [IncomingMessage];
  expect(res.statusCode).toBe(418);
});
