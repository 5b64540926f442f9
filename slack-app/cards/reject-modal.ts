import type { ModalView } from "@slack/types";
import { z } from "zod";
import { limits, view } from "./limits.ts";
import { type Place, readPlace } from "./place.ts";
import { readValue, type VoteValue, writeValue } from "./vote-value.ts";
import { clean, label, marked } from "./words.ts";

/** Why people refuse, as a closed list, so that it can be counted. */
export const rejectReasons = {
  "wrong-target": "Wrong target",
  "wrong-amount": "Wrong amount",
  "already-handled": "Already handled",
  "not-the-cause": "Not the cause",
  "bad-timing": "Bad timing",
  "needs-information": "Needs information",
  "policy-disagreement": "Disagree with the policy",
  other: "Other",
} as const;
const Reason = z.enum(Object.keys(rejectReasons) as [keyof typeof rejectReasons]);

export const rejectCallback = "proposal.reject.submit";
const leastText = 8;
const mostText = 500;

/** Asks for a reason from the list and a few words. Submitting it is the vote. */
export const rejectModal = (value: VoteValue, place: Place): ModalView =>
  view({
    type: "modal",
    callback_id: rejectCallback,
    private_metadata: JSON.stringify({ value: writeValue(value), place }),
    title: label("Reject", limits.viewTitle),
    submit: label("Reject", limits.viewTitle),
    close: label("Back", limits.viewTitle),
    blocks: [
      {
        type: "section",
        text: marked(
          `${value.p} version ${value.v}. Nothing will be changed; whoever asked for it sees your reason.`,
        ),
      },
      {
        type: "input",
        block_id: "reason",
        label: label("Reason", limits.inputLabel),
        element: {
          type: "static_select",
          action_id: "reason",
          placeholder: label("Choose one", limits.inputLabel),
          options: Object.entries(rejectReasons).map(([key, text]) => ({
            text: label(text, limits.option),
            value: key,
          })),
        },
      },
      {
        type: "input",
        block_id: "words",
        label: label("In a few words", limits.inputLabel),
        element: {
          type: "plain_text_input",
          action_id: "words",
          multiline: true,
          max_length: mostText,
          placeholder: label("What should be different?", limits.inputLabel),
        },
      },
    ],
  });

type Entered = Record<
  string,
  Record<string, { value?: string | null; selected_option?: { value: string } | null }>
>;

/** What was entered, or what is wrong with it by block, as Slack shows it in the modal. */
export function readRejection(submitted: {
  private_metadata: string;
  state: { values: Entered };
}):
  | { ok: true; value: VoteValue; place: Place; reason: string }
  | { ok: false; errors: Record<string, string> } {
  const { values } = submitted.state;
  const reason = Reason.safeParse(values.reason?.reason?.selected_option?.value);
  const words = clean(values.words?.words?.value ?? "").trim();
  const errors: Record<string, string> = {};
  if (!reason.success) errors.reason = "Choose one of the reasons.";
  if (words.length < leastText || words.length > mostText)
    errors.words = `Say why in ${leastText} to ${mostText} characters.`;
  const { value, place } = readMetadata(submitted.private_metadata);
  if (value === null) errors.words = "This form is out of date. Close it and open it again.";
  if (!reason.success || value === null || Object.keys(errors).length > 0)
    return { ok: false, errors };
  return { ok: true, value, place, reason: `${rejectReasons[reason.data]}: ${words}` };
}

const Metadata = z.object({ value: z.string(), place: z.unknown() });

function readMetadata(text: string): { value: VoteValue | null; place: Place } {
  try {
    const parsed = Metadata.parse(JSON.parse(text));
    return { value: readValue(parsed.value), place: readPlace(parsed.place) };
  } catch {
    return { value: null, place: null };
  }
}
