import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ExceptionId } from "#/domain/ids.ts";
import { type SlackEmulator, startSlackEmulator } from "#/sandbox/slack/slack-emulator.ts";
import { createSlackApp, eventsPath, type SlackApp } from "./app.ts";
import { readValue } from "./cards/vote-value.ts";
import { createFirm, type Firm, goodCode } from "./test-firm.ts";
import { ana, dana, eli, mrkdwnOf, payload, tenant } from "./test-views.ts";

const signingSecret = "0123456789abcdef";
const secrets = { signingSecret, botToken: "xoxb-1", appToken: "xapp-1" };

let slack: SlackEmulator;
let firm: Firm;
let app: SlackApp;
let door: Server | null;
let logged: string[];

async function begin(mode: "http" | "socket", more: { patienceMs?: number } = {}): Promise<void> {
  slack = await startSlackEmulator({
    ...secrets,
    team: { id: "T1", name: "Acme", domain: "acme" },
    people: [
      { name: "Dana Ito", email: "dana@acme.example" },
      { name: "Eli Mora", email: "eli@acme.example" },
      { name: "Ana Kovac", email: "ana@acme.example" },
      { name: "Gus Guest", email: "gus@other.example", guest: true },
      { name: "Sam Stranger", email: "dana@elsewhere.example", stranger: true },
      { name: "Una Unknown", email: "una@acme.example" },
    ],
    channels: [
      { name: "delivery", members: ["Dana Ito", "Gus Guest", "Sam Stranger", "Una Unknown"] },
    ],
  });
  firm = createFirm();
  logged = [];
  const note = (details: object, text: string): void => {
    logged.push(`${text} ${JSON.stringify(details)}`);
  };
  app = createSlackApp({
    ...secrets,
    mode,
    slackApiUrl: slack.apiUrl,
    noticeChannel: slack.channelId("delivery"),
    services: firm.services,
    outbox: firm.outbox,
    log: { info: note, warn: note, error: note },
    pollMs: 20,
    ...more,
  });
  if (mode === "http") {
    door = createServer(app.requestListener);
    await new Promise<void>((ready) => door?.listen(0, "127.0.0.1", ready));
    slack.setRequestUrl(`${doorUrl()}${eventsPath}`);
  }
  await app.start();
}

function doorUrl(): string {
  const at = door?.address();
  if (typeof at !== "object" || !at) throw new Error("the door is not open");
  return `http://127.0.0.1:${at.port}`;
}

beforeEach(() => {
  door = null;
});
afterEach(async () => {
  await app.stop();
  door?.closeAllConnections();
  door?.close();
  await slack.close();
});

const direct = (who: string): string => slack.directMessages(who);
const says = (words: string | RegExp) =>
  slack.waitForMessage(({ blocks, text }) =>
    [text, ...mrkdwnOf(blocks)].some((one) =>
      typeof words === "string" ? one.includes(words) : words.test(one),
    ),
  );
/** The message of a card in somebody's direct messages, as it is now. */
const cardOf = (who: string, proposal: string) =>
  slack.waitForMessage(
    ({ channel, blocks }) =>
      channel === direct(who) &&
      JSON.stringify(blocks ?? []).includes(`\\"p\\":\\"${proposal}\\"`) &&
      JSON.stringify(blocks ?? []).includes('"header"'),
  );
const state = (id: string): string => firm.need(id, 1).proposal.state;

describe.each(["http", "socket"] as const)("an unmodified Bolt app over %s", (mode) => {
  test("a card reaches the approver, the click decides, the card is locked", async () => {
    await begin(mode);
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    const delivery = await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    expect(delivery.acked).toBe(true);
    await says(`Your approval decided it: ${id} version 1 is approved`);
    await slack.waitForMessage(
      ({ ts, blocks }) => ts === card.ts && JSON.stringify(blocks).includes("*Approved*"),
    );
    const locked = slack.messages(card.channel).find(({ ts }) => ts === card.ts);
    expect(JSON.stringify(locked?.blocks)).not.toContain("proposal.approve");
    expect(slack.html(card.channel)).toContain("Release invoice INV-1042");
    expect(firm.votes).toMatchObject([
      { person: "dana", verdict: "approve", channel: "slack", proposal: id, version: 1 },
    ]);
  });

  test("a question is stored once with its thread, and its answer comes back there", async () => {
    await begin(mode);
    slack.injectFault({ kind: "duplicate_delivery", delivery: "events_api" });
    const { message, delivery } = await slack.postMessage(
      "Ana Kovac",
      "app",
      "Why is &lt;INV-1042&gt; late?",
    );
    await delivery?.settled;
    const reply = await slack.waitForMessage(
      ({ thread_ts, bot_id }) => thread_ts === message.ts && bot_id !== undefined,
    );
    expect(mrkdwnOf(reply.blocks)[0]).toContain("[1]");
    expect(firm.questions).toEqual([
      {
        text: "Why is <INV-1042> late?",
        member: "ana",
        thread: { channel: direct("Ana Kovac"), ts: message.ts },
      },
    ]);
    await until(() => slack.calls.some(({ method }) => method === "assistant.threads.setStatus"));
  });

  test("rejecting asks for a reason, says what is wrong with it, and records it", async () => {
    await begin(mode);
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    await slack.clickButton("Dana Ito", card.ts, "proposal.reject");
    const modal = await slack.waitForModal("Dana Ito");
    const values = (words: string) => ({
      reason: "wrong-amount",
      words,
    });
    const short = await slack.submitView("Dana Ito", modal.id, values("no"));
    expect(short.response).toMatchObject({ response_action: "errors" });
    expect(state(id)).toBe("waiting");
    await slack.submitView("Dana Ito", modal.id, values("The rate is old."));
    await says(`Your rejection decided it: ${id}`);
    expect(firm.votes).toMatchObject([
      { verdict: "reject", reason: "Wrong amount: The rate is old." },
    ]);
  });
});

test("P2: Modify makes a new version: the old card says so, the new one shows what is different", async () => {
  await begin("http");
  const { id } = firm.propose();
  firm.put({ ...firm.need(id, 1), editable: [{ name: "note", value: "" }] });
  const old = await cardOf("Dana Ito", id);
  await slack.clickButton("Dana Ito", old.ts, "proposal.edit");
  const modal = await slack.waitForModal("Dana Ito", (form) =>
    JSON.stringify(form).includes("edit.note"),
  );
  await slack.submitView("Dana Ito", modal.id, { "edit.note": "Please mention order 7." });
  await says(`${id} is now version 2, with your words. Votes for version 1 are void`);
  await slack.waitForMessage(
    ({ ts, blocks }) =>
      ts === old.ts && JSON.stringify(blocks).includes("*Replaced or out of date"),
  );
  const fresh = await slack.waitForMessage(({ blocks }) =>
    JSON.stringify(blocks ?? []).includes("Please mention order 7."),
  );
  expect(mrkdwnOf(fresh.blocks).join()).toContain("*Edited* by Dana Ito since version 1");
});

test("whoever asked takes it back from their Home tab, says why, and the approver's card shows it", async () => {
  await begin("http");
  const { id } = firm.propose({
    requestedBy: { kind: "person", person: eli.id, name: eli.name },
  });
  const card = await cardOf("Dana Ito", id);
  await slack.openHome("Eli Mora");
  await until(() => JSON.stringify(slack.home("Eli Mora") ?? {}).includes("proposal.withdraw"));
  await slack.clickButton("Eli Mora", "home", "proposal.withdraw");
  const modal = await slack.waitForModal("Eli Mora");
  const empty = await slack.submitView("Eli Mora", modal.id, { words: " " });
  expect(empty.response).toMatchObject({ response_action: "errors" });
  await slack.submitView("Eli Mora", modal.id, { words: "wrong client" });
  await says(`${id} version 1 is withdrawn. Nothing will be changed`);
  expect(state(id)).toBe("withdrawn");
  await slack.waitForMessage(
    ({ ts, blocks }) => ts === card.ts && JSON.stringify(blocks).includes("*Withdrawn*"),
  );
  await until(() => !JSON.stringify(slack.home("Eli Mora")).includes("proposal.withdraw"));
});

describe("H1 to H8 at this door", () => {
  test("H1: five cards in one conversation, pressed in another order, each decides its own proposal", async () => {
    await begin("http");
    const ids = Array.from({ length: 5 }, () => firm.propose().id);
    const cards = await Promise.all(ids.map((id) => cardOf("Dana Ito", id)));
    for (const index of [3, 0, 4]) {
      const card = cards[index];
      if (card) await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
      await says(`Your approval decided it: ${ids[index]}`);
    }
    expect(ids.map(state)).toEqual(["approved", "waiting", "waiting", "approved", "approved"]);
  }, 20_000);

  test("H2: nothing says approved before the vote is committed, and a slow vote is announced", async () => {
    await begin("http", { patienceMs: 50 });
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    let commit = (): void => {};
    firm.hooks.beforeCommit = () => new Promise((resolve) => void (commit = resolve));
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says("takes longer than usual. It is not confirmed yet");
    expect(JSON.stringify(slack.messages(direct("Dana Ito")))).not.toMatch(
      /is approved|\*Approved/,
    );
    commit();
    await says("is approved and will be carried out");
  });

  test("H2: an error in the vote is an explicit sentence, never silence", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    firm.hooks.beforeCommit = () => Promise.reject(new Error("secret upstream text"));
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says("I cannot confirm your vote");
    expect(JSON.stringify(slack.messages(direct("Dana Ito")))).not.toContain("secret upstream");
    expect(state(id)).toBe("waiting");
  });

  test("H3: too late is told as expired, not as rejected, and the card says the same", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    firm.hooks.now = () => Date.parse("2100-01-01T00:00:00.000Z");
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says(`${id} version 1 has expired without a decision`);
    await slack.waitForMessage(
      ({ ts, blocks }) => ts === card.ts && JSON.stringify(blocks).includes("*Expired*"),
    );
    expect(state(id)).toBe("expired");
  });

  test("H4: unsigned, old and future-dated requests are refused and change nothing", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    const press = async (options: { secret?: string; skewSeconds?: number }) => {
      const value = readValue(valueOf(card.blocks));
      const pressed = {
        type: "block_actions",
        user: { id: slack.people.get("Dana Ito").id, team_id: "T1" },
        team: { id: "T1" },
        actions: [{ type: "button", action_id: "proposal.approve", value: JSON.stringify(value) }],
      };
      const { attempts } = await slack.deliver("interactive", pressed, options);
      return attempts[0]?.status;
    };
    expect(await press({ secret: "another secret" })).toBe(401);
    expect(await press({ skewSeconds: -400 })).toBe(401);
    expect(await press({ skewSeconds: 3600 })).toBe(401);
    expect(firm.votes).toEqual([]);
    expect(state(id)).toBe("waiting");
  });

  test("H6: a press on a card that was meanwhile replaced does not count for the new version", async () => {
    await begin("http");
    const first = firm.propose();
    const card = await cardOf("Dana Ito", first.id);
    firm.put({
      ...firm.need(first.id, 1),
      proposal: { ...firm.need(first.id, 1).proposal, state: "superseded" },
    });
    firm.propose({ id: first.id, version: 2, nonce: "nonce-2nd" });
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says(`${first.id} version 1 was replaced by a newer version`);
    expect(firm.need(first.id, 2).proposal.state).toBe("waiting");
    await slack.waitForMessage(
      ({ ts, blocks }) => ts === card.ts && !JSON.stringify(blocks).includes("proposal.approve"),
    );
  });

  test("H7: the inbox in the Home tab decides as well as a card, and empties", async () => {
    await begin("http");
    const { id } = firm.propose({}, []);
    await slack.openHome("Dana Ito");
    await until(() => JSON.stringify(slack.home("Dana Ito") ?? {}).includes(id));
    await slack.clickButton("Dana Ito", "home", "proposal.approve");
    await says(`Your approval decided it: ${id}`);
    await until(() => JSON.stringify(slack.home("Dana Ito")).includes("Nothing waits"));
    expect(state(id)).toBe("approved");
  });

  test("H8: a card is a view: an old copy pressed late changes nothing, every copy shows the row", async () => {
    await begin("http");
    const { id } = firm.propose({}, [dana, eli]);
    const [card, copy] = [await cardOf("Dana Ito", id), await cardOf("Eli Mora", id)];
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await slack.waitForMessage(
      ({ ts, blocks }) => ts === copy.ts && JSON.stringify(blocks).includes("*Approved*"),
    );
    slack.injectFault({ kind: "stale_click" });
    await slack.clickButton("Eli Mora", copy.ts, "proposal.approve", {
      value: valueOf(copy.blocks),
    });
    await says(`${id} version 1 was already approved by others`);
    expect(firm.need(id, 1).have).toEqual({ finance: 1 });
  });
});

describe("who may press", () => {
  test("one person pressing twice at once has one vote; two people at once decide it together", async () => {
    await begin("http");
    const { id } = firm.propose({}, [dana, eli]);
    firm.put({ ...firm.need(id, 1), need: { finance: 2 } });
    const [card, copy] = [await cardOf("Dana Ito", id), await cardOf("Eli Mora", id)];
    slack.injectFault({ kind: "duplicate_delivery", delivery: "interactive" });
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says("Your approval of");
    await says("You had already voted");
    expect(firm.need(id, 1).have).toEqual({ finance: 1 });
    expect(state(id)).toBe("waiting");
    await slack.clickButton("Eli Mora", copy.ts, "proposal.approve");
    await says("Your approval decided it");
    expect(firm.need(id, 1).have).toEqual({ finance: 2 });
  });

  test("somebody without the role is refused with the policy's reason", async () => {
    await begin("http");
    const { id } = firm.propose({}, [ana]);
    const card = await cardOf("Ana Kovac", id);
    await slack.clickButton("Ana Kovac", card.ts, "proposal.approve");
    await says("Only a finance manager may decide this. (T10-finance)");
    expect(state(id)).toBe("waiting");
  });

  test("guests, strangers and people we do not know are refused at the click, for their eyes only", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    const channel = slack.channelId("delivery");
    const { message } = await slack.postMessage("Dana Ito", "delivery", "look");
    const expected = {
      "Gus Guest": "Guests of the workspace cannot use Countersign",
      "Sam Stranger": "Only members of this workspace",
      "Una Unknown": "is not linked to a colleague",
    };
    for (const [name, sentence] of Object.entries(expected)) {
      const { id: user, teamId } = slack.people.get(name);
      await slack.deliver("interactive", {
        type: "block_actions",
        user: { id: user, team_id: teamId },
        team: { id: "T1", domain: "acme" },
        channel: { id: channel, name: "delivery" },
        container: { type: "message", message_ts: message.ts, channel_id: channel },
        message: { type: "message", ts: message.ts },
        trigger_id: "1.1.x",
        actions: [{ type: "button", action_id: "proposal.approve", value: valueOf(card.blocks) }],
      });
      await until(() => JSON.stringify(slack.ephemerals(name)).includes(sentence));
    }
    expect(firm.votes).toEqual([]);
  });

  test("somebody deactivated or turned guest after the card was sent is refused, and Slack being mute too", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    slack.people.change("Dana Ito", { guest: true });
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says("Guests of the workspace");
    slack.people.change("Dana Ito", { guest: false });
    slack.injectFault({ kind: "api_error", method: "users.info", error: "user_not_found" });
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    await says("I could not check who you are");
    expect(firm.votes).toEqual([]);
  });
});

describe("large amounts", () => {
  const large = payload({ amount: { minor: 20_000_000, currency: "EUR" } });
  const enter = async (modal: { id: string }, code: string) =>
    slack.submitView("Dana Ito", modal.id, { code });

  test("ask for a one-time code in a form; with it the same vote counts", async () => {
    await begin("http");
    const { id } = firm.propose({ payload: large });
    const card = await cardOf("Dana Ito", id);
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    const modal = await slack.waitForModal("Dana Ito");
    expect(state(id)).toBe("waiting");
    await enter(modal, goodCode);
    await says(`Your approval decided it: ${id}`);
    expect(logged.join()).not.toContain(goodCode);
  });

  test("a wrong code is told, and a late form is replaced by a button that opens it", async () => {
    await begin("http");
    const { id } = firm.propose({ payload: large });
    const card = await cardOf("Dana Ito", id);
    slack.injectFault({ kind: "expired_trigger" });
    await slack.clickButton("Dana Ito", card.ts, "proposal.approve");
    const offer = await says("Policy wants a one-time code");
    await slack.clickButton("Dana Ito", offer.ts, "proposal.second-factor");
    await enter(await slack.waitForModal("Dana Ito"), "999999");
    const again = await says("That code was not accepted");
    expect(state(id)).toBe("waiting");
    await slack.clickButton("Dana Ito", again.ts, "proposal.second-factor");
    await enter(await slack.waitForModal("Dana Ito"), goodCode);
    await says(`Your approval decided it: ${id}`);
  });
});

describe("evidence, questions and the rest", () => {
  test("evidence opens at once and is filled, for members only", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    await slack.clickButton("Dana Ito", card.ts, "proposal.evidence");
    const shown = await slack.waitForModal("Dana Ito", (open) =>
      JSON.stringify(open).includes(firm.need(id, 1).proposal.payloadHash),
    );
    expect(mrkdwnOf(shown.blocks).join("\n")).toMatch(
      /ERP invoice INV-1042\* · read .*\n• state approved/,
    );
  });

  test("a mention in a channel is answered in a thread under it", async () => {
    await begin("http");
    const { message } = await slack.postMessage(
      "Dana Ito",
      "delivery",
      `<@${slack.app.userId}> which invoices are late?`,
    );
    await slack.waitForMessage(({ thread_ts, bot_id }) => thread_ts === message.ts && !!bot_id);
    expect(firm.questions).toMatchObject([{ text: "which invoices are late?", member: "dana" }]);
  });

  test("a guest's question is not stored and they are told why", async () => {
    await begin("http");
    await slack.postMessage("Gus Guest", "delivery", `<@${slack.app.userId}> tell me all`);
    await until(() => JSON.stringify(slack.ephemerals("Gus Guest")).includes("Guests of the"));
    expect(firm.questions).toEqual([]);
  });

  test("opening the Messages tab offers questions to begin with", async () => {
    await begin("http");
    await slack.openHome("Dana Ito", "messages");
    await until(() =>
      slack.calls.some(({ method }) => method === "assistant.threads.setSuggestedPrompts"),
    );
    const asked = slack.calls.find(({ method }) => method.endsWith("setSuggestedPrompts"));
    expect(asked?.answer).toMatchObject({ ok: true });
  });

  test("the first question suggested is about the case that has been open longest", async () => {
    await begin("http");
    const opened = (id: string, title: string, openedAt: string) => ({
      tenant,
      id: ExceptionId.parse(id),
      kind: "invoice-delay" as const,
      subject: { system: "erp" as const, type: "invoice", id },
      title,
      state: "open" as const,
      openedAt,
      closedAt: null,
    });
    firm.cases.push(
      opened("X-000002", "Invoice B-2 to Baltic is late (EUR 2.00)", "2026-11-23T10:00:01.000Z"),
      opened("X-000001", "Invoice N-1 to Northwind is late (EUR 1.00)", "2026-11-23T10:00:00.000Z"),
    );
    await slack.openHome("Dana Ito", "messages");
    const asked = () =>
      slack.calls.find(({ method }) => method === "assistant.threads.setSuggestedPrompts");
    await until(() => asked() !== undefined);
    expect(JSON.stringify(asked()?.args)).toContain("Why is invoice N-1 to Northwind late?");
    expect(JSON.stringify(asked()?.args)).not.toContain("B-2");
  });

  test("a button no version of ours knows is acknowledged and explained", async () => {
    await begin("http");
    const { id } = firm.propose();
    const card = await cardOf("Dana Ito", id);
    slack.injectFault({ kind: "stale_click" });
    const { acked } = await slack.clickButton("Dana Ito", card.ts, "proposal.escalate");
    expect(acked).toBe(true);
    await says("This button is from an older card");
  });

  test("all else at the door is not found, and Slack's address check is answered", async () => {
    await begin("http");
    expect((await fetch(`${doorUrl()}${eventsPath}`)).status).toBe(404);
    const other = await fetch(`${doorUrl()}/other`, { method: "POST", body: "x" });
    expect(other.status).toBe(404);
    expect(await slack.verifyRequestUrl()).toBe(true);
  });

  test("a body larger than a megabyte is refused before its signature is looked at", async () => {
    await begin("http");
    const { attempts } = await slack.deliver("interactive", { type: "x", fill: "x".repeat(1e6) });
    expect(attempts[0]?.status).toBe(413);
  });
});

test("a token that Slack refuses stops the start with a sentence", async () => {
  await begin("http");
  const bad = createSlackApp({
    ...secrets,
    botToken: "xoxb-wrong",
    mode: "http",
    slackApiUrl: slack.apiUrl,
    noticeChannel: "C1",
    services: firm.services,
    outbox: firm.outbox,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  await expect(bad.start()).rejects.toThrow(/Slack refused our credentials/);
});

/** Looks again after each of the next turns of the emulator until it holds. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error("it never became true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function valueOf(blocks: unknown): string {
  const found = /"action_id":"proposal\.approve".*?"value":("(?:[^"\\]|\\.)*")/.exec(
    JSON.stringify(blocks),
  )?.[1];
  return found === undefined ? "" : String(JSON.parse(found));
}
