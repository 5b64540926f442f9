import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Proposal } from "#/domain/proposal.ts";
import { readConfig } from "#/main/config.ts";
import type { Running } from "#/main/run-everything.ts";
import { type Chat, sandboxSlack, startSandboxChat } from "#/main/sandbox-world.ts";
import { currentCode, sandboxSecret } from "#/main/second-factor.ts";
import { cardFor } from "#/main/story-approval.ts";
import { until } from "#/main/story-voice.ts";
import { directory } from "#/sandbox/firm/people.ts";
import { eventsPath } from "#/slack-app/app.ts";
import {
  newHome,
  proposalOf,
  propose,
  reaches,
  startProduct,
  systemsOf,
  writtenIn,
} from "./start-product.ts";

const address = (id: string): string => `${id}@meridian.example`;
const dana = address("dana.reyes");
const tomas = address("tomas.lindqvist");
const fiona = address("fiona.walsh");
const felix = address("felix.brandt");

/** The product as a firm sets it up: it knows Slack by its address and its tokens only. */
async function installed(mode: "http" | "socket", home: string, chat: Chat): Promise<Running> {
  const running = await startProduct(home, {
    settings: {
      SLACK_MODE: mode,
      SLACK_API_URL: chat.apiUrl,
      SLACK_BOT_TOKEN: sandboxSlack.botToken,
      SLACK_SIGNING_SECRET: sandboxSlack.signingSecret,
      SLACK_APP_TOKEN: sandboxSlack.appToken,
      SLACK_TEAM: sandboxSlack.team.id,
      SLACK_CHANNEL: chat.channelId("delivery-ops"),
    },
  });
  if (mode === "http") chat.setRequestUrl(`${running.front.url}${eventsPath}`);
  expect(chat.socketCount()).toBe(mode === "socket" ? 1 : 0);
  return running;
}

describe.each(["http", "socket"] as const)("with Bolt over %s", (mode) => {
  const { home, remove } = newHome();
  const world: { running?: Running; chat?: Chat } = {};
  const product = (): Running => {
    if (!world.running) throw new Error("the product did not start");
    return world.running;
  };
  const chat = (): Chat => {
    if (!world.chat) throw new Error("the chat did not start");
    return world.chat;
  };

  beforeAll(async () => {
    const config = readConfig({ PORT: "0", COUNTERSIGN_HOME: home });
    world.chat = await startSandboxChat(config, directory());
    world.running = await installed(mode, home, world.chat);
  });
  afterAll(async () => {
    await world.running?.stop();
    await world.chat?.close();
    remove();
  });

  /** What the app said to somebody: in their conversation with it, or in one thread there. */
  const said = (who: string, thread?: string) =>
    chat()
      .messages(chat().directMessages(who))
      .filter(
        ({ user, bot_id, thread_ts }) =>
          (bot_id !== undefined || user === chat().app.userId) &&
          (thread === undefined || thread_ts === thread),
      );
  async function hears(who: string, words: RegExp, thread?: string) {
    const look = async () =>
      said(who, thread).find(({ text, blocks }) => words.test(`${text} ${JSON.stringify(blocks)}`));
    return until(`${who} to hear ${words}`, look, 60).catch((error: unknown) => {
      const heard = said(who).map(({ text }) => text);
      throw new Error(`${String(error)}; heard: ${heard.join(" ¶ ")}`, { cause: error });
    });
  }
  const card = (proposal: Proposal, who: string) =>
    cardFor({ ...product(), chat: chat() }, proposal, who);
  async function press(proposal: Proposal, who: string, action = "proposal.approve") {
    const { ts, value } = await card(proposal, who);
    return chat().clickButton(who, ts, action, { value });
  }
  /** The form a press leads to. Slack opens one within three seconds or never; people press again. */
  async function formAfter(who: string, act: () => Promise<unknown>) {
    for (const _ of [1, 2, 3, 4]) {
      await act();
      const form = await chat()
        .waitForModal(who, undefined, 8000)
        .catch(() => null);
      if (form) return form;
    }
    throw new Error(`${who} never saw a form`);
  }
  const postings = (invoice: string) => systemsOf(product()).control.postingsOf(invoice);

  test("a question is answered in its thread with numbered sources, and once, however often Slack sends it", async () => {
    const { message, delivery } = await chat().postMessage(dana, "app", "Why is NW-1042 late?");
    const answer = await hears(dana, /NW-1042/, message.ts);
    const shown = JSON.stringify(answer.blocks);
    expect(shown).toMatch(/\[1\]/);
    expect(shown).toMatch(/ UTC/);
    expect(shown).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    if (!delivery?.eventId) throw new Error("the message had no event");
    const again = { eventId: delivery.eventId };
    for (const retry of [1, 2]) {
      const repeated = await chat().deliver("events_api", delivery.payload, { ...again, retry });
      expect(repeated.acked).toBe(true);
    }
    const other = await chat().postMessage(dana, "app", "Why is AE-1043 late?");
    await hears(dana, /AE-1043/, other.message.ts);
    expect(said(dana, message.ts)).toHaveLength(1);
  });

  test("rejected with a reason: nothing is changed, and who asked sees why", async () => {
    const proposal = await propose(product(), {
      by: "dana.reyes",
      invoice: "FS-1047",
      action: "R08",
    });
    const modal = await formAfter(fiona, () => press(proposal, fiona, "proposal.reject"));
    const short = await chat().submitView(fiona, modal.id, { reason: "bad-timing", words: "no" });
    expect(short.response).toMatchObject({ response_action: "errors" });
    const words = "The controller is back on Monday.";
    await chat().submitView(fiona, modal.id, { reason: "bad-timing", words });
    expect(await reaches(product(), proposal.id, "rejected")).toMatchObject({
      stateReason: `Bad timing: ${words}`,
    });
    await hears(dana, /Rejected[\s\S]*The controller is back on Monday/);
    expect(postings("SI-1047")).toBe(0);
  });

  test("after its time a card approves nothing and says that it expired", async () => {
    const proposal = await propose(product(), {
      by: "dana.reyes",
      invoice: "JF-1048",
      action: "R08",
      seconds: 4,
    });
    const { ts, value } = await card(proposal, fiona);
    await wait(Math.max(0, Date.parse(proposal.expiresAt) - Date.now()) + 50);
    await chat().clickButton(fiona, ts, "proposal.approve", { value });
    await hears(fiona, new RegExp(`does not count: ${proposal.id} version 1 has expired`));
    await reaches(product(), proposal.id, "expired");
    await until("the card to show it", async () =>
      /Expired/.test(JSON.stringify(said(fiona).find((message) => message.ts === ts)?.blocks)),
    );
    expect(postings("SI-1048")).toBe(0);
  });

  // From here on the firm tells of changes, and the agents propose on their own as well.
  test("asked for in a thread, approved on a card, carried out once: the outcome comes back to that thread", async () => {
    const drafts = (): number => {
      const { messageDrafts, tasks } = writtenIn(product());
      return messageDrafts.length + tasks.length;
    };
    const before = drafts();
    const { message } = await chat().postMessage(
      dana,
      "app",
      "Please propose to chase the acceptance for HR-1046",
    );
    await hears(dana, /Proposed: P-/, message.ts);
    const proposal = await until("the proposal", async () =>
      (await product().product.store.proposals(product().product.config.TENANT, {})).find(
        ({ payload }) => payload.action === "R14",
      ),
    );
    expect(proposal.thread).toEqual({
      channel: chat().directMessages(dana),
      ts: message.ts,
    });
    expect(drafts()).toBe(before);
    await press(proposal, tomas);
    await hears(tomas, new RegExp(`Your approval decided it: ${proposal.id}`));
    await reaches(product(), proposal.id, "done");
    await hears(dana, /Done\b/, message.ts);
    expect(drafts()).toBe(before + 1);
  });

  // What follows is decided behind the door; how Slack delivers a press makes no difference to it.
  if (mode === "socket") return;

  test("P4: two managers press at one instant: one decides, the other is told so, the ledger has one entry", async () => {
    const proposal = await propose(product(), {
      by: "dana.reyes",
      invoice: "CI-1050",
      action: "R08",
    });
    const [first, second] = await Promise.all([card(proposal, fiona), card(proposal, felix)]);
    await Promise.all([
      chat().clickButton(fiona, first.ts, "proposal.approve", { value: first.value }),
      chat().clickButton(felix, second.ts, "proposal.approve", { value: second.value }),
    ]);
    const told = await Promise.all(
      [fiona, felix].map(async (who) =>
        JSON.stringify(await hears(who, new RegExp(`(decided it|does not count): ${proposal.id}`))),
      ),
    );
    expect(told.filter((text) => text.includes("Your approval decided it"))).toHaveLength(1);
    expect(told.filter((text) => /was already approved/.test(text))).toHaveLength(1);
    await reaches(product(), proposal.id, "done");
    expect(postings("SI-1050")).toBe(1);
  });

  test("above 25,000: two managers, each with a one-time code; a wrong code counts for nothing", async () => {
    const proposal = await propose(product(), {
      by: "dana.reyes",
      invoice: "LE-1049",
      action: "R08",
    });
    const code = (who: string): string => currentCode(sandboxSecret(who), Date.now());
    const wrong = (who: string): string =>
      String((Number(code(who)) + 500_000) % 1_000_000).padStart(6, "0");

    const asked = await formAfter(fiona, () => press(proposal, fiona));
    await chat().submitView(fiona, asked.id, { code: wrong(fiona) });
    const refused = await hears(fiona, /That code was not accepted; your vote is not recorded/);
    const again = await formAfter(fiona, () =>
      chat().clickButton(fiona, refused.ts, "proposal.second-factor"),
    );
    await chat().submitView(fiona, again.id, { code: code(fiona) });
    await hears(fiona, new RegExp(`Your approval of ${proposal.id} version 1 is recorded`));
    expect((await proposalOf(product(), proposal.id)).state).toBe("waiting");
    expect(postings("SI-1049")).toBe(0);

    const second = await formAfter(felix, () => press(proposal, felix));
    await chat().submitView(felix, second.id, { code: code(felix) });
    await hears(felix, new RegExp(`Your approval decided it: ${proposal.id}`));
    await reaches(product(), proposal.id, "done");
    expect(postings("SI-1049")).toBe(1);
  });
});
