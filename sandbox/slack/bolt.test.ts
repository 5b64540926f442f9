import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach, describe, expect, test } from "vitest";
import { type SlackEmulator, startSlackEmulator } from "./slack-emulator.ts";

const setup = {
  signingSecret: "a-signing-secret",
  botToken: "xoxb-sandbox",
  appToken: "xapp-sandbox",
  team: { id: "T0NORTH", name: "Northwind", domain: "northwind" },
  people: [
    { name: "Dana Reyes", email: "dana@northwind.test", tz: "Europe/Berlin" },
    { name: "Omar Haddad", email: "omar@northwind.test" },
  ],
  channels: [{ name: "apollo", members: ["dana@northwind.test", "omar@northwind.test"] }],
  ackTimeoutMs: 700,
};
const dana = "dana@northwind.test";
const omar = "omar@northwind.test";
const plain = (text: string) => ({ type: "plain_text" as const, text });
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Mode = "http" | "socket";

/** An unmodified Bolt app and the emulator, joined the way a real app and Slack are. */
async function join(
  mode: Mode,
): Promise<{ slack: SlackEmulator; app: App; start: () => Promise<void> }> {
  const slack = await startSlackEmulator(setup);
  closing.push(() => slack.close());
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } };
  const shared = { token: setup.botToken, clientOptions, logLevel: LogLevel.ERROR, logger: quiet };
  if (mode === "socket") {
    const app = new App({ ...shared, appToken: setup.appToken, socketMode: true });
    const start = async (): Promise<void> => {
      await app.start();
      closing.push(() => app.stop());
    };
    return { slack, app, start };
  }
  const receiver = new HTTPReceiver({ signingSecret: setup.signingSecret, logger: quiet });
  const app = new App({ ...shared, receiver });
  const start = async (): Promise<void> => {
    const server = await receiver.start(0);
    closing.push(() => receiver.stop());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  };
  return { slack, app, start };
}

const quiet = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

describe.each<Mode>(["http", "socket"])("an unmodified Bolt app over %s", (mode) => {
  test("walks from command to card to modal to the updated card", async () => {
    const { slack, app, start } = await join(mode);
    app.command("/propose", async ({ ack, client, body }) => {
      await ack();
      await client.chat["postMessage"]({
        channel: body.user_id,
        text: "A proposal waits",
        metadata: { event_type: "proposal", event_payload: { id: "p1", version: 2 } },
        blocks: [
          {
            type: "actions",
            block_id: "decide",
            elements: [
              { type: "button", action_id: "approve", text: plain("Approve"), value: "p1" },
              { type: "button", action_id: "reject", text: plain("Reject"), value: "p1" },
            ],
          },
        ],
      });
    });
    app.action("reject", async ({ ack, body, client }) => {
      await ack();
      if (body.type !== "block_actions") return;
      const element = { type: "plain_text_input" as const, action_id: "text", multiline: true };
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: "modal",
          callback_id: "reject",
          private_metadata: JSON.stringify({ ts: body.message?.ts, channel: body.channel?.id }),
          title: plain("Reject"),
          submit: plain("Reject"),
          blocks: [{ type: "input", block_id: "reason", label: plain("Reason"), element }],
        },
      });
    });
    app.view("reject", async ({ ack, view, client, body }) => {
      const reason = view.state.values["reason"]?.["text"]?.value ?? "";
      if (reason.length < 10) {
        await ack({ response_action: "errors", errors: { reason: "Say more." } });
        return;
      }
      await ack();
      const { ts, channel } = JSON.parse(view.private_metadata);
      const text = `Rejected by ${body.user.id}: ${reason}`;
      await client.chat.update({ channel, ts, text, blocks: [] });
    });
    await start();

    const command = await slack.slashCommand(dana, "/propose", "move hours");
    expect(command.acked).toBe(true);
    const card = await slack.waitForMessage((one) => one.text === "A proposal waits");
    expect(card.metadata).toEqual({
      event_type: "proposal",
      event_payload: { id: "p1", version: 2 },
    });
    expect((await slack.clickButton(dana, card.ts, "reject")).acked).toBe(true);
    const modal = await slack.waitForModal(dana);

    const refused = await slack.submitView(dana, modal.id, { reason: "no" });
    expect(refused.response).toMatchObject({ response_action: "errors" });
    expect(slack.modals(dana).at(-1)?.errors).toEqual({ reason: "Say more." });
    await slack.submitView(dana, modal.id, { reason: { text: "Ann is on leave that week" } });
    const id = slack.people.get(dana).id;
    const after = await slack.waitForMessage((one) => one.text.startsWith("Rejected by"));
    expect(after).toMatchObject({
      ts: card.ts,
      text: `Rejected by ${id}: Ann is on leave that week`,
    });
    expect(slack.modals(dana)).toEqual([]);
    await expect(slack.clickButton(dana, card.ts, "approve")).rejects.toThrow("is not on what");
    slack.injectFault({ kind: "stale_click" });
    const stale = await slack.clickButton(dana, card.ts, "approve", { value: "p1" });
    expect(stale.payload["actions"]).toMatchObject([{ action_id: "approve", value: "p1" }]);
  });

  test("hears both of two people who press at once, and everything delivered twice", async () => {
    const { slack, app, start } = await join(mode);
    const pressed: string[] = [];
    const heard: string[] = [];
    app.action("approve", async ({ ack, body, respond }) => {
      await ack();
      pressed.push(body.user.id);
      await respond({ text: "counted", replace_original: false });
    });
    app.event("app_mention", async ({ body }) => void heard.push(body.event_id));
    await start();
    const posted = await app.client.chat["postMessage"]({
      channel: slack.channelId("apollo"),
      text: "Decide",
      blocks: [
        {
          type: "actions",
          elements: [{ type: "button", action_id: "approve", text: plain("Approve") }],
        },
      ],
    });
    const ts = posted.ts ?? "";
    await Promise.all([
      slack.clickButton(dana, ts, "approve"),
      slack.clickButton(omar, ts, "approve"),
    ]);
    await expect.poll(() => pressed.length).toBe(2);
    expect(new Set(pressed).size).toBe(2);
    await expect.poll(() => slack.ephemerals(dana).map((one) => one.text)).toEqual(["counted"]);

    slack.injectFault({ kind: "duplicate_delivery", delivery: "interactive" });
    await (await slack.clickButton(dana, ts, "approve")).settled;
    await expect.poll(() => pressed.length).toBe(4);

    const mention = `<@${slack.app.userId}> status?`;
    const plainEvent = await slack.postMessage(dana, "apollo", mention);
    const id = plainEvent.delivery?.eventId ?? "";
    await slack.deliver("events_api", plainEvent.delivery?.payload ?? {}, { retry: 1 });
    await expect.poll(() => heard).toEqual([id, id]);
  });

  test("streams an answer with status into the thread of the question", async () => {
    const { slack, app, start } = await join(mode);
    app.message("status", async ({ setStatus, sayStream }) => {
      await setStatus?.({ status: "is thinking…" });
      const stream = sayStream?.({ buffer_size: 1 });
      await stream?.append({ markdown_text: "Apollo is **amber**" });
      await stream?.append({ markdown_text: ", 7 days late." });
      await stream?.stop();
    });
    await start();
    const { message } = await slack.postMessage(dana, "apollo", "status please");
    const text = "Apollo is **amber**, 7 days late.";
    const answer = await slack.waitForMessage((one) => one.text === text && one.streaming !== true);
    expect(answer.thread_ts).toBe(message.ts);
    const started = slack.calls.find((call) => call.method === "chat.startStream");
    expect(started?.args).toMatchObject({
      recipient_team_id: "T0NORTH",
      recipient_user_id: slack.people.get(dana).id,
    });
    expect(slack.calls.some((call) => call.method === "assistant.threads.setStatus")).toBe(true);
    expect(slack.thread("apollo", message.ts)).toHaveLength(2);
  });

  test("acks events before a slow listener ends, and never acks what it does not handle", async () => {
    const { slack, app, start } = await join(mode);
    let finish = (): void => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const retries: unknown[] = [];
    app.event("app_home_opened", async ({ context }) => {
      retries.push(context.retryNum);
      await slow;
    });
    app.action("throws", () => Promise.reject(new Error("before ack")));
    app.error(async () => {});
    await start();
    expect((await slack.openHome(dana)).attempts[0]?.ms).toBeLessThan(600);
    finish();
    const retried = await slack.deliver("events_api", slack.deliveries.at(-1)?.payload ?? {}, {
      retry: 2,
    });
    expect(retried.acked).toBe(true);
    await expect.poll(() => retries).toEqual([mode === "socket" ? 0 : undefined, 2]);
    const button = (id: string) => ({ type: "button" as const, action_id: id, text: plain(id) });
    const posted = await app.client.chat["postMessage"]({
      channel: slack.channelId("apollo"),
      text: "Press",
      blocks: [{ type: "actions", elements: [button("unhandled"), button("throws")] }],
    });
    const ts = posted.ts ?? "";
    const [ignored, thrown] = await Promise.all([
      slack.clickButton(dana, ts, "unhandled"),
      slack.clickButton(dana, ts, "throws"),
    ]);
    expect([ignored.acked, thrown.acked]).toEqual([false, false]);
    expect([ignored.attempts.length, thrown.attempts.length]).toEqual([1, 1]);
  });

  test("gets expired_trigger_id for a late modal and the 429 as the SDK words it", async () => {
    const { slack, app, start } = await join(mode);
    const problems: unknown[] = [];
    app.command("/open", async ({ ack, client, body }) => {
      await ack();
      const view = { type: "modal" as const, title: plain("Late"), blocks: [] };
      await client.views.open({ trigger_id: body.trigger_id, view }).catch((error: unknown) => {
        problems.push(error);
      });
    });
    await start();
    slack.injectFault({ kind: "expired_trigger" });
    await slack.slashCommand(dana, "/open", "");
    await expect.poll(() => problems).toMatchObject([{ data: { error: "expired_trigger_id" } }]);
    slack.injectFault({ kind: "rate_limit", method: "auth.test", retryAfterSeconds: 1 });
    await expect(app.client.auth.test()).rejects.toThrow("rate");
    await expect(app.client.auth.test()).resolves.toMatchObject({ ok: true });
  });
});

test("over HTTP, stale and mis-signed requests are refused and events among them retried", async () => {
  const { slack, app, start } = await join("http");
  const opened: string[] = [];
  app.event("app_home_opened", async ({ event }) => void opened.push(String(event.tab)));
  await start();
  expect(await slack.verifyRequestUrl()).toBe(true);
  slack.injectFault({ kind: "skewed_timestamp", seconds: -301 });
  const stale = await slack.openHome(dana);
  await stale.settled;
  expect(stale.attempts.map(({ n, status }) => [n, status])).toEqual([
    [0, 401],
    [1, 200],
  ]);
  slack.injectFault({ kind: "wrong_secret" });
  const forged = await slack.openHome(dana, "messages");
  await forged.settled;
  expect(forged.attempts.map((one) => one.status)).toEqual([401, 200]);
  const ahead = await slack.deliver("events_api", stale.payload, { skewSeconds: 3600 });
  expect(ahead.attempts[0]?.status).toBe(200);
  await expect.poll(() => opened).toEqual(["home", "messages", "home"]);
});

test("over Socket Mode, a click in the reconnect gap is lost and one connection hears each payload", async () => {
  const { slack, app, start } = await join("socket");
  const pressed: string[] = [];
  app.command("/ping", async ({ ack, body }) => {
    pressed.push(body.text);
    await ack("pong");
  });
  await start();
  await expect.poll(slack.socketCount).toBe(1);
  const other = new App({
    token: setup.botToken,
    appToken: setup.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    logger: quiet,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  other.command("/ping", async ({ ack, body }) => {
    pressed.push(body.text);
    await ack("pong");
  });
  await other.start();
  await expect.poll(slack.socketCount).toBe(2);
  for (const text of ["1", "2", "3"]) await slack.slashCommand(dana, "/ping", text);
  expect(pressed).toEqual(["1", "2", "3"]);
  expect(slack.ephemerals(dana).map((one) => one.text)).toEqual(["pong", "pong", "pong"]);
  await other.stop();
  await expect.poll(slack.socketCount).toBe(1);
  slack.disconnectSockets("refresh_requested");
  await expect.poll(slack.socketCount).toBe(0);
  expect((await slack.slashCommand(dana, "/ping", "in the gap")).acked).toBe(false);
  await expect.poll(slack.socketCount, { timeout: 9000 }).toBe(1);
  expect((await slack.slashCommand(dana, "/ping", "after")).acked).toBe(true);
  slack.injectFault({ kind: "socket_disconnect" });
  expect((await slack.slashCommand(dana, "/ping", "cut")).acked).toBe(false);
});

test("a response dropped after storing posts twice with a retrying client and once without", async () => {
  const { slack, app, start } = await join("http");
  await start();
  const retrying = new WebClient(setup.botToken, {
    slackApiUrl: slack.apiUrl,
    logger: quiet,
    retryConfig: { retries: 1, minTimeout: 1 },
  });
  slack.injectFault({ kind: "drop_response", method: "chat.postMessage" });
  await retrying.chat["postMessage"]({ channel: slack.channelId("apollo"), text: "twice" });
  expect(slack.messages("apollo").filter((one) => one.text === "twice")).toHaveLength(2);
  slack.injectFault({ kind: "drop_response", method: "chat.postMessage" });
  const channel = slack.channelId("apollo");
  await expect(app.client.chat["postMessage"]({ channel, text: "once" })).rejects.toThrow(
    "fetch failed",
  );
  expect(slack.messages("apollo").filter((one) => one.text === "once")).toHaveLength(1);
});
