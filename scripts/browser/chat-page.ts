import type { Browser, Locator, Page } from "playwright-core";

export const wide = { width: 1280, height: 800 };
/** Long enough for a busy machine: what is waited for comes in a second on an idle one. */
const patience = 45_000;

export type Chat = {
  readonly page: Page;
  /** A place on the left: `Countersign`, `App Home`, `delivery-ops`. */
  readonly goTo: (place: string) => Promise<void>;
  /** Types the question as a new message; resolves to the text of the answer below it. */
  readonly ask: (question: string) => Promise<string>;
  /** The app's message in this place that has this heading. */
  readonly card: (heading: string) => Locator;
  readonly approve: (card: Locator) => Promise<string>;
  /** What came back to this person, below what they pressed. */
  readonly told: (text: RegExp) => Promise<string>;
  readonly authenticatorCode: () => Promise<string>;
  /** Problems that the page reported, in its own words. */
  readonly problems: readonly string[];
};

/** The chat page in a tab of its own, as one person of the firm. */
export async function openChat(browser: Browser, url: string, person: string): Promise<Chat> {
  const context = await browser.newContext({
    viewport: wide,
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    reducedMotion: "reduce",
    colorScheme: "light",
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(url);
  const option = page.locator("#me option", { hasText: person }).first();
  if ((await option.getAttribute("selected")) === null)
    await page.locator("#me").selectOption((await option.getAttribute("value")) ?? "");
  await page.locator("#me option[selected]", { hasText: person }).waitFor({ state: "attached" });

  const card = (heading: string): Locator =>
    page.locator("#messages .message.from-app", {
      has: page.locator("h2", { hasText: heading }),
    });
  return {
    page,
    problems,
    card,
    goTo: async (place) => {
      await page.locator("#nav .place", { hasText: place }).first().click();
      await page.locator("#nav .place.here", { hasText: place }).first().waitFor();
    },
    ask: async (question) => {
      const replies = page.locator("#messages .row.reply .message.from-app");
      const before = await replies.count();
      await page.locator("#composer").fill(question);
      await page.locator("#composer").press("Enter");
      await replies.nth(before).waitFor();
      return replies.last().locator(".body").innerText();
    },
    approve: async (which) => {
      await which.locator("button", { hasText: "Approve" }).click();
      const question = page.locator("#confirm[open]");
      await question.waitFor();
      const text = await question.innerText();
      await question.locator("button", { hasText: "Approve" }).click();
      return text;
    },
    told: async (text) => {
      const message = page.locator("#messages .row.reply .message", { hasText: text }).last();
      await message.waitFor();
      return message.innerText();
    },
    authenticatorCode: async () => {
      await page.locator("#code strong").waitFor();
      return (await page.locator("#code").getAttribute("data-code")) ?? "";
    },
  };
}

/** Waits until the element's text matches; throws with what it says instead. */
export async function says(where: Locator, wanted: RegExp): Promise<string> {
  const end = performance.now() + patience;
  let text = "";
  while (performance.now() < end) {
    text = await where.innerText({ timeout: patience });
    if (wanted.test(text)) return text;
    await where.page().waitForTimeout(100);
  }
  throw new Error(`${wanted} is not said; instead:\n${text}`);
}

/** Throws with what was said when it is not what was wanted. */
export function mustSay(text: string, ...wanted: readonly RegExp[]): void {
  for (const one of wanted)
    if (!one.test(text)) throw new Error(`${one} is not said; instead:\n${text}`);
}
