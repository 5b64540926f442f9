import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { CountersignError, type ErrorCode, isCountersignError } from "#/domain/errors.ts";
import { BusinessEvent } from "#/domain/signal.ts";
import { readBody } from "./read-body.ts";
import type { VerifySignature } from "./webhook-signature.ts";

export type WebhookConnection = { readonly secret: string; readonly verify: VerifySignature };

export type WebhookNeeds = {
  readonly connections: ReadonlyMap<string, WebhookConnection>;
  readonly store: {
    /** Durable before it resolves: the event and the start of its handling, in one transaction. */
    receive(connection: string, event: BusinessEvent, rawBody: Buffer): Promise<"new" | "seen">;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limitBytes?: number;
  /** For the whole body, in milliseconds. */
  readonly bodyTimeoutMs?: number;
  readonly log: {
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
};

/** Resolves to false, having touched nothing, when the request is not for this door. */
export type WebhookDoor = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

const prefix = "/webhooks/";
const statusOf: Partial<Record<ErrorCode, number>> = {
  WEBHOOK_UNKNOWN: 404,
  WEBHOOK_SIGNATURE: 401,
  WEBHOOK_STALE: 401,
  WEBHOOK_MALFORMED: 400,
  WEBHOOK_TOO_LARGE: 413,
};

/**
 * Receives `POST /webhooks/<connection>`. Answers 2xx with an empty body only after the event is
 * stored; a repeated delivery is acknowledged again and stored once. Anything else is answered
 * with `{error: {code, message}}`, and nothing is stored.
 */
export function createWebhookDoor(needs: WebhookNeeds): WebhookDoor {
  const limitBytes = needs.limitBytes ?? 65_536;
  const timeoutMs = needs.bodyTimeoutMs ?? 10_000;

  return async (req, res) => {
    const path = (req.url ?? "").split("?", 1)[0] ?? "";
    if (!path.startsWith(prefix)) return false;
    const name = path.slice(prefix.length);
    try {
      await receive(name, req, res);
    } catch (error) {
      const status = isCountersignError(error) ? statusOf[error.code] : undefined;
      if (isCountersignError(error) && status) {
        const { code, message } = error;
        needs.log.warn({ connection: name.slice(0, 64), code }, "webhook refused");
        refuse(req, res, { status, code, message });
        return true;
      }
      const reference = `R-${randomBytes(4).toString("hex")}`;
      needs.log.error({ err: error, reference, connection: name }, "webhook not stored");
      const message = `Not stored, reference ${reference}. Send it again later.`;
      refuse(req, res, {
        status: 503,
        code: "NOT_STORED",
        message,
        headers: { "retry-after": "30" },
      });
    }
    return true;
  };

  async function receive(name: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const connection = needs.connections.get(name);
    if (!connection)
      throw new CountersignError("WEBHOOK_UNKNOWN", {
        connection: name.replace(/[^\w.-]/g, "?").slice(0, 64),
      });
    if (req.method !== "POST") {
      const headers = { allow: "POST" };
      const message = "Send webhooks with POST.";
      refuse(req, res, { status: 405, code: "METHOD_NOT_ALLOWED", message, headers });
      return;
    }
    const read = await readBody(req, { limitBytes, timeoutMs });
    if (read.kind === "aborted") return;
    if (read.kind === "too-large")
      throw new CountersignError("WEBHOOK_TOO_LARGE", { limit: limitBytes });
    if (read.kind === "too-slow") {
      const message = `The body did not arrive within ${timeoutMs / 1000} seconds. Send it again.`;
      refuse(req, res, { status: 408, code: "BODY_TIMEOUT", message });
      return;
    }
    const { secret, verify } = connection;
    const verdict = verify({ headers: pairs(req), body: read.bytes, secret, now: needs.now() });
    if (verdict === "forged") throw new CountersignError("WEBHOOK_SIGNATURE", { connection: name });
    if (verdict === "stale") throw new CountersignError("WEBHOOK_STALE");
    await needs.store.receive(name, parseEvent(read.bytes), read.bytes);
    res.writeHead(204).end();
  }
}

function parseEvent(bytes: Buffer): BusinessEvent {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new CountersignError(
      "WEBHOOK_MALFORMED",
      { problems: "it is not UTF-8 JSON" },
      { cause },
    );
  }
  const parsed = BusinessEvent.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new CountersignError("WEBHOOK_MALFORMED", { problems: problemsOf(parsed.error) });
}

/** Names the fields of ours that are wrong; never the sender's keys or values. */
const problemsOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) =>
      issue.code === "unrecognized_keys"
        ? "a field that is not part of an event"
        : `${issue.path.join(".") || "the body"} (${issue.code.replaceAll("_", " ")})`,
    )
    .join(", ");

const pairs = ({ rawHeaders }: IncomingMessage): [string, string][] =>
  rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as [string, string]] : [],
  );

type Refusal = {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
};

function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent || res.destroyed) return;
  const { status, code, message, headers } = refusal;
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  res.end(JSON.stringify({ error: { code, message } }));
  if (req.complete) return;
  // Closing at once would reset the connection before the sender reads the answer: drain a little.
  const timer = setTimeout(() => req.destroy(), 2_000);
  timer.unref();
  req.on("close", () => clearTimeout(timer)).resume();
}
