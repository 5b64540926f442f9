import type { VoteOutcome } from "#/domain/approval.ts";
import { isCountersignError } from "#/domain/errors.ts";
import type { Member } from "#/domain/member.ts";
import type { Outbox, Services } from "#/workflows/services.ts";
import {
  type PendingVote,
  secondFactorButton,
  secondFactorModal,
} from "./cards/second-factor-modal.ts";
import { outcomeSentence, wantsSecondFactor } from "./cards/vote-words.ts";
import { quote } from "./cards/words.ts";
import { errorDetails } from "./log.ts";
import { refreshCard } from "./refresh-card.ts";
import { type Needs as TellNeeds, tell } from "./tell.ts";
import { type Needs as WhoNeeds, whoPressed } from "./who-pressed.ts";

export type Needs = TellNeeds &
  WhoNeeds & {
    readonly services: Pick<Services, "vote" | "memberOfSlack" | "linkSlack">;
    readonly outbox: Pick<Outbox, "proposalView">;
    /** Work for the poster was just written down. */
    readonly wake: () => void;
    readonly refreshHome: (user: string) => void;
    /** After this many milliseconds the presser hears that it takes longer. */
    readonly patience: number;
  };

export type Press = PendingVote & {
  readonly user: string;
  readonly trigger: string | null;
  readonly secondFactor: string | null;
};

/**
 * One press, from the person to the answer they get. Nothing is said to be approved before the
 * vote is committed, and every way it can end has its sentence.
 */
export async function castVote(press: Press, needs: Needs): Promise<void> {
  const who = await whoPressed(press.user, needs);
  if (!who.admitted) return tell(press, who, needs);
  const slow = setTimeout(() => {
    void tell(press, { sentence: stillWorking(press) }, needs);
  }, needs.patience);
  try {
    const outcome = await vote(press, who.member, needs);
    needs.wake();
    await (wantsSecondFactor(outcome) ? askForCode(press, needs) : report(press, outcome, needs));
  } catch (error) {
    needs.log.error(
      { proposal: press.value.p, version: press.value.v, ...errorDetails(error) },
      "a vote ended in an error",
    );
    await tell(press, { sentence: failed(press, error) }, needs);
  } finally {
    clearTimeout(slow);
  }
  await showTruth(press, who.member, needs);
}

const vote = (press: Press, member: Member, needs: Needs): Promise<VoteOutcome> =>
  needs.services.vote(member.tenant, {
    proposal: press.value.p,
    version: press.value.v,
    nonce: press.value.n,
    shownHash: press.value.h,
    person: member.id,
    verdict: press.verdict,
    reason: press.reason,
    channel: "slack",
    secondFactor: press.secondFactor,
  });

const report = (press: Press, outcome: VoteOutcome, needs: Needs): Promise<void> =>
  tell(
    press,
    { sentence: outcomeSentence(outcome, { verdict: press.verdict, ...press.value }) },
    needs,
  );

/** A modal while Slack still allows it, else a button that opens it. */
async function askForCode(press: Press, needs: Needs): Promise<void> {
  const { value, verdict, reason, place } = press;
  const pending: PendingVote = { value, verdict, reason, place };
  const wrong = press.secondFactor !== null;
  try {
    if (press.trigger === null || wrong) throw new Error("no trigger to open a modal with");
    await needs.posts.views.open({ trigger_id: press.trigger, view: secondFactorModal(pending) });
  } catch (error) {
    if (!wrong) needs.log.info(errorDetails(error), "the modal for the code did not open");
    const sentence = wrong
      ? "That code was not accepted; your vote is not recorded. Wait for the next code and try again."
      : "Policy wants a one-time code for this; your vote is not recorded yet.";
    await tell(press, { sentence, buttons: secondFactorButton(pending) }, needs);
  }
}

/** The pressed card as the database has it now. Others follow through the outbox. */
async function showTruth(press: Press, member: Member, needs: Needs): Promise<void> {
  const { value, place } = press;
  needs.refreshHome(press.user);
  if (place === null) return;
  try {
    const read = () => needs.outbox.proposalView(member.tenant, value.p, value.v);
    // The nonce shows that this card was made for that version; nobody else learns what is on it.
    if ((await read()).proposal.nonce !== value.n) return;
    await refreshCard({ channel: place.channel, ts: place.message }, read, needs.reads);
  } catch (error) {
    needs.log.warn({ proposal: value.p, ...errorDetails(error) }, "a card was not refreshed");
  }
}

const stillWorking = ({ value }: Press): string =>
  `Your vote on ${value.p} version ${value.v} takes longer than usual. It is not confirmed yet; I will tell you here.`;

const failed = ({ value }: Press, error: unknown): string =>
  isCountersignError(error) && error.blame === "user"
    ? quote(error.message, 600)
    : `Something went wrong on our side, and I cannot confirm your vote on ${value.p} version ${value.v}. The card shows what is recorded; press again if it still waits for you, or use the console.`;
