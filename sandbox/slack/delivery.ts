import { createHmac, randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { DeliveryKind, Faults } from "./faults.ts";
import { asFields, asText, type Fields } from "./fields.ts";
import type { Ack, SocketMode } from "./socket-mode.ts";

/** After a failed first attempt an event is tried again at once, after a minute and after five. */
const retryDelaysMs = [0, 60_000, 300_000] as const;

export type Attempt = { n: number; ms: number; ok: boolean; reason?: string; status?: number };

export type Delivery = {
  kind: DeliveryKind;
  eventId?: string;
  payload: Fields;
  attempts: Attempt[];
  acked: boolean;
  /** The ack payload: view errors, command text. Set once acked with a body. */
  response?: unknown;
  /** Resolves when no further attempt will be made. */
  settled: Promise<void>;
};

export type DeliverOptions = {
  eventId?: string;
  skewSeconds?: number;
  secret?: string;
  /** Pretends this is the nth retry. */
  retry?: number;
};

export type DeliveryNeeds = {
  clock: Clock;
  faults: Faults;
  sockets: SocketMode;
  signingSecret: string;
  requestUrl: () => string | undefined;
  ackTimeoutMs: number;
};

type Sending = { delivery: Delivery; options: DeliverOptions; n: number; reason?: string };
type Answer = Ack & { status?: number; noRetry?: boolean };

/**
 * Hands payloads to the app: over Socket Mode when a connection is open, else signed to the request
 * url. Three seconds to ack; events are retried, interactions and commands are not.
 */
export function createDeliveries(needs: DeliveryNeeds) {
  const log: Delivery[] = [];
  const { clock, faults } = needs;

  async function attempt(sending: Sending): Promise<Answer> {
    const { delivery, n } = sending;
    const delay = faults.take("delay_delivery", delivery.kind);
    if (delay) await new Promise<void>((resolve) => void clock.later(delay.ms, resolve));
    const started = performance.now();
    const answer = faults.take("lose_delivery", delivery.kind)
      ? { ok: false, reason: "connection_failed" }
      : needs.sockets.count() > 0
        ? await overSocket(sending)
        : await overHttp(sending);
    const done: Attempt = { n, ms: Math.round(performance.now() - started), ok: answer.ok };
    if (answer.reason !== undefined) done.reason = answer.reason;
    if (answer.status !== undefined) done.status = answer.status;
    delivery.attempts.push(done);
    if (answer.ok && !delivery.acked) {
      delivery.acked = true;
      delivery.response = answer.payload;
    }
    return answer;
  }

  function overSocket({ delivery, n, reason }: Sending): Promise<Answer> {
    const isEvent = delivery.kind === "events_api";
    const envelope: Fields = {
      envelope_id: randomUUID(),
      type: delivery.kind,
      payload: delivery.payload,
      accepts_response_payload: !isEvent,
      ...(isEvent ? { retry_attempt: n, retry_reason: reason ?? "" } : {}),
    };
    const cut = faults.take("socket_disconnect") !== undefined;
    return needs.sockets.send(envelope, needs.ackTimeoutMs, cut);
  }

  async function overHttp({ delivery, options, n, reason }: Sending): Promise<Answer> {
    const url = needs.requestUrl();
    if (url === undefined) return { ok: false, reason: "connection_failed" };
    const { body, type } = encode(delivery.kind, delivery.payload);
    const skew = options.skewSeconds ?? faults.take("skewed_timestamp")?.seconds ?? 0;
    const wrong = faults.take("wrong_secret") ? "not the secret" : undefined;
    const secret = options.secret ?? wrong ?? needs.signingSecret;
    const ts = Math.floor(clock.now() / 1000) + skew;
    const headers: Record<string, string> = {
      "content-type": type,
      "user-agent": "Sandbox chat",
      "x-slack-request-timestamp": String(ts),
      "x-slack-signature": `v0=${createHmac("sha256", secret).update(`v0:${ts}:${body}`).digest("hex")}`,
    };
    if (n > 0) {
      headers["x-slack-retry-num"] = String(n);
      headers["x-slack-retry-reason"] = reason ?? "http_timeout";
    }
    return post(url, { headers, body }, needs.ackTimeoutMs);
  }

  async function retry(first: Sending, failed: Answer): Promise<void> {
    let reason = failed.reason ?? "http_error";
    for (const [index, delay] of retryDelaysMs.entries()) {
      if (delay > 0) await new Promise<void>((resolve) => void clock.later(delay, resolve));
      const answer = await attempt({ ...first, n: index + 1, reason });
      if (answer.ok || answer.noRetry === true) return;
      reason = answer.reason ?? "http_error";
    }
  }

  async function again(sending: Sending, asRetry: boolean): Promise<void> {
    await attempt({
      ...sending,
      n: asRetry ? 1 : 0,
      ...(asRetry ? { reason: "http_timeout" } : {}),
    });
  }

  return {
    log,
    hasRequestUrl: () => needs.requestUrl() !== undefined,
    /** Resolves once the first attempt was acked or failed; retries of events go on behind it. */
    async deliver(
      kind: DeliveryKind,
      payload: Fields,
      options: DeliverOptions = {},
    ): Promise<Delivery> {
      const sent =
        options.eventId === undefined ? payload : { ...payload, event_id: options.eventId };
      const delivery: Delivery = {
        kind,
        payload: sent,
        attempts: [],
        acked: false,
        settled: Promise.resolve(),
      };
      const eventId = asText(sent["event_id"]);
      if (eventId) delivery.eventId = eventId;
      log.push(delivery);
      if (log.length > 5000) log.shift();
      const sending: Sending = { delivery, options, n: options.retry ?? 0 };
      const twice = faults.take("duplicate_delivery", kind);
      // Interactions have no retries, so their duplicate is the same press twice at the same moment.
      const echo = twice && kind !== "events_api" ? again(sending, false) : undefined;
      const answer = await attempt(sending);
      if (twice && kind === "events_api") delivery.settled = again(sending, twice.asRetry === true);
      else if (echo) delivery.settled = echo;
      else if (!answer.ok && answer.noRetry !== true && kind === "events_api") {
        delivery.settled = retry(sending, answer);
      }
      return delivery;
    },
  };
}
export type Deliveries = ReturnType<typeof createDeliveries>;

function encode(kind: DeliveryKind, payload: Fields): { body: string; type: string } {
  const form = "application/x-www-form-urlencoded";
  if (kind === "events_api") return { body: JSON.stringify(payload), type: "application/json" };
  if (kind === "interactive") {
    return {
      body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
      type: form,
    };
  }
  const flat = Object.entries(payload).map(([key, value]): [string, string] => [
    key,
    asText(value),
  ]);
  return { body: new URLSearchParams(flat).toString(), type: form };
}

/** Posts and reads the answer. Anything but 2xx within the limit is not an ack. */
async function post(
  url: string,
  request: { headers: Record<string, string>; body: string },
  timeoutMs: number,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...request,
    });
    const text = await response.text();
    const noRetry = response.headers.get("x-slack-no-retry") === "1";
    if (!response.ok) return { ok: false, reason: "http_error", status: response.status, noRetry };
    return { ok: true, payload: readBody(text), status: response.status };
  } catch (error) {
    const timedOut = asFields(error)["name"] === "TimeoutError";
    return { ok: false, reason: timedOut ? "http_timeout" : "connection_failed" };
  }
}

function readBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
