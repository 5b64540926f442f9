import type { WebClient } from "@slack/web-api";
import type { Thread } from "#/domain/proposal.ts";
import type { ProposalView } from "#/workflows/services.ts";
import type { SlackMessage } from "./cards/limits.ts";
import { proposalCard } from "./cards/proposal-card.ts";

const mostRounds = 4;

/**
 * Writes a card anew from the database. Reads once more after writing and repeats when the truth
 * moved meanwhile, so the last of several writers leaves the newest card, without live buttons
 * on a decided proposal. Returns what is shown now.
 */
export async function refreshCard(
  at: Thread,
  read: () => Promise<ProposalView>,
  client: WebClient,
): Promise<ProposalView> {
  let view = await read();
  let card = proposalCard(view);
  for (let round = 1; ; round += 1) {
    await updateMessage(at, card, client);
    const now = await read();
    const next = proposalCard(now);
    if (sameCard(card, next) || round === mostRounds) return view;
    [view, card] = [now, next];
  }
}

const sameCard = (one: SlackMessage, other: SlackMessage): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const updateMessage = ({ channel, ts }: Thread, card: SlackMessage, client: WebClient) =>
  client.chat.update({ channel, ts, text: card.text, blocks: card.blocks, parse: "none" });
