import { z } from "zod";
import { ProposalId, Sha256 } from "#/domain/ids.ts";
import { type Proposal, payloadHash } from "#/domain/proposal.ts";

/** All that a button carries. Everything else is read again from the database. */
export const VoteValue = z.strictObject({
  /** proposal */
  p: ProposalId,
  /** version */
  v: z.int().positive(),
  /** nonce */
  n: z.string().min(1).max(200),
  /** sha256 of the payload that the card shows, computed while rendering it. */
  h: Sha256,
});
export type VoteValue = z.infer<typeof VoteValue>;

export const voteValue = (proposal: Proposal): VoteValue => ({
  p: proposal.id,
  v: proposal.version,
  n: proposal.nonce,
  h: payloadHash(proposal.payload),
});

export const writeValue = (value: VoteValue): string => JSON.stringify(value);

/** null for anything that our buttons do not carry. */
export function readValue(text: string | undefined): VoteValue | null {
  try {
    return VoteValue.safeParse(JSON.parse(text ?? "")).data ?? null;
  } catch {
    return null;
  }
}
