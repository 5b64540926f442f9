import { z } from "zod";
import { Evidence } from "./evidence.ts";
import { EvidenceId, ProposalId } from "./ids.ts";
import { ProducedBy } from "./proposal.ts";

/** One sentence, and the facts it stands on. A sentence with a number and no evidence is not made. */
export const Sentence = z.object({ text: z.string(), evidence: z.array(EvidenceId) });
export type Sentence = z.infer<typeof Sentence>;

/** What the copilot says to a question or about a case. */
export const Answer = z.object({
  sentences: z.array(Sentence),
  evidence: z.array(Evidence),
  /** Claims the model made that no evidence supports; they were dropped, and we say how many. */
  droppedClaims: z.int().nonnegative(),
  proposals: z.array(ProposalId),
  producedBy: ProducedBy,
});
export type Answer = z.infer<typeof Answer>;
