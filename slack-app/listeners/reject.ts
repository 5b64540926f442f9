import type { App, BlockAction, ButtonAction, ViewSubmitAction } from "@slack/bolt";
import { readRejection, rejectCallback, rejectModal } from "../cards/reject-modal.ts";
import { readValue } from "../cards/vote-value.ts";
import { castVote, type Needs } from "../cast-vote.ts";
import { errorDetails } from "../log.ts";
import { tell } from "../tell.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

const tooLate = "Slack did not open the form in time; nothing was recorded. Press Reject again.";

/** Reject… asks for the reason; submitting the form is the vote. */
export function listenForReject(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.reject", async ({ ack, body, action }) => {
    await ack();
    const value = readValue(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (value === null) return tell(to, { sentence: staleButton }, needs);
    try {
      const view = rejectModal(value, to.place);
      await needs.posts.views.open({ trigger_id: body.trigger_id, view });
    } catch (error) {
      needs.log.warn(errorDetails(error), "the form for a rejection did not open");
      await tell(to, { sentence: tooLate }, needs);
    }
  });

  app.view<ViewSubmitAction>(rejectCallback, async ({ ack, body, view }) => {
    const read = readRejection(view);
    if (!read.ok) return ack({ response_action: "errors", errors: read.errors });
    await ack();
    const { value, place, reason } = read;
    const vote = { verdict: "reject" as const, reason, secondFactor: null };
    await castVote({ ...vote, value, place, user: body.user.id, trigger: body.trigger_id }, needs);
  });
}
