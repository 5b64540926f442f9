import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import type { AttributeValue } from "#/domain/operations-event.ts";
import type { OutboundGuard } from "../guard.ts";
import { parseRecord } from "./vendor-shapes.ts";
import { checkFields, judgeWrite, type WriteOperation } from "./write-operations.ts";

/** How patient reads are. Writes are sent once, whatever happens. */
export type Pace = {
  /** For one call, its body included. */
  readonly timeoutMs: number;
  /** For all attempts of one read together. */
  readonly budgetMs: number;
  readonly attempts: number;
  /** The first pause; the next ones double. */
  readonly pauseMs: number;
};
export const defaultPace: Pace = { timeoutMs: 5_000, budgetMs: 10_000, attempts: 5, pauseMs: 150 };

export type Access = {
  /** In a sentence: `The sandbox PSA`. */
  readonly system: string;
  readonly baseUrl: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  readonly pace: Pace;
  readonly guard: OutboundGuard;
  /** Records asked for at once. */
  readonly pageSize: number;
};

/** A record as the system sent it, and the instant at which we asked. */
export type Read<T> = { readonly record: T; readonly at: string };

/** Record and schema by which an answer is judged at the door. */
export type Kind<T> = { readonly name: string; readonly schema: z.ZodType<T> };

export type SystemClient = {
  readonly system: string;
  readonly baseUrl: string;
  /** null when the system says that there is no such record. */
  one<T>(path: string, kind: Kind<T>): Promise<Read<T> | null>;
  /** One patient read, whatever its status; `code` is the system's own word for a problem. */
  ask(path: string): Promise<{ status: number; body: unknown; code: string | null }>;
  /** Every page of a list, or an error; never a part. */
  all<T>(path: string, query: Readonly<Record<string, string>>, kind: Kind<T>): Promise<Read<T>[]>;
  /** Sent once. Throws Refused when nothing was written; any other error leaves that open. */
  write<T>(
    operation: WriteOperation,
    request: {
      path: string;
      body: Readonly<Record<string, AttributeValue>>;
      ifMatch?: string;
    },
    kind: Kind<T>,
  ): Promise<T>;
  check(): Promise<void>;
};

const Page = z.object({ items: z.array(z.unknown()), next_cursor: z.string().min(1).nullable() });
const Problem = z.object({ error: z.object({ code: z.string() }) });

export function createSystemClient(access: Access): SystemClient {
  const { system, baseUrl } = access;

  async function one<T>(path: string, { name, schema }: Kind<T>): Promise<Read<T> | null> {
    const { status, body, at } = await readPatiently(access, path);
    if (status === 404 && codeOf(body) === "record_not_found") return null;
    if (status !== 200) throw unexpected(system, name, status);
    return { record: parseRecord(schema, body, { system, record: name }), at };
  }

  async function all<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    kind: Kind<T>,
  ): Promise<Read<T>[]> {
    const found: Read<T>[] = [];
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const limit = String(access.pageSize);
      const params = new URLSearchParams({ ...query, limit, ...(cursor ? { cursor } : {}) });
      const { status, body, at } = await readPatiently(access, `${path}?${params.toString()}`);
      if (status !== 200) throw unexpected(system, kind.name, status);
      const page = parseRecord(Page, body, { system, record: "a page" });
      for (const item of page.items)
        found.push({
          record: parseRecord(kind.schema, item, { system, record: kind.name }),
          at,
        });
      cursor = page.next_cursor;
      if (cursor !== null && seen.has(cursor))
        throw new CountersignError("CONNECTOR_SHAPE", {
          system,
          record: "a page",
          problems: "its cursor leads back to a page we had",
        });
      if (cursor !== null) seen.add(cursor);
    } while (cursor !== null);
    return found;
  }

  return {
    system,
    baseUrl,
    one,
    async ask(path) {
      const { status, body } = await readPatiently(access, path);
      return { status, body, code: codeOf(body) };
    },
    all,
    async write(operation, { path, body, ifMatch }, kind) {
      checkFields(operation, body);
      const answer = await guarded(access, path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          "content-type": "application/json",
          ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
        },
      });
      const verdict = judgeWrite(operation, answer.status, codeOf(answer.body));
      if (verdict) throw verdict;
      if (answer.status >= 300) throw unavailable(system, answer.status);
      return parseRecord(kind.schema, answer.body, { system, record: kind.name });
    },
    async check() {
      const { status } = await readPatiently(access, "/ping");
      if (status !== 200) throw unexpected(system, "its greeting", status);
    },
  };
}

type RawAnswer = { status: number; body: unknown; at: string; retryAfterMs: number | null };

/** Retries what may pass: 429, 5xx, a broken connection, a time-out. Within the budget, then throws. */
async function readPatiently(access: Access, path: string): Promise<RawAnswer> {
  const { system, pace } = access;
  const deadline = performance.now() + pace.budgetMs;
  for (let attempt = 1; ; attempt += 1) {
    let failure: CountersignError;
    let wait = Math.random() * pace.pauseMs * 2 ** attempt;
    try {
      const answer = await guarded(access, path, { method: "GET", retry: attempt > 1 });
      if (answer.status === 401 || answer.status === 403)
        throw new CountersignError("CONNECTOR_AUTH", { system });
      if (answer.status !== 429 && answer.status < 500) return answer;
      failure = unavailable(system, answer.status);
      wait = Math.max(wait, answer.retryAfterMs ?? 0);
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== "CONNECTOR_UNAVAILABLE")
        throw error;
      failure = error;
    }
    const late = attempt >= pace.attempts || performance.now() + wait > deadline;
    if (late || !access.guard.mayRetry()) throw failure;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

type Outgoing = {
  method: "GET" | "POST";
  body?: string;
  headers?: Readonly<Record<string, string>>;
};

const guarded = (
  access: Access,
  path: string,
  { retry = false, ...init }: Outgoing & { retry?: boolean },
): Promise<RawAnswer> =>
  access.guard.call({
    send: () => call(access, path, init),
    failedWith: (error) =>
      error instanceof CountersignError && error.code === "CONNECTOR_UNAVAILABLE",
    failedBy: ({ status }) => status === 429 || status >= 500,
    retry,
  });

async function call(access: Access, path: string, init: Outgoing): Promise<RawAnswer> {
  const at = new Date().toISOString();
  const response = await access
    .fetch(`${access.baseUrl}${path}`, {
      ...init,
      // A token is for this address only.
      redirect: "error",
      signal: AbortSignal.timeout(access.pace.timeoutMs),
      headers: { ...init.headers, authorization: `Bearer ${access.token}` },
    })
    .catch((cause: unknown) => {
      throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: access.system }, { cause });
    });
  const text = await response.text().catch((cause: unknown) => {
    throw new CountersignError("CONNECTOR_UNAVAILABLE", { system: access.system }, { cause });
  });
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    status: response.status,
    body: parsed(text),
    at,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const codeOf = (body: unknown): string | null => Problem.safeParse(body).data?.error.code ?? null;

const unavailable = (system: string, status: number): CountersignError =>
  new CountersignError(
    "CONNECTOR_UNAVAILABLE",
    { system },
    { cause: new Error(`answered with status ${status}`) },
  );

const unexpected = (system: string, record: string, status: number): CountersignError =>
  new CountersignError("CONNECTOR_SHAPE", { system, record, problems: `status ${status}` });
