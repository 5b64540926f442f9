import type { App, BlockAction } from "@slack/bolt";
import { type Needs, tell } from "../tell.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

// Anything that no other listener takes: Slack shows a warning when nobody acknowledges a press.
const unknownAction =
  /^(?!proposal\.(?:approve|reject|edit|withdraw|evidence|second-factor)$|home\.page\.\d+$)[^]*$/;

/** A button of a card that this version no longer knows. */
export function listenForStaleButtons(app: App, needs: Needs): void {
  app.action<BlockAction>(unknownAction, async ({ ack, body }) => {
    await ack();
    await tell({ user: body.user.id, place: pressedPlace(body) }, { sentence: staleButton }, needs);
  });
}
