import type { App, BlockAction, ButtonAction, ViewSubmitAction } from "@slack/bolt";
import { isCountersignError } from "#/domain/errors.ts";
import type { Services } from "#/workflows/services.ts";
import { readValue } from "../cards/vote-value.ts";
import { withdrawSentence } from "../cards/vote-words.ts";
import { readWithdrawal, withdrawCallback, withdrawModal } from "../cards/withdraw-modal.ts";
import { quote } from "../cards/words.ts";
import { errorDetails } from "../log.ts";
import { type Needs as TellNeeds, tell } from "../tell.ts";
import { type Needs as WhoNeeds, whoPressed } from "../who-pressed.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

export type Needs = TellNeeds &
  WhoNeeds & {
    readonly services: WhoNeeds["services"] & Pick<Services, "withdraw">;
    readonly wake: () => void;
    readonly refreshHome: (user: string) => void;
  };

const tooLate = "Slack did not open the form in time; nothing was recorded. Press Withdraw again.";

/** Withdraw… asks why; submitting the form takes the proposal back. */
export function listenForWithdraw(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.withdraw", async ({ ack, body, action }) => {
    await ack();
    const value = readValue(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (value === null) return tell(to, { sentence: staleButton }, needs);
    try {
      await needs.posts.views.open({ trigger_id: body.trigger_id, view: withdrawModal(value) });
    } catch (error) {
      needs.log.warn(errorDetails(error), "the form for a withdrawal did not open");
      await tell(to, { sentence: tooLate }, needs);
    }
  });

  app.view<ViewSubmitAction>(withdrawCallback, async ({ ack, body, view }) => {
    const read = readWithdrawal(view);
    if (!read.ok) return ack({ response_action: "errors", errors: read.errors });
    await ack();
    const { value, reason } = read;
    const to = { user: body.user.id, place: null };
    const who = await whoPressed(body.user.id, needs);
    if (!who.admitted) return tell(to, who, needs);
    const { tenant, id: person } = who.member;
    try {
      const asked = { proposal: value.p, version: value.v, person, reason };
      const outcome = await needs.services.withdraw(tenant, asked);
      needs.wake();
      await tell(to, { sentence: withdrawSentence(outcome, value) }, needs);
    } catch (error) {
      needs.log.error({ proposal: value.p, ...errorDetails(error) }, "a withdrawal failed");
      const sentence =
        isCountersignError(error) && error.blame === "user"
          ? quote(error.message, 600)
          : `I cannot confirm that ${value.p} version ${value.v} was withdrawn. Open the Home tab: it shows what is recorded.`;
      await tell(to, { sentence }, needs);
    }
    needs.refreshHome(body.user.id);
  });
}
