import type { WebClient } from "@slack/web-api";
import type { Thread } from "#/domain/proposal.ts";
import type { ClaimedItem, Outbox } from "#/workflows/services.ts";
import { type Needs as DeliverNeeds, prepare } from "./deliver.ts";
import { errorDetails } from "./log.ts";
import { createPace, type Failure, failureOf, findPosted, type Posting, post } from "./sending.ts";

export type Needs = DeliverNeeds & {
  readonly outbox: Outbox;
  /** Never repeats a call by itself, and rejects when rate limited. */
  readonly posts: WebClient;
  readonly clock: { now(): number; wait(ms: number): Promise<void> };
  readonly pollMs: number;
};

export type Poster = {
  readonly start: () => void;
  /** Looks at the outbox now instead of at the next poll. */
  readonly wake: () => void;
  /** Sends what can be sent now; resolves when the outbox gives nothing more. */
  readonly drain: () => Promise<void>;
  /** Finishes the message it is sending, and hands back what else it has claimed. */
  readonly stop: () => Promise<void>;
};

// Few at a time: what is claimed goes out at a message a second, and an answer overtakes only the rest.
const batch = 3;
const longestWait = 3600;
const stopped = "the sender was stopped before it was sent";

/** Drains the outbox into Slack, one item at a time, each at most once. */
export function createPoster(needs: Needs): Poster {
  const pace = createPace(needs.clock);
  const life = { started: false, stopping: false, again: false };
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | null = null;

  async function drainOnce(): Promise<void> {
    while (!life.stopping) {
      const items = await needs.outbox.claim(batch);
      if (items.length === 0) return;
      for (const item of items)
        if (life.stopping) await needs.outbox.retryLater(item, stopped, 0);
        else await sendItem(item, pace, needs);
    }
  }
  async function rounds(): Promise<void> {
    try {
      while (life.again && !life.stopping) {
        life.again = false;
        await drainOnce();
      }
    } finally {
      round = null;
    }
  }
  // One round at a time; whoever comes during a round gets a full one after it.
  function drain(): Promise<void> {
    life.again = true;
    round ??= rounds();
    return round;
  }
  function plan(ms: number): void {
    clearTimeout(timer);
    if (life.started && !life.stopping) timer = setTimeout(tick, ms);
  }
  function tick(): void {
    drain()
      .catch((error: unknown) =>
        needs.log.error(errorDetails(error), "the outbox could not be read; trying again"),
      )
      .finally(() => plan(needs.pollMs));
  }
  return {
    start: () => {
      life.started = true;
      life.stopping = false;
      plan(0);
    },
    wake: () => plan(0),
    drain,
    stop: async () => {
      life.stopping = true;
      clearTimeout(timer);
      await round?.catch(() => undefined);
    },
  };
}

async function sendItem(
  item: ClaimedItem,
  pace: (channel: string) => Promise<void>,
  needs: Needs,
): Promise<void> {
  let posting: Posting | null = null;
  try {
    posting = await prepare(item, needs);
    if (posting !== null) await pace(posting.channel);
  } catch (error) {
    return settle({ item, posting: null }, error, needs);
  }
  let at: Thread | null = null;
  try {
    if (posting !== null) at = await post(needs.posts, posting);
  } catch (error) {
    return settle({ item, posting }, error, needs);
  }
  // Outside the two above: a database that fails here must not make the message "not sent".
  await needs.outbox.sent(item, at, posting?.anchor ?? null);
}

/** Before the post every failure is provably unsent; after it, only what Slack refused is. */
async function settle(
  { item, posting }: { item: ClaimedItem; posting: Posting | null },
  error: unknown,
  needs: Needs,
): Promise<void> {
  const failure = failureOf(error);
  const about = { outbox: item.id, kind: item.item.kind, attempt: item.attempt };
  const details = { ...about, why: failure.why, ...errorDetails(error) };
  if (posting === null || failure.kind === "not-sent") {
    needs.log.warn(details, "a message was not sent; trying again later");
    return needs.outbox.retryLater(item, failure.why, delay(failure, item.attempt));
  }
  const found = await lookUp(posting, needs);
  if (found !== null) return needs.outbox.sent(item, found, posting.anchor ?? null);
  needs.log.error(details, "a message was perhaps sent; it is not sent again");
  return needs.outbox.unknown(item, failure.why);
}

async function lookUp(posting: Posting, needs: Needs) {
  try {
    return await findPosted(needs.reads, posting);
  } catch (error) {
    needs.log.warn(errorDetails(error), "a perhaps sent message could not be looked up");
    return null;
  }
}

/** Slack's own wish, else 2, 4, 8 … seconds up to an hour. When to give up is the outbox's to say. */
function delay(failure: Failure, attempt: number): number {
  const wished = failure.kind === "not-sent" ? failure.afterSeconds : null;
  return wished ?? Math.min(longestWait, 2 ** Math.min(Math.max(attempt, 1), 12));
}
