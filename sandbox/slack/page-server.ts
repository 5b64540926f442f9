import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { asFields, asText, type Fields } from "./fields.ts";
import type { HumanActions } from "./human-actions.ts";
import type { World } from "./method.ts";
import type { Rendering } from "./page/rendering.ts";
import { createPageActs } from "./page-acts.ts";
import { deskOf, maySee, messagesFor } from "./page-state.ts";
import type { Person } from "./people.ts";
import type { Command } from "./slack-emulator.ts";
import { readText, sendJson } from "./web-api.ts";
import type { Change } from "./workspace.ts";

const folder = join(import.meta.dirname, "page");
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export type PageNeeds = {
  world: World;
  human: HumanActions;
  commands: readonly Command[];
  deviceCode: ((email: string) => string | null) | undefined;
  /** Refuse requests that name another host, so no web page elsewhere can reach in by DNS tricks. */
  onlyThisMachine: boolean;
};

/** The page people play on: its files, its state as server-sent events, and what they do. */
export function createPage(needs: PageNeeds) {
  const { world, human } = needs;
  const { workspace } = world;
  const names = readdirSync(folder).filter((name) => !name.endsWith(".test.ts"));
  const files = new Map(names.map((name) => [name, load(name)]));
  const act = createPageActs(world, human);
  const watching = new Set<{ me: string; response: ServerResponse; deskDue: boolean }>();
  const keepAlive = setInterval(() => {
    for (const { response } of watching) response.write(": still here\n\n");
  }, 15_000);
  keepAlive.unref();
  const stopListening = workspace.onChange(announce);

  function announce(change: Change): void {
    for (const watcher of watching) {
      const me = workspace.findPerson(watcher.me);
      if (!me) continue;
      if (change.kind === "message" && maySee(world, me, change.message)) {
        send(watcher.response, "message", change.message);
      }
      if (change.kind === "removed" && maySee(world, me, change)) {
        send(watcher.response, "removed", change);
      }
      if (change.kind === "ephemeral" && change.person === me.id) {
        send(watcher.response, "ephemeral", change.message);
      }
      if (change.kind === "ephemeral removed" && change.person === me.id) {
        send(watcher.response, "removed", change);
      }
      if (watcher.deskDue) continue;
      watcher.deskDue = true;
      setImmediate(() => {
        watcher.deskDue = false;
        const now = workspace.findPerson(watcher.me);
        if (now && watching.has(watcher)) send(watcher.response, "desk", deskOf(world, now));
      });
    }
  }

  function personOf(request: IncomingMessage): Person | undefined {
    const as = new URL(request.url ?? "/", "http://localhost").searchParams.get("as");
    if (as) return workspace.findPerson(as);
    return workspace.people().find((one) => !one.deactivated && !one.stranger);
  }

  function stateFor(me: Person): Fields {
    const { commands } = needs;
    return { desk: deskOf(world, me), messages: messagesFor(world, me), commands };
  }

  function page(request: IncomingMessage, response: ServerResponse): void {
    const me = personOf(request);
    if (!me) return sendText(response, 404, "Nobody by that id is in this workspace.");
    // "<" never appears inside the data island, so no message can end it.
    const state = JSON.stringify({ ...stateFor(me), hasCodes: needs.deviceCode !== undefined });
    const island = state.replaceAll("<", "\\u003c");
    const shell = files.get("index.html")?.body ?? "";
    response.writeHead(200, {
      ...headers("text/html; charset=utf-8"),
      "cache-control": "no-store",
    });
    response.end(shell.replace('"the state"', () => island));
  }

  function events(request: IncomingMessage, response: ServerResponse): void {
    const me = personOf(request);
    if (!me) return sendText(response, 404, "Nobody by that id is in this workspace.");
    response.writeHead(200, { ...headers("text/event-stream"), "cache-control": "no-store" });
    const watcher = { me: me.id, response, deskDue: false };
    watching.add(watcher);
    response.on("close", () => watching.delete(watcher));
    send(response, "state", stateFor(me));
  }

  function allowed(request: IncomingMessage): boolean {
    const host = request.headers.host ?? "";
    const origin = request.headers.origin;
    const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
    if (needs.onlyThisMachine && !local) return false;
    return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  }

  async function perform(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form of another site cannot send JSON without asking first.
    if (!request.headers["content-type"]?.startsWith("application/json")) {
      return sendText(response, 415, "Send JSON.");
    }
    let body: Fields;
    try {
      body = asFields(JSON.parse(await readText(request)));
    } catch {
      return sendText(response, 400, "That was not JSON.");
    }
    sendJson(response, 200, await act(body));
  }

  return {
    renderingFor(who?: string): Rendering {
      const me = who === undefined ? undefined : workspace.findPerson(who);
      return {
        me: me?.id ?? "",
        tz: me?.tz ?? "Etc/UTC",
        now: workspace.now(),
        nameOf: (id) =>
          id === workspace.app.userId ? workspace.app.name : (workspace.findPerson(id)?.name ?? id),
        channelName: (id) => workspace.findChannel(id)?.name ?? id,
        people: workspace.people(),
      };
    },
    async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (!allowed(request)) return sendText(response, 403, "Open this page on its own address.");
      const method = request.method ?? "GET";
      if (path === "/page/act" && method === "POST") return perform(request, response);
      if (method !== "GET") return sendText(response, 405, "Only GET.");
      if (path === "/") return page(request, response);
      if (path === "/page/events") return events(request, response);
      if (path === "/page/code") {
        const me = personOf(request);
        return sendJson(response, 200, {
          code: me ? (needs.deviceCode?.(me.email) ?? null) : null,
        });
      }
      const file = path.startsWith("/page/") ? files.get(path.slice(6)) : undefined;
      if (!file) return sendText(response, 404, "There is nothing here.");
      response.writeHead(200, { ...headers(file.type), "cache-control": "no-cache" });
      response.end(file.body);
    },
    stop(): void {
      clearInterval(keepAlive);
      stopListening();
      for (const { response } of watching) response.end();
    },
  };
}

function send(response: ServerResponse, event: string, data: unknown): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, headers("text/plain; charset=utf-8"));
  response.end(asText(text));
}

function headers(type: string): Record<string, string> {
  return {
    "content-type": type,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** The browser gets the renderers with their types taken off; they are the same files the tests read. */
function load(name: string): { body: string; type: string } {
  const body = readFileSync(join(folder, name), "utf8");
  const ending = name.split(".").at(-1) ?? "";
  const type = types[ending] ?? "text/plain; charset=utf-8";
  return { body: ending === "ts" ? withoutTypes(body) : body, type };
}

/** Node 26 still calls the function experimental; that news is not for whoever starts the sandbox. */
function withoutTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
