import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import { asFields, asText, type Fields } from "./fields.ts";
import type { Methods, World } from "./method.ts";
import { assistantMethods } from "./methods/assistant.ts";
import { chatMethods } from "./methods/chat.ts";
import { conversationMethods } from "./methods/conversations.ts";
import { peopleMethods } from "./methods/people.ts";
import { streamMethods } from "./methods/streams.ts";
import { viewMethods } from "./methods/views.ts";
import { SlackFailure } from "./slack-failure.ts";

export type ApiCall = { method: string; args: Fields; answer: Fields; at: number };

export const methods: Methods = {
  ...peopleMethods,
  ...conversationMethods,
  ...chatMethods,
  ...streamMethods,
  ...viewMethods,
  ...assistantMethods,
};

/** Arguments that form-encoded calls send as JSON strings. */
const nested = new Set([
  "attachments",
  "blocks",
  "chunks",
  "loading_messages",
  "message",
  "metadata",
  "prompts",
  "view",
]);
const mostBytes = 5 * 1024 * 1024;

export type WebApiNeeds = {
  world: World;
  faults: Faults;
  clock: Clock;
  botToken: string;
  appToken: string;
};

/** The Web API over HTTP: errors are HTTP 200 with `ok: false`; every call is kept in `calls`. */
export function createWebApi(needs: WebApiNeeds) {
  const { world, faults, clock } = needs;
  const calls: ApiCall[] = [];
  let revoked = false;

  async function answer(method: string, args: Fields, token: string): Promise<Fields> {
    if (faults.take("token_revoked")) revoked = true;
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) throw new SlackFailure("unknown_method", { req_method: method });
    if (method !== "api.test") checkToken(method, token);
    const ordered = faults.take("api_error", method);
    if (ordered) throw new SlackFailure(ordered.error);
    return run(args, world);
  }

  function checkToken(method: string, token: string): void {
    if (!token) throw new SlackFailure("not_authed");
    const wantsApp = method === "apps.connections.open";
    if (token === (wantsApp ? needs.appToken : needs.botToken)) {
      if (revoked && !wantsApp) throw new SlackFailure("token_revoked");
      return;
    }
    const known = token === needs.appToken || token === needs.botToken;
    throw new SlackFailure(known ? "not_allowed_token_type" : "invalid_auth");
  }

  async function respond(method: string, args: Fields, token: string): Promise<Fields> {
    try {
      return { ok: true, ...(await answer(method, args, token)) };
    } catch (error) {
      if (!(error instanceof SlackFailure)) throw error;
      return { ok: false, error: error.error, ...error.extra };
    }
  }

  return {
    calls,
    /** A revoked token works again. */
    restoreToken(): void {
      revoked = false;
    },
    async handle(
      method: string,
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<void> {
      const given = await readArguments(request);
      if (given instanceof SlackFailure) {
        return sendJson(response, 200, { ok: false, error: given.error });
      }
      const { token: inBody, ...args } = given;
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
      const limited = faults.take("rate_limit", method);
      if (limited) {
        response.setHeader("retry-after", String(limited.retryAfterSeconds ?? 1));
        return sendJson(response, 429, { ok: false, error: "ratelimited" });
      }
      const broken = faults.take("server_error", method);
      if (broken) {
        response.writeHead(broken.status ?? 503, { "content-type": "text/plain" });
        response.end("Service unavailable");
        return;
      }
      const result = await respond(method, args, bearer ?? asText(inBody));
      calls.push({ method, args, answer: result, at: clock.now() });
      if (calls.length > 5000) calls.shift();
      if (faults.take("drop_response", method)) {
        request.socket.destroy();
        return;
      }
      const slow = faults.take("slow_answer", method);
      if (slow) await new Promise<void>((resolve) => void clock.later(slow.ms, resolve));
      sendJson(response, 200, result);
    },
  };
}
export type WebApi = ReturnType<typeof createWebApi>;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}

/** The request body as text; throws `RangeError` above the limit. */
export async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part as Buffer);
    size += bytes.length;
    if (size > mostBytes) throw new RangeError("The request body is too large");
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
}

async function readArguments(request: IncomingMessage): Promise<Fields | SlackFailure> {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  const body = await readText(request);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("application/json")) {
    try {
      const parsed: unknown = JSON.parse(body === "" ? "{}" : body);
      return { ...Object.fromEntries(query), ...asFields(parsed) };
    } catch {
      return new SlackFailure("invalid_json");
    }
  }
  const args: Fields = {
    ...Object.fromEntries(query),
    ...Object.fromEntries(new URLSearchParams(body)),
  };
  for (const name of nested) {
    const text = args[name];
    if (typeof text !== "string" || text === "") continue;
    try {
      args[name] = JSON.parse(text);
    } catch {
      return new SlackFailure(name === "blocks" ? "invalid_blocks_format" : "invalid_arguments");
    }
  }
  return args;
}
