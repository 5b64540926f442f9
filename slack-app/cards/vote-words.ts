import type { VoteOutcome } from "#/domain/approval.ts";
import type { ProposalState } from "#/domain/proposal.ts";
import { missingText } from "./proposal-words.ts";
import { quote } from "./words.ts";

/** What the presser is told. One clear sentence for every outcome. mrkdwn. */
export function outcomeSentence(
  outcome: VoteOutcome,
  vote: { verdict: "approve" | "reject"; p: string; v: number },
): string {
  const which = `${vote.p} version ${vote.v}`;
  const word = vote.verdict === "approve" ? "approval" : "rejection";
  let sentence: string;
  switch (outcome.result) {
    case "counted":
      sentence = `Your ${word} of ${which} is recorded. Still needed: ${missingText(outcome.have, outcome.need)}.`;
      break;
    case "already-voted":
      sentence = `You had already voted on ${which}; one person has one vote. Still needed: ${missingText(outcome.have, outcome.need)}.`;
      break;
    case "decided":
      sentence =
        outcome.state === "approved"
          ? `Your approval decided it: ${which} is approved and will be carried out. How it ends is reported in its thread.`
          : `Your rejection decided it: ${which} is rejected. Nothing will be changed.`;
      break;
    case "closed":
      sentence = `Your ${word} does not count: ${which} ${closedWords[outcome.state]}`;
      break;
    case "refused":
      sentence = `Your ${word} of ${which} was not recorded. ${outcome.reasons
        .slice(0, 5)
        .map(({ id, reason }) => `${quote(reason, 250)} (${quote(id, 60)})`)
        .join(" ")}`;
      break;
  }
  return sentence;
}

const closedWords: Readonly<Record<ProposalState, string>> = {
  waiting: "could not take it at this moment. Open your inbox in the Home tab and look again.",
  approved: "was already approved by others.",
  executing: "was already approved and is being carried out.",
  rejected: "was already rejected by somebody else.",
  expired: "has expired without a decision. Ask for a new proposal if it is still needed.",
  superseded:
    "was replaced by a newer version, or what it rests on has changed. Look at the newer card.",
  done: "was already approved and carried out.",
  failed: "was already approved, and carrying it out failed without any change.",
  unknown: "was already approved, and its outcome is not known yet. A person is looking at it.",
};

/** The refusal that a one-time code can cure: none was given, or the one given was not valid. */
export const wantsSecondFactor = (outcome: VoteOutcome): boolean =>
  outcome.result === "refused" &&
  outcome.reasons.some(({ id }) => /^(?:G19\b|second-factor$)/.test(id));
