import type { ProposalView } from "#/workflows/services.ts";
import { message, type SlackMessage } from "./limits.ts";
import { stateSentence, votesText } from "./proposal-words.ts";
import { marked, quote } from "./words.ts";

/** How a proposal ended, for the thread it came from. */
export function outcomeMessage(view: ProposalView): SlackMessage {
  const { proposal, auditAnchor, votes } = view;
  const state = stateSentence(view);
  const voted = votesText(votes);
  return message(`${quote(proposal.payload.title, 200)}: ${state.replaceAll("*", "")}`, [
    { type: "section", text: marked(`*${quote(proposal.payload.title, 200)}*\n${state}`) },
    ...(voted ? [{ type: "context" as const, elements: [marked(voted)] }] : []),
    {
      type: "context",
      elements: [
        marked(
          `${proposal.id} version ${proposal.version} · payload ${proposal.payloadHash.slice(0, 12)} · audit ${quote(auditAnchor ?? "none yet", 80)}`,
        ),
      ],
    },
  ]);
}
