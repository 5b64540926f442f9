import type { VoteOutcome, WithdrawOutcome } from "#/domain/approval.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import { tooLate } from "#/domain/too-late.ts";
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
      sentence = decidedWords[outcome.state](which);
      break;
    case "closed":
      sentence = `Your ${word} does not count: ${which} ${tooLate[outcome.state]}`;
      break;
    case "refused":
      sentence = `Your ${word} of ${which} was not recorded. ${refusalText(outcome.reasons)}`;
      break;
  }
  return sentence;
}

const decidedWords: Readonly<
  Record<"approved" | "rejected" | "withdrawn", (which: string) => string>
> = {
  approved: (which) =>
    `Your approval decided it: ${which} is approved and will be carried out. How it ends is reported in its thread.`,
  rejected: (which) => `Your rejection decided it: ${which} is rejected. Nothing will be changed.`,
  withdrawn: (which) =>
    `You asked for it yourself, so this takes it back: ${which} is withdrawn. Nothing will be changed.`,
};

/** What whoever takes a proposal back is told. mrkdwn. */
export function withdrawSentence(
  outcome: WithdrawOutcome,
  { p, v }: { p: string; v: number },
): string {
  const which = `${p} version ${v}`;
  if (outcome.result === "withdrawn")
    return `${which} is withdrawn. Nothing will be changed, and everybody who was asked sees it.`;
  if (outcome.result === "closed")
    return `It was not withdrawn: ${which} ${tooLate[outcome.state]}`;
  return `${which} was not withdrawn. ${refusalText(outcome.reasons)}`;
}

const refusalText = (reasons: readonly PolicyReason[]): string =>
  reasons
    .slice(0, 5)
    .map(({ id, reason }) => `${quote(reason, 250)} (${quote(id, 60)})`)
    .join(" ");

/** The refusal that a one-time code can cure: none was given, or the one given was not valid. */
export const wantsSecondFactor = (outcome: VoteOutcome): boolean =>
  outcome.result === "refused" &&
  outcome.reasons.some(({ id }) => /^(?:G19\b|second-factor$)/.test(id));
