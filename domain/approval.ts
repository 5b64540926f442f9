import { z } from "zod";
import { ApprovalKind, Need, PolicyReason } from "./decision.ts";
import { Instant, PersonId, ProposalId, Sha256 } from "./ids.ts";
import { ProposalState } from "./proposal.ts";

/** A named human's word on one version's hash. Append only; one per person and version. */
export const Vote = z.object({
  proposal: ProposalId,
  version: z.int().positive(),
  person: PersonId,
  /** Which of the needed kinds this vote fills. */
  kind: ApprovalKind,
  /** Whose authority it uses, and by which delegation; null: their own. */
  actingFor: z.object({ person: PersonId, delegation: z.string() }).nullable().optional(),
  verdict: z.enum(["approve", "reject"]),
  reason: z.string().nullable(),
  /** Hash of the payload on the card that was pressed. */
  shownHash: Sha256,
  channel: z.enum(["slack", "console", "terminal"]),
  /** The channel proved who it is beyond a chat click: single sign-on and a fresh second factor. */
  channelTrusted: z.boolean(),
  at: Instant,
});
export type Vote = z.infer<typeof Vote>;

/** What came of pressing a button. The loser of a race is told which of these it was. */
export const VoteOutcome = z.discriminatedUnion("result", [
  /** It counts; more people are needed. */
  z.object({ result: z.literal("counted"), have: Need, need: Need }),
  /** The same person had already voted on this version. */
  z.object({ result: z.literal("already-voted"), have: Need, need: Need }),
  /** This vote decided it. */
  z.object({ result: z.literal("decided"), state: z.enum(["approved", "rejected", "withdrawn"]) }),
  /** Too late: somebody else decided, or it expired, or it was replaced. */
  z.object({ result: z.literal("closed"), state: ProposalState }),
  /** This person may not vote on this. */
  z.object({ result: z.literal("refused"), reasons: z.array(PolicyReason).min(1) }),
]);
export type VoteOutcome = z.infer<typeof VoteOutcome>;

/** What came of withdrawing one version. */
export const WithdrawOutcome = z.discriminatedUnion("result", [
  z.object({ result: z.literal("withdrawn") }),
  /** Too late: it was decided, began to run, expired or was replaced first. */
  z.object({ result: z.literal("closed"), state: ProposalState }),
  z.object({ result: z.literal("refused"), reasons: z.array(PolicyReason).min(1) }),
]);
export type WithdrawOutcome = z.infer<typeof WithdrawOutcome>;

/** What came of editing one version. */
export const EditOutcome = z.discriminatedUnion("result", [
  /** There is a new version, and votes for the old one are void. */
  z.object({ result: z.literal("edited"), version: z.int().positive() }),
  /** What was entered is what it says already. */
  z.object({ result: z.literal("unchanged") }),
  z.object({ result: z.literal("closed"), state: ProposalState }),
  z.object({ result: z.literal("refused"), reasons: z.array(PolicyReason).min(1) }),
]);
export type EditOutcome = z.infer<typeof EditOutcome>;
