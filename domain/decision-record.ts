import { z } from "zod";
import { contentHash } from "./canonical-json.ts";
import { Instant, Sha256 } from "./ids.ts";

/** When policy was asked. */
export const AskedAt = z.enum(["proposed", "denied", "edited", "voted", "refused", "started"]);
export type AskedAt = z.infer<typeof AskedAt>;

/**
 * One answer of policy with everything that it was made from. Texts are canonical JSON, kept byte for
 * byte, so that the same facts under the same rules must give the same bytes again.
 */
export const DecisionRecord = z.object({
  question: z.enum(["execute", "vote"]),
  /** ExecuteFacts with the calendar for `execute`, ApproveFacts for `vote`. */
  facts: z.string(),
  factsHash: Sha256,
  /** A Decision for `execute`, a VoteCheck for `vote`. */
  answer: z.string(),
  policySetHash: Sha256,
  /** Of the policy engine: `4.13.0`. */
  engine: z.string(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** A decision record as it is kept: what it was about, and when. */
export const KeptDecision = DecisionRecord.extend({
  id: z.int().positive(),
  at: Instant,
  asked: AskedAt,
  /** `proposal:P-7K3M2Q:1`; for a denial, the record that it was about. */
  subject: z.string(),
});
export type KeptDecision = z.infer<typeof KeptDecision>;

/** The texts that a policy set's hash stands for. */
export type PolicySetText = {
  readonly hash: Sha256;
  readonly guardrails: string;
  readonly tenantRules: string;
  readonly schema: string;
};

/** What policy was asked on the way to one step, and the set that it was asked by. */
export type Decided = {
  readonly set: PolicySetText;
  readonly records: readonly DecisionRecord[];
};

/** The hash that people approve: of a firm's own text, whatever guardrails it stands beside. */
export const rulesHash = (tenantRules: string): Sha256 => contentHash({ tenantRules });
