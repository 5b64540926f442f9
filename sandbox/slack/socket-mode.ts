import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { asFields, asText, type Fields } from "./fields.ts";
import { SlackFailure } from "./slack-failure.ts";

const mostConnections = 10;
/** The client gives up when it has heard no ping for 30 s. */
const pingEveryMs = 10_000;

export type Ack = { ok: boolean; payload?: unknown; reason?: string };
export type DisconnectReason = "refresh_requested" | "warning" | "link_disabled";

/** Socket Mode: one-time urls, up to ten connections, each envelope to exactly one of them. */
export function createSocketMode(appId: string, base: () => string) {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, { socket: WebSocket; answer: (ack: Ack) => void }>();
  let turn = 0;

  const pings = setInterval(() => {
    for (const socket of open) socket.ping();
  }, pingEveryMs);
  pings.unref();

  function leave(socket: WebSocket): void {
    const at = open.indexOf(socket);
    if (at >= 0) open.splice(at, 1);
    for (const [id, entry] of waiting) {
      if (entry.socket !== socket) continue;
      waiting.delete(id);
      entry.answer({ ok: false, reason: "connection_failed" });
    }
  }

  function hear(data: RawData): void {
    let message: Fields;
    try {
      message = asFields(JSON.parse(textOf(data)));
    } catch {
      return;
    }
    const id = asText(message["envelope_id"]);
    const entry = waiting.get(id);
    if (!entry) return;
    waiting.delete(id);
    entry.answer({ ok: true, payload: message["payload"] });
  }

  return {
    count: () => open.length,
    newUrl(): string {
      if (open.length >= mostConnections) throw new SlackFailure("too_many_websockets");
      const ticket = randomBytes(16).toString("hex");
      tickets.add(ticket);
      return `${base().replace(/^http/, "ws")}/socket?ticket=${ticket}`;
    },
    upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
      const url = new URL(request.url ?? "/", "http://localhost");
      const ticket = url.searchParams.get("ticket") ?? "";
      if (url.pathname !== "/socket" || !tickets.delete(ticket) || open.length >= mostConnections) {
        stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
        return;
      }
      server.handleUpgrade(request, stream, head, (socket) => {
        open.push(socket);
        socket.on("message", hear);
        socket.on("close", () => leave(socket));
        socket.on("error", () => leave(socket));
        socket.send(
          JSON.stringify({
            type: "hello",
            num_connections: open.length,
            debug_info: { host: "sandbox", approximate_connection_time: 18060 },
            connection_info: { app_id: appId },
          }),
        );
      });
    },
    /** Sends one envelope to one connection and waits for its ack. Connections take turns. */
    send(envelope: Fields, timeoutMs: number, cutAfterSending = false): Promise<Ack> {
      const socket = open[turn % Math.max(open.length, 1)];
      turn += 1;
      if (!socket) return Promise.resolve({ ok: false, reason: "connection_failed" });
      const id = asText(envelope["envelope_id"]);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          resolve({ ok: false, reason: "http_timeout" });
        }, timeoutMs);
        const answer = (ack: Ack): void => {
          clearTimeout(timer);
          resolve(ack);
        };
        waiting.set(id, { socket, answer });
        socket.send(JSON.stringify(envelope), () => {
          if (cutAfterSending) socket.terminate();
        });
      });
    },
    disconnect(reason: DisconnectReason): void {
      for (const socket of open.slice()) {
        socket.send(
          JSON.stringify({ type: "disconnect", reason, debug_info: { host: "sandbox" } }),
        );
        if (reason !== "warning") socket.close(1000);
      }
    },
    stop(): void {
      clearInterval(pings);
      for (const socket of open.slice()) socket.terminate();
      server.close();
    },
  };
}
export type SocketMode = ReturnType<typeof createSocketMode>;

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return Buffer.from(data as Buffer).toString("utf8");
}
