import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
} from "@slack/web-api";
import { isCountersignError } from "#/domain/errors.ts";
import type { Thread } from "#/domain/proposal.ts";
import type { SlackMessage } from "./cards/limits.ts";

/** How a call to Slack ended. `unknown`: perhaps stored, so never sent again blindly. */
export type Failure =
  | { readonly kind: "not-sent"; readonly why: string; readonly afterSeconds: number | null }
  | { readonly kind: "unknown"; readonly why: string };

/** Why a call failed, in our words and Slack's error codes. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError)
    return { kind: "not-sent", why: "rate limited", afterSeconds: error.retryAfter };
  if (error instanceof WebAPIPlatformError) {
    const code = slackCode(error.data.error);
    return perhapsStored.has(code)
      ? { kind: "unknown", why: `Slack answered ${code}` }
      : { kind: "not-sent", why: `Slack refused: ${code}`, afterSeconds: null };
  }
  if (error instanceof WebAPIHTTPError)
    return error.statusCode < 500
      ? { kind: "not-sent", why: `HTTP ${error.statusCode}`, afterSeconds: null }
      : { kind: "unknown", why: `HTTP ${error.statusCode}` };
  if (error instanceof WebAPIRequestError)
    return neverConnected(error.original)
      ? { kind: "not-sent", why: "no connection to Slack", afterSeconds: null }
      : { kind: "unknown", why: "the connection ended without an answer" };
  if (error instanceof NotDelivered || isCountersignError(error))
    return { kind: "not-sent", why: error.message, afterSeconds: null };
  return { kind: "unknown", why: "an error of an unknown kind" };
}

/** Known not to have left: nobody to send it to, or nothing to send yet. */
export class NotDelivered extends Error {
  override name = "NotDelivered";
}

// Slack says of these that part of the work may have been done.
const perhapsStored = new Set([
  "fatal_error",
  "internal_error",
  "request_timeout",
  "service_unavailable",
  "team_added_to_org",
]);

const slackCode = (text: string): string => (/^[a-z_]{1,60}$/.test(text) ? text : "an error");

const beforeConnecting = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function neverConnected(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && beforeConnecting.has(at.code)) return true;
    if (at instanceof AggregateError && at.errors.length > 0 && at.errors.every(neverConnected))
      return true;
  }
  return false;
}

export const outboxEvent = "countersign_outbox";

export type Posting = {
  readonly channel: string;
  readonly threadTs?: string;
  readonly message: SlackMessage;
  /**
   * Outbox id, kept in the message's metadata so that a lost answer can be looked up.
   * null for a reply that is not worth it.
   */
  readonly id: number | null;
  /** `#seq hash12` of the audit line that the message shows, if it shows one. */
  readonly anchor?: string | null;
};

/** Posts once, without previews or pings. Throws what `failureOf` understands. */
export async function post(client: WebClient, posting: Posting): Promise<Thread> {
  const { channel, threadTs, message, id } = posting;
  const ready = {
    channel,
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    text: message.text,
    blocks: message.blocks,
    parse: "none" as const,
    unfurl_links: false,
    unfurl_media: false,
    ...(id !== null && { metadata: { event_type: outboxEvent, event_payload: { id } } }),
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not a window's
  const answer = await client.chat.postMessage(ready);
  return { channel: answer.channel ?? channel, ts: answer.ts ?? "" };
}

type Found = { ts?: string; metadata?: { event_type?: string; event_payload?: unknown } };

/**
 * Looks for a message whose post got no answer. null: not seen among the newest ones, which does
 * not prove that it is not there.
 */
export async function findPosted(
  client: WebClient,
  { channel, threadTs, id }: Posting,
): Promise<Thread | null> {
  const query = { channel, include_all_metadata: true, limit: 15 };
  const { messages } =
    threadTs === undefined
      ? await client.conversations.history(query)
      : await client.conversations.replies({ ...query, ts: threadTs });
  const seen = (messages ?? []).map((found): Found => found);
  const match = seen.find(
    ({ metadata }) => metadata?.event_type === outboxEvent && idOf(metadata.event_payload) === id,
  );
  return match?.ts === undefined ? null : { channel, ts: match.ts };
}

const idOf = (payload: unknown): number | null =>
  typeof payload === "object" && payload !== null && "id" in payload ? Number(payload.id) : null;

/** One message per second and channel, as Slack asks. */
export function createPace(clock: { now(): number; wait(ms: number): Promise<void> }) {
  const next = new Map<string, number>();
  return async (channel: string): Promise<void> => {
    const now = clock.now();
    const due = Math.max(now, next.get(channel) ?? 0);
    next.set(channel, due + 1000);
    for (const [name, at] of next) if (at < now) next.delete(name);
    if (due > now) await clock.wait(due - now);
  };
}
