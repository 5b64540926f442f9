import type { App, BlockAction, ButtonAction } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { isCountersignError } from "#/domain/errors.ts";
import type { Services } from "#/workflows/services.ts";
import { evidenceModal, evidenceRefused, evidenceSkeleton } from "../cards/evidence-modal.ts";
import { readValue, type VoteValue } from "../cards/vote-value.ts";
import { quote } from "../cards/words.ts";
import type { Needs as VoteNeeds } from "../cast-vote.ts";
import { errorDetails } from "../log.ts";
import { tell } from "../tell.ts";
import { whoPressed } from "../who-pressed.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

export type Needs = Omit<VoteNeeds, "services"> & {
  readonly services: VoteNeeds["services"] & Pick<Services, "getProposal" | "principalOf">;
};

/** Evidence opens an empty form at once and fills it after reading. */
export function listenForEvidence(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.evidence", async ({ ack, body, action }) => {
    await ack();
    const value = readValue(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (value === null) return tell(to, { sentence: staleButton }, needs);
    try {
      const opening = { trigger_id: body.trigger_id, view: evidenceSkeleton() };
      const { view: opened } = await needs.posts.views.open(opening);
      const view = await evidenceFor(value, body.user.id, needs);
      if (!opened?.id) throw new Error("Slack opened no view");
      await needs.reads.views.update({ view_id: opened.id, hash: opened.hash, view });
    } catch (error) {
      needs.log.warn(errorDetails(error), "the evidence did not open");
      await tell(to, { sentence: "The evidence did not open. Press Evidence again." }, needs);
    }
  });
}

async function evidenceFor(value: VoteValue, user: string, needs: Needs): Promise<ModalView> {
  const who = await whoPressed(user, needs);
  if (!who.admitted) return evidenceRefused(who.sentence);
  try {
    const { services, outbox } = needs;
    // Throws when this person may not see it; the version on the card may be an older one.
    await services.getProposal(services.principalOf(who.member), value.p);
    return evidenceModal(await outbox.proposalView(who.member.tenant, value.p, value.v));
  } catch (error) {
    needs.log.warn({ proposal: value.p, ...errorDetails(error) }, "the evidence was not read");
    return evidenceRefused(
      isCountersignError(error) && error.blame === "user"
        ? quote(error.message, 600)
        : "The evidence could not be read just now. Close this and try again.",
    );
  }
}
