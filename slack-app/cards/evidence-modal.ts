import type { KnownBlock, ModalView } from "@slack/types";
import type { ProposalView } from "#/workflows/services.ts";
import { limits, view } from "./limits.ts";
import { evidenceLine, provenanceText } from "./proposal-words.ts";
import { label, marked, plain, quote, valueText } from "./words.ts";

const mostFacts = 60;

const frame = (blocks: KnownBlock[]): ModalView =>
  view({
    type: "modal",
    callback_id: "proposal.evidence.view",
    title: label("Evidence", limits.viewTitle),
    close: label("Close", limits.viewTitle),
    blocks,
  });

/** Opened at once, before anything is read: Slack allows three seconds. */
export const evidenceSkeleton = (): ModalView =>
  frame([{ type: "section", text: marked("Reading the evidence…") }]);

/** A sentence of ours instead of the evidence. */
export const evidenceRefused = (sentence: string): ModalView =>
  frame([{ type: "section", text: marked(sentence) }]);

/** Every cited fact with its record, value, time and link, and where each argument comes from. */
export function evidenceModal(proposed: ProposalView): ModalView {
  const { proposal, evidence } = proposed;
  const more = evidence.length - mostFacts;
  return frame([
    { type: "header", text: label(proposal.payload.title, limits.header) },
    ...evidence
      .slice(0, mostFacts)
      .map((fact): KnownBlock => ({ type: "section", text: marked(evidenceLine(fact, 1500)) })),
    ...(more > 0
      ? [{ type: "context" as const, elements: [marked(`and ${more} more in the console`)] }]
      : []),
    { type: "divider" },
    ...proposal.payload.arguments.slice(0, 25).map(
      (argument): KnownBlock => ({
        type: "section",
        text: plain(provenanceText(argument, valueText(argument.value)), 2900),
      }),
    ),
    {
      type: "context",
      elements: [
        marked(`${proposal.id} version ${proposal.version}`),
        marked(`payload ${proposal.payloadHash}`),
        marked(`audit ${quote(proposed.auditAnchor ?? "none yet", 80)}`),
      ],
    },
  ]);
}
