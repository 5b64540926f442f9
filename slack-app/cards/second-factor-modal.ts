import type { ActionsBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { limits, view } from "./limits.ts";
import { Place } from "./place.ts";
import { VoteValue } from "./vote-value.ts";
import { label, marked } from "./words.ts";

/** A vote that policy wants confirmed with a one-time code, as it was cast the first time. */
export const PendingVote = z.strictObject({
  value: VoteValue,
  verdict: z.enum(["approve", "reject"]),
  reason: z.string().max(600).nullable(),
  place: Place,
});
export type PendingVote = z.infer<typeof PendingVote>;

export const secondFactorCallback = "proposal.second-factor.submit";

/** Asks for the code of the voter's authenticator. Submitting it casts the vote again. */
export const secondFactorModal = (pending: PendingVote): ModalView =>
  view({
    type: "modal",
    callback_id: secondFactorCallback,
    private_metadata: JSON.stringify(pending),
    title: label("One-time code", limits.viewTitle),
    submit: label("Confirm", limits.viewTitle),
    close: label("Back", limits.viewTitle),
    blocks: [
      {
        type: "section",
        text: marked(
          `Policy asks for a one-time code with this ${pending.verdict === "approve" ? "approval" : "rejection"} of ${pending.value.p} version ${pending.value.v}. Your vote is not recorded yet.`,
        ),
      },
      {
        type: "input",
        block_id: "code",
        label: label("Code from your authenticator", limits.inputLabel),
        element: {
          type: "plain_text_input",
          action_id: "code",
          min_length: 6,
          max_length: 12,
          placeholder: label("6 digits", limits.inputLabel),
        },
      },
    ],
  });

/** For when the three seconds in which Slack opens a modal have passed: a button that opens it. */
export const secondFactorButton = (pending: PendingVote): ActionsBlock => ({
  type: "actions",
  elements: [
    {
      type: "button",
      action_id: "proposal.second-factor",
      style: "primary",
      text: label("Enter one-time code", limits.button),
      value: JSON.stringify(pending),
    },
  ],
});

/** null for anything we did not write ourselves. */
export function readPendingVote(text: string | undefined): PendingVote | null {
  try {
    return PendingVote.safeParse(JSON.parse(text ?? "")).data ?? null;
  } catch {
    return null;
  }
}

/** The digits of the code, or null when it cannot be one. */
export function readCode(entered: string | null | undefined): string | null {
  const digits = (entered ?? "").replace(/[\s-]/g, "");
  return /^\d{6,8}$/.test(digits) ? digits : null;
}
