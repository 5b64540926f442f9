import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { asFields, type Fields } from "./fields.ts";
import { type SlackEmulatorOptions, startSlackEmulator } from "./slack-emulator.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(more: Partial<SlackEmulatorOptions> = {}) {
  const slack = await startSlackEmulator({
    signingSecret: "secret",
    botToken: "xoxb-1",
    appToken: "xapp-1",
    team: { id: "T0NORTH", name: "Northwind", domain: "northwind" },
    people: [
      { name: "Dana Reyes", email: "dana@n.test", tz: "Europe/Berlin" },
      { name: "Omar Haddad", email: "omar@n.test", guest: true },
    ],
    channels: [
      { name: "apollo", members: ["Dana Reyes", "omar@n.test"] },
      { name: "board", members: ["dana@n.test"], private: true, withApp: false },
      { name: "lobby", members: ["dana@n.test"], withApp: false },
    ],
    ...more,
  });
  closing.push(() => slack.close());
  /** One Web API call with the form encoding the SDK uses. */
  async function call(method: string, args: Fields = {}, token = "xoxb-1"): Promise<Fields> {
    const flat = Object.entries(args).map(([key, value]): [string, string] => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const response = await fetch(`${slack.apiUrl}${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(flat),
    });
    expect(response.status).toBe(200);
    return asFields(await response.json());
  }
  return { slack, call, channel: slack.channelId("apollo") };
}

const button = (id: string): Fields => ({
  type: "button",
  action_id: id,
  text: { type: "plain_text", text: id },
});
const actions = (...ids: string[]): Fields => ({ type: "actions", elements: ids.map(button) });

test("refuses bad tokens and unknown methods the way the real service does", async () => {
  const { slack, call } = await start();
  expect(await call("auth.test")).toMatchObject({ ok: true, team_id: "T0NORTH" });
  expect(await call("auth.test", {}, "xoxb-2")).toEqual({ ok: false, error: "invalid_auth" });
  expect(await call("auth.test", {}, "xapp-1")).toMatchObject({ error: "not_allowed_token_type" });
  expect(await call("apps.connections.open")).toMatchObject({ error: "not_allowed_token_type" });
  expect(await call("chat.dance")).toMatchObject({ ok: false, error: "unknown_method" });
  expect(await call("constructor")).toMatchObject({ error: "unknown_method" });
  const bare = await fetch(`${slack.apiUrl}auth.test`, { method: "POST" });
  expect(await bare.json()).toEqual({ ok: false, error: "not_authed" });
  const inBody = await fetch(`${slack.apiUrl}auth.test`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: "xoxb-1" }),
  });
  expect(await inBody.json()).toMatchObject({ ok: true });
  slack.injectFault({ kind: "token_revoked" });
  expect(await call("auth.test")).toMatchObject({ error: "token_revoked" });
  expect(await call("auth.test")).toMatchObject({ error: "token_revoked" });
  slack.restoreToken();
  expect(await call("auth.test")).toMatchObject({ ok: true });
});

test("posts only where the app is, updates only its own, and keeps metadata", async () => {
  const { slack, call, channel } = await start();
  const metadata = { event_type: "card", event_payload: { p: "1" } };
  const posted = await call("chat.postMessage", {
    channel,
    text: "hi",
    metadata,
    blocks: [actions("a")],
  });
  expect(posted).toMatchObject({ ok: true, channel });
  const ts = String(posted["ts"]);
  expect(await call("chat.postMessage", { channel: "C0NOPE", text: "x" })).toMatchObject({
    error: "channel_not_found",
  });
  expect(
    await call("chat.postMessage", { channel: slack.channelId("board"), text: "x" }),
  ).toMatchObject({
    error: "channel_not_found",
  });
  expect(
    await call("chat.postMessage", { channel: slack.channelId("lobby"), text: "x" }),
  ).toMatchObject({
    error: "not_in_channel",
  });
  expect(await call("conversations.join", { channel: slack.channelId("lobby") })).toMatchObject({
    ok: true,
  });
  expect(await call("chat.postMessage", { channel: "#lobby", text: "x" })).toMatchObject({
    ok: true,
  });
  expect(await call("chat.postMessage", { channel })).toMatchObject({ error: "no_text" });
  expect(await call("chat.update", { channel, ts: "1.000000", text: "x" })).toMatchObject({
    error: "message_not_found",
  });
  const { message } = await slack.postMessage("dana@n.test", "apollo", "mine");
  expect(await call("chat.update", { channel, ts: message.ts, text: "x" })).toMatchObject({
    error: "cant_update_message",
  });
  await call("chat.update", { channel, ts, text: "new words" });
  const kept = slack.messages("apollo").find((one) => one.ts === ts);
  expect(kept).toMatchObject({ text: "new words", metadata, blocks: [{ type: "actions" }] });
  await call("chat.update", { channel, ts, text: "decided", blocks: [] });
  await expect(slack.clickButton("dana@n.test", ts, "a")).rejects.toThrow("is not on what");
  const history = await call("conversations.history", { channel, include_all_metadata: true });
  expect(history["messages"]).toMatchObject([{ ts: message.ts }, { ts, metadata }]);
  const plain = await call("conversations.history", { channel });
  expect(JSON.stringify(plain)).not.toContain("event_payload");
});

test("gives every message a later ts, also when the clock stands still", async () => {
  const { slack, call, channel } = await start({ clock: { now: () => 1_800_000_000_000 } });
  const all = await Promise.all(
    Array.from({ length: 20 }, () => call("chat.postMessage", { channel, text: "x" })),
  );
  const stamps = slack.messages("apollo").map((one) => Number(one.ts));
  expect(new Set(all.map((one) => one["ts"])).size).toBe(20);
  expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  expect(slack.messages("apollo")[0]?.ts).toMatch(/^\d{10}\.\d{6}$/);
});

test("a trigger opens one view within three seconds", async () => {
  const { slack, call } = await start();
  const view = { type: "modal", title: { type: "plain_text", text: "T" }, blocks: [] };
  const open = async (wait: number, times = 1): Promise<unknown[]> => {
    const { payload } = await slack.slashCommand("dana@n.test", "/x", "");
    slack.clock.advance(wait);
    const errors: unknown[] = [];
    for (let n = 0; n < times; n += 1) {
      errors.push((await call("views.open", { trigger_id: payload["trigger_id"], view }))["error"]);
    }
    return errors;
  };
  expect(await open(2000, 2)).toEqual([undefined, "exchanged_trigger_id"]);
  expect(await open(3500)).toEqual(["expired_trigger_id"]);
  expect(await call("views.open", { trigger_id: "1.2.3", view })).toMatchObject({
    error: "invalid_trigger_id",
  });
});

test("a view update with an old hash conflicts, and a fourth modal is refused", async () => {
  const { slack, call } = await start();
  const title = { type: "plain_text", text: "T" };
  const view = { type: "modal", title, blocks: [actions("more")] };
  const trigger = async (): Promise<unknown> => {
    const top = slack.modals("dana@n.test").at(-1)?.view.id ?? "";
    return (await slack.clickButton("dana@n.test", top, "more")).payload["trigger_id"];
  };
  const first = await slack.slashCommand("dana@n.test", "/x", "");
  const opened = await call("views.open", { trigger_id: first.payload["trigger_id"], view });
  const { id, hash } = asFields(opened["view"]);
  expect(await call("views.update", { view_id: id, hash, view })).toMatchObject({ ok: true });
  expect(await call("views.update", { view_id: id, hash, view })).toMatchObject({
    error: "hash_conflict",
  });
  expect(await call("views.push", { trigger_id: await trigger(), view })).toMatchObject({
    ok: true,
  });
  expect(await call("views.push", { trigger_id: await trigger(), view })).toMatchObject({
    ok: true,
  });
  expect(await call("views.push", { trigger_id: await trigger(), view })).toMatchObject({
    error: "push_limit_reached",
  });
  expect(slack.modals("dana@n.test")).toHaveLength(3);
  const home = { type: "home", blocks: [actions("row")] };
  const user = slack.people.get("dana@n.test").id;
  const published = await call("views.publish", { user_id: user, view: home });
  expect(await call("views.publish", { user_id: user, view: home, hash: "old" })).toMatchObject({
    error: "hash_conflict",
  });
  const pressed = await slack.clickButton("dana@n.test", "home", "row");
  expect(asFields(pressed.payload["view"])["id"]).toBe(asFields(published["view"])["id"]);
});

test("a response url works five times within half an hour, only for the presser by default", async () => {
  const { slack, call, channel } = await start();
  const posted = await call("chat.postMessage", { channel, text: "card", blocks: [actions("a")] });
  const press = async (): Promise<string> =>
    String(
      (await slack.clickButton("dana@n.test", String(posted["ts"]), "a")).payload["response_url"],
    );
  const send = async (url: string, body: Fields): Promise<number> =>
    (await fetch(url, { method: "POST", body: JSON.stringify(body) })).status;
  const url = await press();
  const statuses = [];
  for (let n = 0; n < 6; n += 1) statuses.push(await send(url, { text: `note ${n}` }));
  expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  expect(slack.ephemerals("dana@n.test")).toHaveLength(5);
  expect(slack.ephemerals("omar@n.test")).toHaveLength(0);
  expect(slack.messages("apollo")).toHaveLength(1);
  await send(await press(), { replace_original: true, text: "replaced" });
  expect(slack.messages("apollo")[0]).toMatchObject({ text: "replaced" });
  const late = await press();
  slack.clock.advance(31 * 60_000);
  expect(await send(late, { text: "late" })).toBe(404);
});

test("a stream dies five minutes after it started, however busy it is", async () => {
  const { slack, call, channel } = await start();
  const { message } = await slack.postMessage("dana@n.test", "apollo", "question");
  const dana = slack.people.get("dana@n.test").id;
  const who = { recipient_team_id: "T0NORTH", recipient_user_id: dana };
  expect(await call("chat.startStream", { channel, thread_ts: message.ts })).toMatchObject({
    error: "missing_recipient_team_id",
  });
  const started = await call("chat.startStream", { channel, thread_ts: message.ts, ...who });
  const ts = started["ts"];
  const chunks = [
    { type: "task_update", id: "1", title: "Read", status: "in_progress" },
    { type: "task_update", id: "1", title: "Read", status: "complete" },
    { type: "markdown_text", text: "Done." },
  ];
  expect(await call("chat.appendStream", { channel, ts, chunks })).toMatchObject({ ok: true });
  const shown = slack.messages("apollo").find((one) => one.ts === ts);
  expect(shown?.blocks).toMatchObject([
    { type: "task_card", status: "complete" },
    { type: "markdown", text: "Done." },
  ]);
  slack.clock.advance(4 * 60_000);
  expect(await call("chat.appendStream", { channel, ts, markdown_text: "x" })).toMatchObject({
    ok: true,
  });
  slack.clock.advance(61_000);
  const dead = { error: "message_not_in_streaming_state" };
  expect(await call("chat.appendStream", { channel, ts, markdown_text: "y" })).toMatchObject(dead);
  expect(await call("chat.stopStream", { channel, ts })).toMatchObject(dead);
  expect(await call("chat.update", { channel, ts, text: "closed" })).toMatchObject({ ok: true });
});

test("events are retried at once, after one minute and after five; commands are not", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(String(request.headers["x-slack-retry-num"] ?? "first"));
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { slack } = await start({ requestUrl });
  const command = await slack.slashCommand("dana@n.test", "/x", "");
  expect(command).toMatchObject({ acked: false, attempts: [{ ok: false, reason: "http_error" }] });
  const event = await slack.openHome("dana@n.test");
  await expect.poll(() => event.attempts.length).toBe(2);
  slack.clock.advance(60_000);
  await expect.poll(() => event.attempts.length).toBe(3);
  await new Promise((resolve) => setImmediate(resolve));
  slack.clock.advance(299_000);
  expect(event.attempts.length).toBe(3);
  slack.clock.advance(1000);
  await event.settled;
  expect(seen).toEqual(["first", "first", "1", "2", "3"]);
});

test("people do only what they could do in the client", async () => {
  const { slack, call, channel } = await start();
  const posted = await call("chat.postMessage", {
    channel: slack.people.get("dana@n.test").id,
    text: "card",
    blocks: [
      {
        type: "actions",
        elements: [
          {
            type: "static_select",
            action_id: "pick",
            options: [{ text: { type: "plain_text", text: "A" }, value: "a" }],
          },
        ],
      },
    ],
  });
  const ts = String(posted["ts"]);
  await expect(slack.choose("omar@n.test", ts, "pick", "a")).rejects.toThrow("cannot see");
  await expect(slack.choose("dana@n.test", ts, "pick", "b")).rejects.toThrow("not an option");
  const chosen = await slack.choose("dana@n.test", ts, "pick", "a");
  expect(chosen.payload["actions"]).toMatchObject([{ selected_option: { value: "a" } }]);
  await expect(slack.postMessage("nobody@n.test", "apollo", "x")).rejects.toThrow("Nobody called");
  slack.people.deactivate("omar@n.test");
  await expect(slack.postMessage("omar@n.test", "apollo", "x")).rejects.toThrow("deactivated");
  const omar = slack.people.get("omar@n.test").id;
  expect(await call("users.info", { user: omar })).toMatchObject({
    user: { deleted: true, is_restricted: true },
  });
  expect(await call("users.lookupByEmail", { email: "omar@n.test" })).toMatchObject({
    error: "users_not_found",
  });
  expect(await call("chat.postEphemeral", { channel, user: "U0NOPE", text: "x" })).toMatchObject({
    error: "user_not_in_channel",
  });
});

test("finds its workspace again after a restart, without the ephemeral messages", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slack-workspace-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const first = await start({ folder });
  const { message } = await first.slack.postMessage("dana@n.test", "apollo", "remember me");
  const dana = first.slack.people.get("dana@n.test").id;
  await first.call("chat.postEphemeral", { channel: first.channel, user: dana, text: "forget me" });
  first.slack.people.deactivate("omar@n.test");
  await first.slack.close();
  const second = await start({ folder });
  expect(second.slack.messages("apollo")).toMatchObject([{ ts: message.ts, text: "remember me" }]);
  expect(second.slack.ephemerals(dana)).toEqual([]);
  expect(second.slack.people.get(dana)).toMatchObject({ deactivated: false, id: dana });
  expect(second.slack.people.get("omar@n.test").deactivated).toBe(true);
  const later = await second.slack.postMessage("dana@n.test", "apollo", "again");
  expect(Number(later.message.ts)).toBeGreaterThan(Number(message.ts));
});

test("faults happen as ordered and are then over", async () => {
  const { slack, call, channel } = await start();
  const url = `${slack.apiUrl}chat.postMessage`;
  const body = (): RequestInit => ({
    method: "POST",
    headers: { authorization: "Bearer xoxb-1" },
    body: new URLSearchParams({ channel, text: "x" }),
  });
  slack.injectFault({ kind: "rate_limit", method: "chat.postMessage", retryAfterSeconds: 7 });
  slack.injectFault({ kind: "server_error", method: "*", status: 502 });
  slack.injectFault({ kind: "drop_response", method: "chat.postMessage" });
  const limited = await fetch(url, body());
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
  expect((await fetch(url, body())).status).toBe(502);
  expect(slack.messages("apollo")).toHaveLength(0);
  await expect(fetch(url, body())).rejects.toThrow("fetch failed");
  expect(slack.messages("apollo")).toHaveLength(1);
  expect(await call("chat.postMessage", { channel, text: "y" })).toMatchObject({ ok: true });
  slack.injectFault({ kind: "api_error", method: "chat.update", error: "internal_error" });
  expect(await call("chat.update", { channel, ts: "1", text: "y" })).toEqual({
    ok: false,
    error: "internal_error",
  });
});

test("the page shows state only to its person, refuses other origins, and sets a strict policy", async () => {
  const { slack, call } = await start({
    deviceCode: (email) => (email === "dana@n.test" ? "123456" : null),
  });
  const [dana, omar] = [slack.people.get("dana@n.test").id, slack.people.get("omar@n.test").id];
  const hostile = '</script><img src=x onerror="alert(1)">';
  await call("chat.postMessage", { channel: dana, text: hostile });
  const page = await fetch(`${slack.url}/?as=${dana}`);
  const text = await page.text();
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
  expect(text).toContain("\\u003c/script>");
  expect(text).not.toContain("<img src=x");
  expect(await (await fetch(`${slack.url}/?as=${omar}`)).text()).not.toContain("onerror");
  const code = async (who: string): Promise<unknown> =>
    (await fetch(`${slack.url}/page/code?as=${who}`)).json();
  expect([await code(dana), await code(omar)]).toEqual([{ code: "123456" }, { code: null }]);
  const act = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${slack.url}/page/act`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({
        as: dana,
        do: "post",
        channel: "apollo",
        text: "@Omar Haddad <b> & co",
      }),
    });
  expect((await act({ origin: "http://elsewhere.test" })).status).toBe(403);
  expect((await act({ "content-type": "text/plain" })).status).toBe(415);
  expect(await (await act({})).json()).toMatchObject({ ok: true });
  expect(slack.messages("apollo").at(-1)?.text).toBe(`<@${omar}> &lt;b&gt; &amp; co`);
  expect((await fetch(`${slack.url}/page/..%2fslack-emulator.ts`)).status).toBe(404);
});

test("a reader of the event stream gets each change as it happens", async () => {
  const { slack, call, channel } = await start();
  const dana = slack.people.get("dana@n.test").id;
  const stream = await fetch(`${slack.url}/page/events?as=${dana}`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const until = async (words: string): Promise<void> => {
    while (!heard.includes(words)) heard += (await reader?.read())?.value ?? "";
  };
  await until("event: state");
  await call("chat.postMessage", { channel, text: "fresh news" });
  await until("fresh news");
  await call("chat.postEphemeral", { channel, user: dana, text: "for your eyes" });
  await until("event: ephemeral");
  await call("chat.postMessage", { channel: slack.people.get("omar@n.test").id, text: "not hers" });
  await call("chat.postMessage", { channel, text: "last" });
  await until('"last"');
  expect(heard).not.toContain("not hers");
  await reader?.cancel();
});
