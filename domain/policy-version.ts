import { z } from "zod";
import { Instant, PersonId, ProposalId, Sha256 } from "./ids.ts";

/** A firm's own rules as they were put in force. Numbers go up by one; the highest is in force. */
export const PolicyVersion = z.object({
  number: z.int().positive(),
  /** Of the text alone, whatever guardrails it stands beside. */
  rulesHash: Sha256,
  /** `settings`: a start of Countersign with other settings, before the firm approved any rules. */
  source: z.enum(["settings", "proposal"]),
  proposal: z.object({ id: ProposalId, version: z.int().positive() }).nullable(),
  requestedBy: PersonId.nullable(),
  approvedBy: z.array(PersonId),
  reason: z.string(),
  at: Instant,
});
export type PolicyVersion = z.infer<typeof PolicyVersion>;
