import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import type { AddressInfo } from "node:net";

/** One request on its way to a system of record. */
export type Call = { readonly method: string; readonly path: string; readonly body: string };

/** Where on the wire a call is stopped; the rest of it depends on who is still alive. */
export type Point =
  /** The call never reaches the system. */
  | "before-call"
  /** The system has acted; its answer is withheld. */
  | "applied"
  /** The caller has the answer, and asks for the read-back. */
  | "answered"
  /** The caller has the read-back too; nothing of it is recorded yet. */
  | "read-back"
  /** The call is on the wire when its caller dies, and arrives together with the successor's. */
  | "late"
  /** The call is on the wire when its caller dies, and arrives on `deliver`. */
  | "straggler";

/** An HTTP wire in front of a system of record. It can be re-aimed, and it can be cut in named places. */
export type Wire = {
  readonly url: string;
  /** Another system behind the same address. */
  aim(origin: string): void;
  /** Calls that change something, as they reached the system since the last `aim`. */
  effectCalls(): number;
  /** Stops the next effect call at that point. Resolves when it is there. */
  stopAt(point: Point): Promise<void>;
  /** The straggler arrives. */
  deliver(): Promise<void>;
  /** Holds calls of that kind back. `reached` resolves with the first one. */
  gate(holds: (call: Call) => boolean): { reached: Promise<void>; open: () => void };
  /** After the next effect call, the system neither answers it nor anything else until `pass`. */
  darkAfterEffect(): void;
  /** Lets everything through again. */
  pass(): void;
  close(): Promise<void>;
};

type Exchange = { call: Call; headers: IncomingHttpHeaders; response: ServerResponse };
type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };
type Gate = { holds: (call: Call) => boolean; reach: () => void; opened: Promise<void> };

export async function openWire(isEffect: (call: Call) => boolean): Promise<Wire> {
  let origin = "";
  let calls = 0;
  let plan: { point: Point; reach: () => void } | null = null;
  /** The effect call was answered; the plan is about what comes next. */
  let after = false;
  let late: Exchange | null = null;
  let straggler: Exchange | null = null;
  let dark: "no" | "armed" | "yes" = "no";
  let gates: Gate[] = [];

  const forward = async ({ call, headers }: Exchange): Promise<Answer> => {
    if (isEffect(call)) calls += 1;
    const target = new URL(call.path, origin);
    const { host: _host, connection: _connection, ...kept } = headers;
    const outgoing = send(target, { method: call.method, headers: kept, agent: false });
    outgoing.end(call.body);
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    return {
      status: incoming.statusCode ?? 502,
      headers: incoming.headers,
      body: await bytesOf(incoming),
    };
  };
  const answer = async ({ response }: Exchange, { status, headers, body }: Answer) => {
    const { "transfer-encoding": _chunked, connection: _connection, ...kept } = headers;
    response.writeHead(status, { ...kept, "content-length": body.length });
    const flushed = new Promise<void>((resolve) => response.on("close", resolve));
    response.end(body);
    await flushed;
  };
  const passOn = async (exchange: Exchange) => answer(exchange, await forward(exchange));

  /** Returns false when the exchange was dealt with here, by an answer or by silence. */
  async function cut(exchange: Exchange, effect: boolean): Promise<boolean> {
    if (dark === "yes") return true;
    if (dark === "armed" && effect) {
      await forward(exchange);
      dark = "yes";
      return true;
    }
    if (late !== null && effect) {
      const [held] = [late, (late = null)];
      await Promise.all([forward(held), passOn(exchange)]);
      return true;
    }
    if (plan === null) return false;
    const { point, reach } = plan;
    if (after) {
      plan = null;
      if (point === "read-back") await passOn(exchange);
      reach();
      return true;
    }
    if (!effect) return false;
    if (point === "answered" || point === "read-back") {
      after = true;
      await passOn(exchange);
      return true;
    }
    plan = null;
    if (point === "applied") await forward(exchange);
    if (point === "late") late = exchange;
    if (point === "straggler") straggler = exchange;
    reach();
    return true;
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await bytesOf(request)).toString("utf8");
    const call = { method: request.method ?? "GET", path: request.url ?? "/", body };
    const exchange = { call, headers: request.headers, response };
    for (const gate of gates.filter((each) => each.holds(call))) {
      gate.reach();
      await gate.opened;
    }
    if (!(await cut(exchange, isEffect(call)))) await passOn(exchange);
  };
  const server = createServer((request, response) => {
    // The system broke the connection, or the caller is dead: the caller sees a broken connection.
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aim: (to) => {
      origin = new URL(to).origin;
      calls = 0;
    },
    effectCalls: () => calls,
    stopAt: (point) => {
      after = false;
      return new Promise((resolve) => {
        plan = { point, reach: resolve };
      });
    },
    deliver: async () => {
      if (straggler) await forward(straggler);
      straggler = null;
    },
    gate: (holds) => {
      const [reached, reach] = signal();
      const [opened, open] = signal();
      gates.push({ holds, reach, opened });
      return { reached, open };
    },
    darkAfterEffect: () => {
      dark = "armed";
    },
    pass: () => {
      plan = null;
      after = false;
      dark = "no";
      gates = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function signal(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
