import type { Browser, Locator } from "playwright-core";
import { type Chat, mustSay, openChat, says } from "./chat-page.ts";
import type { ProductProcess } from "./product-process.ts";

/** One thing a person does and sees. It throws when what they see is not what it should be. */
export type Step = readonly [name: string, run: () => Promise<void>];

/** Of the window, or of `only` from its beginning to its end. */
export type Picture = (name: string, chat: Chat, only?: Locator) => Promise<void>;

const northwind = "Invoice NW-1042 to Northwind Health is late";
const changeOrder = "Draft a message that asks for a decision on change order NWH-PORTAL/1";
const acceptance = "Draft a message that asks for the acceptance of “Appointment booking live”";
const release = "Release invoice LE-1049 to Lumen Education";

/** A delivery lead's first minutes: the late invoice, why, what now, and the first approval. */
export function firstMinutes(
  product: ProductProcess,
  { browser, picture }: { browser: Browser; picture: Picture },
): { steps: Step[]; dana: () => Chat } {
  const held: { dana?: Chat } = {};
  const dana = (): Chat => {
    if (!held.dana) throw new Error("the chat is not open yet");
    return held.dana;
  };
  const steps: Step[] = [
    [
      "the channel opens at the invoice with three causes, and its days add up",
      async () => {
        held.dana = await openChat(browser, product.chatUrl, "Dana Reyes");
        await says(dana().page.locator("#title"), /delivery-ops/);
        const notice = dana().card(northwind);
        await notice.waitFor();
        const causes = await notice.locator("table tr").allInnerTexts();
        mustSay(
          causes.join("\n"),
          /Time entries are missing/,
          /A change order is not decided/,
          /A delivered milestone is not accepted/,
        );
        const days = causes.flatMap((row) => /\t(\d+\.\d)\b/.exec(row)?.[1] ?? []).map(Number);
        const total = days.pop();
        const sum = days.reduce((all, part) => all + part, 0);
        if (total === undefined || sum.toFixed(1) !== total.toFixed(1))
          throw new Error(`${days.join(" + ")} is not ${total}`);
        if (!(await notice.locator("h2").isVisible())) throw new Error("the notice is not in view");
        await picture("1-first-exception", dana());
      },
    ],
    [
      "asked why, it answers with causes, days and sources",
      async () => {
        await dana().goTo("Countersign");
        await says(dana().page.locator("#prompts"), /Late invoices/);
        const answer = await dana().ask("Why is the Northwind invoice late?");
        mustSay(
          answer,
          /Invoice NW-1042 to Northwind Health \(EUR 18,600\.00\) is late: [\d.]+ working days so far\. \[1\]/,
          /Time entries are missing: .*Ana Kovac.*\[2\]/,
          /A change order is not decided: /,
          /A delivered milestone is not accepted: /,
          /\[1\] ERP invoice SI-1042: .*read today \d\d:\d\d · open/,
          /Answered by fixed rules, no AI/,
        );
        await picture("2-answer", dana());
      },
    ],
    [
      "asked what to do, it knows which invoice is meant",
      async () => {
        const answer = await dana().ask("What should we do about it?");
        mustSay(answer, /change order NWH-PORTAL\/1/, /Appointment booking live/);
        if (/Which invoice do you mean|LE-1049|Pilot in ten stores/.test(answer))
          throw new Error(`the answer is about something else:\n${answer}`);
      },
    ],
    [
      "a card says exactly what will change; approving it repeats that, then locks the card",
      async () => {
        const card = dana().card(changeOrder);
        mustSay(
          await card.innerText(),
          /Draft subject\tnone\tDecision on change order NWH-PORTAL\/1/,
          /Needs 1 delivery approval/,
          /May approve: Dana Reyes, /,
        );
        await picture("3-card", dana(), card);
        mustSay(await dana().approve(card), /Approve exactly this\?/, /change order NWH-PORTAL\/1/);
        mustSay(
          await dana().told(/Your approval decided it/),
          /is approved and will be carried out/,
        );
        await says(card, /Done\. The draft is with change order CR-101-1 in the CRM/);
        if ((await card.locator("button", { hasText: "Approve" }).count()) > 0)
          throw new Error("a decided card still has its button");
      },
    ],
    [
      "the outcome is told in the thread of the case",
      async () => {
        await dana().goTo("delivery-ops");
        const outcome = dana()
          .page.locator("#messages .row.reply", { hasText: changeOrder })
          .filter({ hasText: "Dana Reyes (delivery) approved" });
        await outcome.first().waitFor();
        mustSay(
          await outcome.first().innerText(),
          /Done\. The draft is with .* equal to what was approved/,
        );
      },
    ],
  ];
  return { steps, dana };
}

/** What needs more than one yes: a rejection with its reason, and money that two people release. */
export function decisions(
  product: ProductProcess,
  { browser, picture, dana }: { browser: Browser; picture: Picture; dana: () => Chat },
): Step[] {
  const held: { fiona?: Chat; felix?: Chat } = {};
  const open = async (name: string): Promise<Chat> => {
    const chat = await openChat(browser, product.chatUrl, name);
    await chat.goTo("Countersign");
    await chat.card(release).waitFor();
    return chat;
  };
  return [
    [
      "a rejection wants a reason, and nothing is changed",
      async () => {
        await dana().goTo("Countersign");
        const card = dana().card(acceptance);
        await card.locator("button", { hasText: "Reject" }).click();
        const form = dana().page.locator("#modal[open]");
        await form.locator("button[type=submit]").click();
        await says(form, /Please complete this field\./);
        await form.locator("select").selectOption({ label: "Bad timing" });
        await form.locator("textarea").fill("We present it to the client on Thursday");
        await form.locator("button[type=submit]").click();
        await says(card, /Rejected\. Nothing was changed\. Reason: Bad timing: We present it/);
      },
    ],
    [
      "over 25,000 an approval without the one-time code is not recorded, nor one with a wrong code",
      async () => {
        const fiona = await open("Fiona Walsh");
        held.fiona = fiona;
        const card = fiona.card(release);
        mustSay(await card.innerText(), /EUR 37,187\.50/, /Needs 2 finance approvals/);
        await fiona.approve(card);
        const form = fiona.page.locator("#modal[open]");
        await says(form, /one-time code[\s\S]*Your vote is not recorded yet/);
        const code = await fiona.authenticatorCode();
        const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
        await form.locator("input").fill(wrong);
        await form.locator("button[type=submit]").click();
        await fiona.told(/That code was not accepted; your vote is not recorded/);
        await says(card, /So far: 0 of 2 finance/);
      },
    ],
    [
      "with the code from the authenticator the first approval counts, and one more is needed",
      async () => {
        const fiona = opened(held.fiona);
        await fiona.page.locator("button", { hasText: "Enter one-time code" }).last().click();
        const form = fiona.page.locator("#modal[open]");
        await form.locator("input").fill(await fiona.authenticatorCode());
        await form.locator("button[type=submit]").click();
        await fiona.told(/is recorded\. Still needed: 1 finance approval\./);
        await says(fiona.card(release), /So far: 1 of 2 finance/);
      },
    ],
    [
      "the second manager completes it; both cards are locked and the invoice is issued",
      async () => {
        const felix = await open("Felix Brandt");
        held.felix = felix;
        await felix.approve(felix.card(release));
        const form = felix.page.locator("#modal[open]");
        await form.locator("input").fill(await felix.authenticatorCode());
        await form.locator("button[type=submit]").click();
        await felix.told(/Your approval decided it/);
        for (const chat of [felix, opened(held.fiona)]) {
          await says(chat.card(release), /Done\. Invoice \S+ is issued in the ERP\./);
          if ((await chat.card(release).locator("button", { hasText: "Approve" }).count()) > 0)
            throw new Error("a decided card still has its button");
        }
      },
    ],
    [
      "the thread of the invoice names both approvers and the number in the ERP",
      async () => {
        const felix = opened(held.felix);
        await felix.goTo("delivery-ops");
        const outcome = felix.page.locator("#messages .row.reply", { hasText: release }).last();
        await says(
          outcome,
          /Done\. Invoice \S+ is issued[\s\S]*Fiona Walsh \(finance\) approved[\s\S]*Felix Brandt \(finance\) approved/,
        );
        await outcome.scrollIntoViewIfNeeded();
        await picture("4-outcome", felix);
        await felix.page.goto(product.worldUrl);
        await says(felix.page.locator("tr", { hasText: "LE-1049" }), /posted/);
      },
    ],
    [
      "App Home lists what still waits for this person",
      async () => {
        await dana().goTo("App Home");
        const text = await says(dana().page.locator("#home-view"), /2 wait for you/);
        mustSay(text, /COB-CLAIMS\/1/, /Pilot in ten stores/);
        await picture("5-app-home", dana());
      },
    ],
  ];
}

/** After a stop and a start on the same data: everything is there, and a card of before still works. */
export const afterRestart = (product: ProductProcess, browser: Browser): Step[] => [
  [
    "after a restart the conversation is there, and a card of before it still decides",
    async () => {
      const dana = await openChat(browser, product.chatUrl, "Dana Reyes");
      await dana.goTo("Countersign");
      await says(dana.card(changeOrder), /Done\./);
      const card = dana.card("COB-CLAIMS/1");
      await dana.approve(card);
      await says(card, /Done\. The draft is with change order/);
    },
  ],
];

function opened(chat: Chat | undefined): Chat {
  if (!chat) throw new Error("an earlier step opens this chat");
  return chat;
}
