import type { ActionsBlock, ModalView } from "@slack/types";
import { z } from "zod";
import type { Proposal } from "#/domain/proposal.ts";
import { limits, view } from "./limits.ts";
import { readValue, type VoteValue, voteValue, writeValue } from "./vote-value.ts";
import { clean, label, marked } from "./words.ts";

export const withdrawCallback = "proposal.withdraw.submit";
const leastText = 4;
const mostText = 500;

export const withdrawButton = (proposal: Proposal): ActionsBlock => ({
  type: "actions",
  elements: [
    {
      type: "button",
      action_id: "proposal.withdraw",
      text: label("Withdraw…", limits.button),
      value: writeValue(voteValue(proposal)),
    },
  ],
});

/** Asks why. Submitting it takes the proposal back. */
export const withdrawModal = (value: VoteValue): ModalView =>
  view({
    type: "modal",
    callback_id: withdrawCallback,
    private_metadata: JSON.stringify({ value: writeValue(value) }),
    title: label("Withdraw", limits.viewTitle),
    submit: label("Withdraw", limits.viewTitle),
    close: label("Back", limits.viewTitle),
    blocks: [
      {
        type: "section",
        text: marked(
          `${value.p} version ${value.v}. It can be taken back until it begins to run. Whoever was asked to decide sees your reason.`,
        ),
      },
      {
        type: "input",
        block_id: "words",
        label: label("Why?", limits.inputLabel),
        element: { type: "plain_text_input", action_id: "words", max_length: mostText },
      },
    ],
  });

const Metadata = z.object({ value: z.string() });

/** What was entered, or what is wrong with it. */
export function readWithdrawal(submitted: {
  private_metadata: string;
  state: { values: Record<string, Record<string, { value?: string | null }>> };
}): { ok: true; value: VoteValue; reason: string } | { ok: false; errors: Record<string, string> } {
  const reason = clean(submitted.state.values.words?.words?.value ?? "").trim();
  const value = readMetadata(submitted.private_metadata);
  if (value === null)
    return {
      ok: false,
      errors: { words: "This form is out of date. Close it and open it again." },
    };
  return reason.length < leastText || reason.length > mostText
    ? { ok: false, errors: { words: `Say why in ${leastText} to ${mostText} characters.` } }
    : { ok: true, value, reason };
}

function readMetadata(text: string): VoteValue | null {
  try {
    return readValue(Metadata.parse(JSON.parse(text)).value);
  } catch {
    return null;
  }
}
