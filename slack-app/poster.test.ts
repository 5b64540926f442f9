import { createServer } from "node:http";
import { LogLevel, WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SlackEmulator, startSlackEmulator } from "#/sandbox/slack/slack-emulator.ts";
import type { ClaimedItem, OutboxItem } from "#/workflows/services.ts";
import { createPoster, type Needs, type Poster } from "./poster.ts";
import { createPace } from "./sending.ts";
import { createFirm, type Firm } from "./test-firm.ts";
import { ana, dana, eli, mrkdwnOf } from "./test-views.ts";

let slack: SlackEmulator;
let firm: Firm;
let poster: Poster;
let waited: number[];
let homes: string[];

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

function build(more: Partial<Needs> = {}): Poster {
  const options = { slackApiUrl: slack.apiUrl, timeout: 5000, logLevel: LogLevel.ERROR };
  return createPoster({
    services: firm.services,
    outbox: firm.outbox,
    reads: new WebClient("xoxb-1", { ...options, retryConfig: { retries: 0 } }),
    posts: new WebClient("xoxb-1", {
      ...options,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    }),
    workspace: async () => ({ team: "T1", enterprise: null, botUser: slack.app.userId }),
    noticeChannel: slack.channelId("delivery"),
    refreshHome: (user) => void homes.push(user),
    clock: { now: () => 0, wait: async (ms) => void waited.push(ms) },
    pollMs: 1000,
    log: quiet,
    ...more,
  });
}

beforeEach(async () => {
  slack = await startSlackEmulator({
    signingSecret: "0123456789abcdef",
    botToken: "xoxb-1",
    appToken: "xapp-1",
    team: { id: "T1", name: "Acme", domain: "acme" },
    people: [
      { name: "Dana Ito", email: "dana@acme.example" },
      { name: "Eli Mora", email: "eli@acme.example" },
      { name: "Ana Kovac", email: "ana@acme.example", guest: true },
    ],
    channels: [{ name: "delivery", members: ["Dana Ito"] }],
  });
  firm = createFirm();
  waited = [];
  homes = [];
  poster = build();
});
afterEach(async () => {
  await poster.stop();
  await slack.close();
});

const posted = (channel = slack.directMessages("Dana Ito")) => slack.messages(channel);
const stateOf = ({ id }: ClaimedItem) => firm.queue.find((one) => one.item.id === id);
const send = async (item: OutboxItem): Promise<ReturnType<typeof stateOf>> => {
  const queued = firm.enqueue(item);
  await poster.drain();
  return stateOf(queued);
};

describe("trouble on the way to Slack", () => {
  test("rate limited: not sent, tried again when Slack says, then sent once", async () => {
    firm.propose();
    slack.injectFault({ kind: "rate_limit", method: "chat.postMessage", retryAfterSeconds: 17 });
    await poster.drain();
    expect(firm.queue[0]?.state).toBe("retry 17");
    expect(posted()).toEqual([]);
    firm.makeDue();
    await poster.drain();
    expect(firm.queue[0]?.state).toBe("sent");
    expect(posted()).toHaveLength(1);
  });

  test("P4: the answer was lost after Slack stored the message: found by its mark, never sent twice", async () => {
    firm.propose();
    slack.injectFault({ kind: "drop_response", method: "chat.postMessage" });
    await poster.drain();
    expect(posted()).toHaveLength(1);
    expect(firm.queue[0]).toMatchObject({
      state: "sent",
      at: { channel: slack.directMessages("Dana Ito"), ts: posted()[0]?.ts },
    });
  });

  test("P4: lost and not to be found: kept for a person, not sent again by itself", async () => {
    firm.propose();
    slack.injectFault({ kind: "drop_response", method: "chat.postMessage" });
    slack.injectFault({
      kind: "api_error",
      method: "conversations.history",
      error: "missing_scope",
    });
    await poster.drain();
    firm.makeDue();
    await poster.drain();
    expect(firm.queue[0]).toMatchObject({
      state: "unknown",
      why: "the connection ended without an answer",
    });
    expect(posted()).toHaveLength(1);
  });

  test("a 5xx is not known to be unsent; a refusal by Slack is", async () => {
    firm.propose();
    slack.injectFault({ kind: "server_error", method: "chat.postMessage", status: 503 });
    await poster.drain();
    expect(firm.queue[0]).toMatchObject({ state: "unknown", why: "HTTP 503" });

    firm.propose();
    slack.injectFault({
      kind: "api_error",
      method: "chat.postMessage",
      error: "channel_not_found",
    });
    await poster.drain();
    expect(firm.queue[1]).toMatchObject({
      state: "retry 2",
      why: "Slack refused: channel_not_found",
    });

    firm.propose();
    slack.injectFault({ kind: "api_error", method: "chat.postMessage", error: "fatal_error" });
    await poster.drain();
    expect(firm.queue[2]?.state).toBe("unknown");
  });

  test("nobody listens at Slack's address: provably not sent", async () => {
    const closed = createServer();
    await new Promise<void>((ready) => closed.listen(0, "127.0.0.1", ready));
    const at = closed.address();
    await new Promise((done) => closed.close(done));
    const port = typeof at === "object" ? at?.port : 0;
    const nowhere = new WebClient("xoxb-1", {
      slackApiUrl: `http://127.0.0.1:${port}/api/`,
      retryConfig: { retries: 0 },
    });
    poster = build({ posts: nowhere });
    firm.propose();
    await poster.drain();
    expect(firm.queue[0]).toMatchObject({ state: "retry 2", why: "no connection to Slack" });
  });

  test("P4: a database that fails after the post does not turn it into a second message", async () => {
    firm.propose();
    firm.hooks.failSent = 1;
    await expect(poster.drain()).rejects.toThrow("the database is gone");
    await poster.drain();
    expect(posted()).toHaveLength(1);
    expect(firm.queue[0]?.state).toBe("claimed");
  });

  test("stopped in the middle: the message under way is sent, the others go back unsent", async () => {
    const underWay = Promise.withResolvers<void>();
    const stopping = Promise.withResolvers<void>();
    for (const text of ["one", "two", "three"])
      firm.enqueue({ kind: "direct-message", email: dana.email, text });
    poster = build({
      clock: {
        now: () => 0,
        wait: async () => {
          underWay.resolve();
          await stopping.promise;
        },
      },
    });
    const draining = poster.drain();
    await underWay.promise;
    const stop = poster.stop();
    stopping.resolve();
    await Promise.all([draining, stop]);
    expect(firm.queue.map(({ state }) => state)).toEqual(["sent", "sent", "retry 0"]);
    expect(posted()).toHaveLength(2);
  });

  test("waiting grows with the attempts up to an hour", async () => {
    const { id, version } = firm.propose({}, []);
    firm.enqueue({ kind: "proposal-card", proposal: id, version, person: ana.id });
    const states: string[] = [];
    for (let round = 0; round < 14; round += 1) {
      firm.makeDue();
      await poster.drain();
      states.push(firm.queue[0]?.state ?? "");
    }
    expect(states.slice(0, 4)).toEqual(["retry 2", "retry 4", "retry 8", "retry 16"]);
    expect(states.at(-1)).toBe("retry 3600");
    expect(firm.queue[0]?.why).toContain("no full member of the workspace");
  });
});

describe("what is sent where", () => {
  test("a card goes to the approver as a direct message, links the account once, marks the inbox", async () => {
    const { id } = firm.propose();
    await poster.drain();
    const [card] = posted();
    expect(JSON.stringify(card?.blocks)).toContain(id);
    expect(card?.metadata).toEqual({ event_type: "countersign_outbox", event_payload: { id: 1 } });
    const { id: user } = slack.people.get("Dana Ito");
    expect([...firm.links.keys()]).toEqual([`T1/${user}`]);
    expect(homes).toEqual([user]);
    const options = slack.calls.find(({ method }) => method === "chat.postMessage")?.args;
    expect(options).toMatchObject({ parse: "none" });
    expect(String(options?.["unfurl_links"])).toBe("false");
    expect(String(options?.["unfurl_media"])).toBe("false");
  });

  test("a card for something decided meanwhile is not sent at all", async () => {
    const { id } = firm.propose();
    const before = firm.need(id, 1);
    firm.put({ ...before, proposal: { ...before.proposal, state: "expired" } });
    await poster.drain();
    expect(firm.queue[0]).toMatchObject({ state: "sent", at: null });
    expect(posted()).toEqual([]);
  });

  test("H7: a deleted card does not stop the refresh of the others", async () => {
    const { id } = firm.propose({}, [dana, eli]);
    await poster.drain();
    slack.injectFault({ kind: "api_error", method: "chat.update", error: "message_not_found" });
    const before = firm.need(id, 1);
    firm.put({ ...before, proposal: { ...before.proposal, state: "rejected" } });
    const refresh = await send({ kind: "card-refresh", proposal: id, version: 1 });
    expect(refresh?.state).toBe("sent");
    expect(JSON.stringify(posted(slack.directMessages("Eli Mora")))).toContain("*Rejected*");
  });

  test("a refresh that met trouble is repeated, because an update may be", async () => {
    const { id } = firm.propose();
    await poster.drain();
    slack.injectFault({ kind: "drop_response", method: "chat.update" });
    const refresh = await send({ kind: "card-refresh", proposal: id, version: 1 });
    expect(refresh?.state).toBe("retry 2");
  });

  test("a card whose truth moves while it is written ends as the truth, without buttons", async () => {
    const { id } = firm.propose();
    await poster.drain();
    const { outbox } = firm;
    let reads = 0;
    poster = build({
      outbox: {
        ...outbox,
        proposalView: async (...asked) => {
          const seen = await outbox.proposalView(...asked);
          reads += 1;
          // Decided by somebody else right after the first read.
          if (reads === 1) firm.put({ ...seen, proposal: { ...seen.proposal, state: "approved" } });
          return seen;
        },
      },
    });
    await send({ kind: "card-refresh", proposal: id, version: 1 });
    expect(JSON.stringify(posted()[0]?.blocks)).not.toContain("proposal.approve");
    expect(reads).toBe(3);
  });

  test("a notice starts the thread in the firm's channel, and the outcome goes into it", async () => {
    const { exceptionId, id } = firm.propose({ state: "done" }, []);
    if (exceptionId === null) throw new Error("the proposal has a case");
    const early = await send({ kind: "outcome", proposal: id, version: 1 });
    expect(early).toMatchObject({
      state: "retry 2",
      why: "the notice that starts the thread has not been sent yet",
    });
    await send({ kind: "exception-notice", exception: exceptionId });
    firm.makeDue();
    await poster.drain();
    const [notice, outcome] = posted(slack.channelId("delivery"));
    expect(outcome?.thread_ts).toBe(notice?.ts);
    expect(mrkdwnOf(outcome?.blocks)[0]).toContain("*Done*");
  });

  test("an outcome without a case goes to its own thread, else to whoever asked", async () => {
    const { id } = firm.propose(
      {
        exceptionId: null,
        state: "failed",
        requestedBy: { kind: "person", person: dana.id, name: dana.name },
      },
      [],
    );
    await send({ kind: "outcome", proposal: id, version: 1 });
    expect(mrkdwnOf(posted()[0]?.blocks)[0]).toContain("*Not carried out*");
  });

  test("words of others in a direct message stay words", async () => {
    await send({
      kind: "direct-message",
      email: "dana@acme.example",
      text: "Please submit <!channel> <https://evil.example|here>\nThank you",
    });
    const [message] = posted();
    expect(message?.text).not.toContain("<");
    expect(message?.blocks?.[0]).toMatchObject({
      type: "section",
      text: { type: "plain_text", emoji: false },
    });
  });
});

describe("at its own pace", () => {
  test("one message per second and channel, others are not held up", async () => {
    const asked: [string, number][] = [];
    let now = 0;
    const pace = createPace({
      now: () => now,
      wait: async (ms) => void asked.push([current, ms]),
    });
    let current = "";
    for (const channel of ["C1", "C2", "C1", "C1"]) {
      current = channel;
      await pace(channel);
    }
    expect(asked).toEqual([
      ["C1", 1000],
      ["C1", 2000],
    ]);
    now = 10_000;
    await pace("C1");
    expect(asked).toHaveLength(2);
  });

  test("two at once do not send the same item twice, and a call during a round is not lost", async () => {
    firm.propose();
    const first = poster.drain();
    firm.propose();
    await Promise.all([first, poster.drain(), poster.drain()]);
    expect(posted()).toHaveLength(2);
    expect(firm.queue.map((one) => one.state)).toEqual(["sent", "sent"]);
  });

  test("started, it looks by itself; stopped, it claims nothing more", async () => {
    poster.start();
    firm.propose();
    poster.wake();
    await slack.waitForMessage(({ text }) => text.includes("P-000001"));
    await poster.stop();
    firm.propose();
    poster.wake();
    await poster.drain();
    expect(firm.queue[1]?.state).toBe("pending");
  });
});
