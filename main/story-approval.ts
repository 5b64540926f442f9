import type { VoteOutcome } from "#/domain/approval.ts";
import type { PersonId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Running } from "./run-everything.ts";
import { until, type Voice } from "./story-voice.ts";

/** The card of a proposal in somebody's direct messages; waits until it has arrived. */
export async function cardFor(
  running: Running,
  proposal: Proposal,
  email: string,
): Promise<{ ts: string; value: string }> {
  const { chat } = running;
  if (!chat) throw new Error("the sandbox chat is not running");
  return until(`the card of ${proposal.id} for ${email}`, async () => {
    for (const message of chat.messages(chat.directMessages(email)).toReversed()) {
      const value = approveValue(JSON.stringify(message.blocks ?? []), proposal.id);
      if (value) return { ts: message.ts, value };
    }
    return null;
  });
}

/** What the Approve button of this proposal carries. */
function approveValue(blocks: string, id: string): string | null {
  for (const match of blocks.matchAll(/"value":"((?:[^"\\]|\\.)*)"/g)) {
    const value = JSON.parse(`"${match[1]}"`) as string;
    if (value.includes(`"${id}"`)) return value;
  }
  return null;
}

/** A person with that role presses Approve on the card in their own chat. */
export async function approveInChat(
  running: Running,
  { proposal, approver }: { proposal: Proposal; approver: "DeliveryLead" | "FinanceManager" },
  voice: Voice,
): Promise<void> {
  const { product, chat } = running;
  if (!chat) throw new Error("the sandbox chat is not running");
  const view = await product.services.getProposal(await running.localPrincipal(), proposal.id);
  const members = await product.store.members(product.config.TENANT);
  const able = view.mayApprove.flatMap(
    ({ person }) =>
      members.find((member) => member.id === person && member.roles.includes(approver)) ?? [],
  );
  const person = able[0];
  if (!person) throw new Error(`nobody may approve ${proposal.id}`);
  const card = await cardFor(running, proposal, person.email);
  await chat.clickButton(person.email, card.ts, "proposal.approve", { value: card.value });
  voice.tell("approval", `${person.name} approves ${proposal.id} v${proposal.version} in chat`);
}

/** A vote as a door would deliver it. */
export const castAs = (
  running: Running,
  proposal: Proposal,
  vote: { person: string; shownHash?: string },
): Promise<VoteOutcome> =>
  running.product.services.vote(running.product.config.TENANT, {
    proposal: proposal.id,
    version: proposal.version,
    nonce: proposal.nonce,
    shownHash: vote.shownHash ?? proposal.payloadHash,
    person: vote.person as PersonId,
    verdict: "approve",
    reason: null,
    channel: "terminal",
    secondFactor: null,
  });

export async function describe(running: Running, proposal: Proposal): Promise<string | null> {
  return (await running.product.services.getProposal(await running.localPrincipal(), proposal.id))
    .outcome;
}
