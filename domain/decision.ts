import { z } from "zod";
import { Sha256 } from "./ids.ts";

/** The kinds of vote a policy can ask for. */
export const ApprovalKind = z.enum(["finance", "contract", "delivery", "administration"]);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** One policy that had a say, with the sentence shown to people. */
export const PolicyReason = z.object({ id: z.string(), reason: z.string() });
export type PolicyReason = z.infer<typeof PolicyReason>;

/** How many distinct humans of each kind must agree. */
export const Need = z.partialRecord(ApprovalKind, z.int().positive());
export type Need = z.infer<typeof Need>;

const decided = { policies: z.array(PolicyReason), policySetHash: Sha256 };

/** What policy says about running one proposal version now. A denial is an answer, not an error. */
export const Decision = z.discriminatedUnion("effect", [
  z.object({ effect: z.literal("allow"), obligations: z.array(z.string()), ...decided }),
  /** Needs votes, or a later hour, or both. `waits` names the window: `next-business-window`. */
  z.object({ effect: z.literal("require"), need: Need, waits: z.array(z.string()), ...decided }),
  z.object({ effect: z.literal("deny"), ...decided }),
]);
export type Decision = z.infer<typeof Decision>;
