import type { App, BlockAction, ButtonAction } from "@slack/bolt";
import { readValue } from "../cards/vote-value.ts";
import { castVote, type Needs } from "../cast-vote.ts";
import { tell } from "../tell.ts";
import { pressedPlace } from "./pressed.ts";

export const staleButton =
  "This button is from an older card and does nothing. Open your inbox in the Home tab.";

/** Approve on a card or in the inbox. */
export function listenForApprove(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.approve", async ({ ack, body, action }) => {
    await ack();
    const value = readValue(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (value === null) return tell(to, { sentence: staleButton }, needs);
    const vote = { verdict: "approve" as const, reason: null, secondFactor: null };
    await castVote({ ...to, ...vote, value, trigger: body.trigger_id }, needs);
  });
}
