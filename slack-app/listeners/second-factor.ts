import type { App, BlockAction, ButtonAction, ViewSubmitAction } from "@slack/bolt";
import {
  readCode,
  readPendingVote,
  secondFactorCallback,
  secondFactorModal,
} from "../cards/second-factor-modal.ts";
import { castVote, type Needs } from "../cast-vote.ts";
import { errorDetails } from "../log.ts";
import { tell } from "../tell.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

const tooLate = "Slack did not open the form in time; nothing was recorded. Press it again.";

/** The one-time code that policy asked for; submitting it casts the same vote again. */
export function listenForSecondFactor(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.second-factor", async ({ ack, body, action }) => {
    await ack();
    const pending = readPendingVote(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (pending === null) return tell(to, { sentence: staleButton }, needs);
    try {
      const view = secondFactorModal(pending);
      await needs.posts.views.open({ trigger_id: body.trigger_id, view });
    } catch (error) {
      needs.log.warn(errorDetails(error), "the form for the code did not open");
      await tell(to, { sentence: tooLate }, needs);
    }
  });

  app.view<ViewSubmitAction>(secondFactorCallback, async ({ ack, body, view }) => {
    const code = readCode(view.state.values.code?.code?.value);
    const pending = readPendingVote(view.private_metadata);
    if (code === null || pending === null)
      return ack({ response_action: "errors", errors: { code: "Enter the 6 to 8 digits." } });
    await ack();
    await castVote({ ...pending, user: body.user.id, trigger: null, secondFactor: code }, needs);
  });
}
