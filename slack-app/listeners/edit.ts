import type { App, BlockAction, ButtonAction, ViewSubmitAction } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { isCountersignError } from "#/domain/errors.ts";
import type { Outbox, Services } from "#/workflows/services.ts";
import {
  editCallback,
  editModal,
  editRefused,
  editSentence,
  editSkeleton,
  readEdit,
} from "../cards/edit-modal.ts";
import type { Place } from "../cards/place.ts";
import { readValue, type VoteValue } from "../cards/vote-value.ts";
import { quote } from "../cards/words.ts";
import { errorDetails } from "../log.ts";
import { type Needs as TellNeeds, tell } from "../tell.ts";
import { type Needs as WhoNeeds, whoPressed } from "../who-pressed.ts";
import { staleButton } from "./approve.ts";
import { pressedPlace } from "./pressed.ts";

export type Needs = TellNeeds &
  WhoNeeds & {
    readonly services: WhoNeeds["services"] &
      Pick<Services, "edit" | "getProposal" | "principalOf">;
    readonly outbox: Pick<Outbox, "proposalView">;
    readonly wake: () => void;
    readonly refreshHome: (user: string) => void;
  };

/** Modify… opens an empty form at once and fills it; submitting it makes a new version. */
export function listenForEdit(app: App, needs: Needs): void {
  app.action<BlockAction<ButtonAction>>("proposal.edit", async ({ ack, body, action }) => {
    await ack();
    const value = readValue(action.value);
    const to = { user: body.user.id, place: pressedPlace(body) };
    if (value === null) return tell(to, { sentence: staleButton }, needs);
    try {
      const { view: opened } = await needs.posts.views.open({
        trigger_id: body.trigger_id,
        view: editSkeleton(),
      });
      const view = await formFor(value, to, needs);
      if (!opened?.id) throw new Error("Slack opened no view");
      await needs.reads.views.update({ view_id: opened.id, hash: opened.hash, view });
    } catch (error) {
      needs.log.warn(errorDetails(error), "the form for an edit did not open");
      await tell(to, { sentence: "The form did not open. Press Modify again." }, needs);
    }
  });

  app.view<ViewSubmitAction>(editCallback, async ({ ack, body, view }) => {
    await ack();
    const read = readEdit(view);
    const to = { user: body.user.id, place: read?.place ?? null };
    if (read === null) return tell(to, { sentence: staleButton }, needs);
    const who = await whoPressed(body.user.id, needs);
    if (!who.admitted) return tell(to, who, needs);
    const { value, values } = read;
    try {
      const request = { proposal: value.p, version: value.v, values };
      const outcome = await needs.services.edit(needs.services.principalOf(who.member), request);
      needs.wake();
      await tell(to, { sentence: editSentence(outcome, value) }, needs);
    } catch (error) {
      needs.log.warn({ proposal: value.p, ...errorDetails(error) }, "an edit failed");
      await tell(to, { sentence: failed(error, value) }, needs);
    }
    needs.refreshHome(body.user.id);
  });
}

const failed = (error: unknown, { p, v }: VoteValue): string =>
  isCountersignError(error) && error.blame === "user"
    ? quote(error.message, 600)
    : `I cannot confirm that ${p} version ${v} was modified. Its card shows what is recorded.`;

async function formFor(
  value: VoteValue,
  to: { user: string; place: Place },
  needs: Needs,
): Promise<ModalView> {
  const who = await whoPressed(to.user, needs);
  if (!who.admitted) return editRefused(who.sentence);
  try {
    const { services, outbox } = needs;
    // Throws when this person may not see it; the version on the card may be an older one.
    await services.getProposal(services.principalOf(who.member), value.p);
    const view = await outbox.proposalView(who.member.tenant, value.p, value.v);
    if (view.proposal.state !== "waiting")
      return editRefused("It is decided, expired or replaced: there is nothing left to modify.");
    return view.editable?.length
      ? editModal(view, to.place)
      : editRefused("Nothing of this action can be modified. Reject it and say what is wrong.");
  } catch (error) {
    needs.log.warn({ proposal: value.p, ...errorDetails(error) }, "a form was not filled");
    return editRefused(
      isCountersignError(error) && error.blame === "user"
        ? quote(error.message, 600)
        : "The proposal could not be read just now. Close this and try again.",
    );
  }
}
