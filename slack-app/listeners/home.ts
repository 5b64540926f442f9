import type { App, BlockAction, ButtonAction } from "@slack/bolt";
import { z } from "zod";
import type { Services } from "#/workflows/services.ts";
import { clean, clip } from "../cards/words.ts";
import type { Home } from "../home.ts";
import { errorDetails } from "../log.ts";
import type { Needs as TellNeeds } from "../tell.ts";
import { type Needs as WhoNeeds, whoPressed } from "../who-pressed.ts";

export type Needs = TellNeeds &
  WhoNeeds & {
    readonly home: Home;
    readonly services: WhoNeeds["services"] & Pick<Services, "listExceptions" | "principalOf">;
  };

type Prompt = { readonly title: string; readonly message: string };

const prompts: readonly [Prompt, ...Prompt[]] = [
  { title: "Late invoices", message: "Which invoices are late?" },
  { title: "Waiting for approval", message: "Which proposals wait for approval?" },
  { title: "What can you do?", message: "What can you do?" },
];
const Page = z.coerce.number().int().min(0).max(10_000);

/** The inbox when the Home tab opens, suggested questions when the Messages tab does. */
export function listenForHome(app: App, needs: Needs): void {
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") return needs.home.publish(event.user, 0);
    try {
      await needs.posts.assistant.threads.setSuggestedPrompts({
        channel_id: event.channel,
        prompts: [...(await caseFor(event.user, needs)), ...prompts],
      });
    } catch (error) {
      needs.log.info(errorDetails(error), "the suggested prompts were not shown");
    }
  });

  app.action<BlockAction<ButtonAction>>(/^home\.page\.\d+$/, async ({ ack, body, action }) => {
    await ack();
    await needs.home.publish(body.user.id, Page.safeParse(action.value).data ?? 0);
  });
}

const longestTitle = 70;

/** The case that has been open longest, asked about in a person's words. None is no trouble. */
async function caseFor(user: string, needs: Needs): Promise<Prompt[]> {
  const who = await whoPressed(user, needs);
  if (!who.admitted) return [];
  const cases = await needs.services.listExceptions(needs.services.principalOf(who.member));
  const oldest = cases
    .filter(({ state }) => state === "open")
    .toSorted((a, b) => a.openedAt.localeCompare(b.openedAt))[0];
  if (!oldest) return [];
  const about = clean(oldest.title)
    .replace(/\s+/g, " ")
    .replace(/ is late\b.*/, "");
  const named = about.replace(/^Invoice /, "invoice ");
  const message = `Why is ${clip(named, 200)} late?`;
  return [{ title: clip(message, longestTitle), message }];
}
