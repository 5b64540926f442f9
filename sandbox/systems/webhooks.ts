import { createHmac } from "node:crypto";
import type { WorldEvent } from "./state.ts";

export type Subscription = { readonly url: string; readonly secret: string };
/** duplicate: the event arrives twice · reorder: it arrives after the next one · lost: it never does. */
export type WebhookFault = {
  readonly kind: "duplicate" | "reorder" | "lost";
  readonly times: number;
};

export type WebhookSender = {
  readonly send: (event: WorldEvent) => void;
  /** Sent once, with a signature that is not ours, and past all faults. */
  readonly sendForged: (event: WorldEvent) => void;
  readonly subscribe: (subscription: Subscription | null) => void;
  readonly fault: (fault: WebhookFault) => void;
  /** Every delivery begun so far has arrived or was given up. */
  readonly settled: () => Promise<void>;
  /** Gives up what is under way. */
  readonly stop: () => void;
};

export type WebhookOptions = {
  readonly subscription: Subscription | null;
  readonly clock: () => Date;
  /** Pauses before the second, third, … attempt. */
  readonly retryDelaysMs?: readonly number[];
};

const timeoutMs = 10_000;
/** How long an event is held back for the next one to overtake it. */
const heldMs = 1_000;

/**
 * Signed deliveries: `v1=` and the HMAC-SHA256 in hex over `<timestamp>.<raw body>`, the timestamp in
 * seconds. Anything but a 2xx is tried again; the body, and so the event's id, stays the same.
 */
export function createWebhookSender(options: WebhookOptions): WebhookSender {
  const { clock, retryDelaysMs = [200, 1_000, 5_000, 15_000] } = options;
  let subscription = options.subscription;
  let faults: WebhookFault[] = [];
  let held: { event: WorldEvent; timer: NodeJS.Timeout } | null = null;
  let line: Promise<unknown> = Promise.resolve();
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const takeFault = (): WebhookFault["kind"] | null => {
    const [first, ...rest] = faults;
    if (!first) return null;
    faults = first.times > 1 ? [{ ...first, times: first.times - 1 }, ...rest] : rest;
    return first.kind;
  };

  const attempt = async ({ url, secret }: Subscription, body: string): Promise<boolean> => {
    const timestamp = String(Math.floor(clock().getTime() / 1000));
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    const answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "error",
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        "content-type": "application/json",
        "x-sandbox-timestamp": timestamp,
        "x-sandbox-signature": `v1=${signature}`,
      },
    }).catch(() => null);
    await answer?.body?.cancel();
    return answer?.ok ?? false;
  };

  const deliver = (event: WorldEvent, { forged = false } = {}): void => {
    if (!subscription || stopping.signal.aborted) return;
    const to = forged ? { ...subscription, secret: `not ${subscription.secret}` } : subscription;
    const body = JSON.stringify(event);
    // First attempts leave in order; a delivery that must be repeated holds up nobody.
    const first = line.then(() => attempt(to, body));
    line = first;
    // Nobody takes a forgery; to try again would only be noise.
    const whole = forged ? first.then(() => undefined) : repeat(first, () => attempt(to, body));
    underWay.add(whole);
    void whole.finally(() => underWay.delete(whole));
  };

  const repeat = async (first: Promise<boolean>, again: () => Promise<boolean>): Promise<void> => {
    let arrived = await first;
    for (const delay of retryDelaysMs) {
      if (arrived || !(await pause(delay, stopping.signal))) return;
      arrived = await again();
    }
  };

  const release = (): void => {
    if (!held) return;
    clearTimeout(held.timer);
    const { event } = held;
    held = null;
    deliver(event);
  };

  return {
    send(event) {
      const kind = takeFault();
      if (kind === "reorder") {
        release();
        held = { event, timer: setTimeout(release, heldMs) };
        return;
      }
      if (kind !== "lost") deliver(event);
      if (kind === "duplicate") deliver(event);
      release();
    },
    sendForged: (event) => deliver(event, { forged: true }),
    subscribe: (to) => {
      subscription = to;
    },
    fault: (fault) => void faults.push(fault),
    async settled() {
      release();
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop() {
      if (held) clearTimeout(held.timer);
      held = null;
      stopping.abort();
    },
  };
}

/** False when it was cut short. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stopped = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stopped);
      resolve(true);
    }, milliseconds);
    signal.addEventListener("abort", stopped, { once: true });
  });
