import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { FaceName, Fault, Faults } from "./faults.ts";
import { NotAllowed } from "./not-allowed.ts";

const bodyLimit = 256 * 1024;

export type Call = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON or form; `{}` when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
};

export type Answer = {
  readonly status: number;
  readonly json?: unknown;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Route = {
  readonly method: "GET" | "POST";
  /** `/invoices/:id/issue` */
  readonly path: string;
  run(call: Call): Answer;
};

export type FaceOptions = {
  readonly name: FaceName;
  /** 0: any free port. */
  readonly port: number;
  readonly token: string;
  /** Needs the bearer token, and meets faults. */
  readonly api: readonly Route[];
  /** For people at this machine; no token. */
  readonly pages: readonly Route[];
  readonly faults: Faults;
};

export type Face = { readonly url: string; close(): Promise<void> };

/** One system on a loopback port. Throws Error when the port is taken. */
export async function serveFace(options: FaceOptions): Promise<Face> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((cause: unknown) => {
      if (response.destroyed) return;
      send(response, cause instanceof NotAllowed ? refusal(cause) : broken());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new Error(`The sandbox's ${options.name.toUpperCase()} cannot listen on ${options.port}.`, {
          cause,
        }),
      );
    });
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  { name, token, api, pages, faults }: FaceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", headers } = request;
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (!fromHere(headers)) return send(response, problem(403, "not_local", "Only from here."));
  const body = await readBody(request);
  if (!body) return send(response, problem(400, "bad_body", "The body is not a JSON object."));
  const call = { query: url.searchParams, body, headers };

  const page = find(pages, method, url.pathname);
  if (page) return send(response, page.route.run({ ...call, params: page.params }));

  if (!authorised(headers, token))
    return send(response, problem(401, "bad_token", "A valid bearer token is needed."));
  const fault = faults.take(name, `${method} ${url.pathname}`);
  if (fault && (await brokenBefore(fault, response))) return;
  const found = find(api, method, url.pathname);
  if (!found) return send(response, problem(404, "no_such_path", "There is nothing here."));
  const answer = found.route.run({ ...call, params: found.params });
  if (fault?.kind === "lost-response") return void request.socket.destroy();
  send(response, answer);
}

/** True when the fault has answered in place of the system. */
async function brokenBefore(fault: Fault, response: ServerResponse): Promise<boolean> {
  if (fault.kind === "slow")
    await new Promise((resolve) => setTimeout(resolve, fault.delayMs ?? 2_000));
  if (fault.kind === "429")
    send(response, {
      ...problem(429, "too_many_calls", "Slow down."),
      headers: { "retry-after": String(fault.retryAfterSeconds ?? 1) },
    });
  if (fault.kind === "503") send(response, problem(503, "maintenance", "Back soon."));
  if (fault.kind === "refused") send(response, problem(422, "not_accepted", "Not accepted."));
  return fault.kind === "429" || fault.kind === "503" || fault.kind === "refused";
}

/** Refuses what another web site, or another name for this address, makes a browser send. */
function fromHere({ host = "", origin }: IncomingHttpHeaders): boolean {
  const local = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  return local && (origin === undefined || origin === `http://${host}`);
}

function authorised({ authorization = "" }: IncomingHttpHeaders, token: string): boolean {
  const given = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function find(routes: readonly Route[], method: string, pathname: string) {
  const parts = pathname.split("/");
  for (const route of routes) {
    const params = route.method === method ? match(route.path.split("/"), parts) : null;
    if (params) return { route, params };
  }
  return null;
}

function match(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, want] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (want.startsWith(":") && part !== "") params[want.slice(1)] = decoded(part);
    else if (want !== part) return null;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function readBody(request: IncomingMessage): Promise<Call["body"] | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  if (size > bodyLimit) return null;
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return {};
  if (isForm(request.headers)) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Call["body"])
      : null;
  } catch {
    return null;
  }
}

export const isForm = (headers: IncomingHttpHeaders): boolean =>
  headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;

export const problem = (status: number, code: string, message: string): Answer => ({
  status,
  json: { error: { code, message } },
});

const refusal = ({ status, code, message }: NotAllowed): Answer => problem(status, code, message);
const broken = (): Answer => problem(500, "internal", "Something went wrong.");

function send(response: ServerResponse, { status, json, html, headers }: Answer): void {
  const body = html ?? (json === undefined ? "" : JSON.stringify(json));
  response.writeHead(status, {
    "content-type": html === undefined ? "application/json" : "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}
