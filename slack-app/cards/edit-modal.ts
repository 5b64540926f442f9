import type { KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";
import type { EditOutcome } from "#/domain/approval.ts";
import { tooLate } from "#/domain/too-late.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { limits, view } from "./limits.ts";
import { type Place, readPlace } from "./place.ts";
import { readValue, type VoteValue, voteValue, writeValue } from "./vote-value.ts";
import { clean, clip, fieldText, label, marked, quote, valueText } from "./words.ts";

export const editCallback = "proposal.edit.submit";
const mostText = 500;
const mostFields = 5;

/** While the proposal is being read; Slack gives three seconds to open a form. */
export const editSkeleton = (): ModalView => sentenceModal("Reading the proposal…");
export const editRefused = (sentence: string): ModalView => sentenceModal(sentence);

const sentenceModal = (sentence: string): ModalView =>
  view({
    type: "modal",
    title: label("Modify", limits.viewTitle),
    close: label("Close", limits.viewTitle),
    blocks: [{ type: "section", text: marked(sentence) }],
  });

/** One field for each argument that may be edited, with what it says now. */
export const editModal = (proposed: ProposalView, place: Place): ModalView =>
  view({
    type: "modal",
    callback_id: editCallback,
    private_metadata: JSON.stringify({ value: writeValue(voteValue(proposed.proposal)), place }),
    title: label("Modify", limits.viewTitle),
    submit: label("Make a new version", limits.viewTitle),
    close: label("Back", limits.viewTitle),
    blocks: [
      {
        type: "section",
        text: marked(
          `${proposed.proposal.id} version ${proposed.proposal.version}. This makes a new version: votes for the present one become void, policy is asked again, and you cannot approve what you edited. Amounts, recipients and records cannot be edited.`,
        ),
      },
      ...(proposed.editable ?? []).slice(0, mostFields).map(
        ({ name, value }): KnownBlock => ({
          type: "input",
          block_id: `edit.${name}`,
          optional: true,
          label: label(fieldText(name), limits.inputLabel),
          element: {
            type: "plain_text_input",
            action_id: `edit.${name}`,
            multiline: true,
            max_length: mostText,
            ...(value ? { initial_value: clip(clean(value), mostText) } : {}),
          },
        }),
      ),
    ],
  });

type Entered = Record<string, Record<string, { value?: string | null }>>;
const Metadata = z.object({ value: z.string(), place: z.unknown() });

/** null: the form is from another time of ours. */
export function readEdit(submitted: {
  private_metadata: string;
  state: { values: Entered };
}): { value: VoteValue; place: Place; values: Record<string, string> } | null {
  try {
    const parsed = Metadata.parse(JSON.parse(submitted.private_metadata));
    const value = readValue(parsed.value);
    if (value === null) return null;
    const values = Object.entries(submitted.state.values).flatMap(([block, fields]) =>
      block.startsWith("edit.")
        ? [[block.slice("edit.".length), clean(fields[block]?.value ?? "").trim()] as const]
        : [],
    );
    return { value, place: readPlace(parsed.place), values: Object.fromEntries(values) };
  } catch {
    return null;
  }
}

/** What whoever edited is told. mrkdwn. */
export function editSentence(outcome: EditOutcome, { p, v }: { p: string; v: number }): string {
  const which = `${p} version ${v}`;
  if (outcome.result === "edited")
    return `${p} is now version ${outcome.version}, with your words. Votes for version ${v} are void, and whoever may decide is asked again; you cannot approve it yourself.`;
  if (outcome.result === "unchanged") return `Nothing was changed: ${which} says that already.`;
  if (outcome.result === "closed") return `It was not modified: ${which} ${tooLate[outcome.state]}`;
  return `${which} was not modified. ${outcome.reasons.map(({ reason }) => quote(reason, 250)).join(" ")}`;
}

/** On the card of a version that was made by an edit: by whom, and what is different. */
export function editNotice({ edit }: ProposalView): KnownBlock[] {
  if (!edit) return [];
  const shown = edit.changes.slice(0, 6).map(({ what, before, after }) => {
    const text = (value: typeof before): string =>
      value === null ? "nothing" : `“${quote(valueText(value), 160)}”`;
    return `• ${quote(fieldText(what), 120)}: ${text(before)} → ${text(after)}`;
  });
  const more = edit.changes.length - shown.length;
  return [
    {
      type: "section",
      text: marked(
        [
          `*Edited* by ${quote(edit.by, 80)} since version ${edit.from}. Votes for version ${edit.from} no longer count.`,
          ...shown,
          ...(more > 0 ? [`and ${more} more`] : []),
        ].join("\n"),
      ),
    },
  ];
}
