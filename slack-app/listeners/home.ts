import type { App, BlockAction, ButtonAction } from "@slack/bolt";
import { z } from "zod";
import type { Home } from "../home.ts";
import { errorDetails } from "../log.ts";
import type { Needs as TellNeeds } from "../tell.ts";

const prompts = [
  { title: "Late invoices", message: "Which invoices are late?" },
  { title: "Why is it late?", message: "Why is our latest invoice late?" },
  { title: "Waiting for approval", message: "Which proposals wait for approval?" },
];
const Page = z.coerce.number().int().min(0).max(10_000);

/** The inbox when the Home tab opens, suggested questions when the Messages tab does. */
export function listenForHome(app: App, needs: TellNeeds & { readonly home: Home }): void {
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") return needs.home.publish(event.user, 0);
    try {
      await needs.posts.assistant.threads.setSuggestedPrompts({
        channel_id: event.channel,
        prompts,
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
