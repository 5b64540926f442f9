import { z } from "zod";
import { ActionId } from "./action.ts";
import { PolicyReason } from "./decision.ts";
import { Instant, ProposalId } from "./ids.ts";
import { ProposalState } from "./proposal.ts";

/** A run that needs somebody: it failed, nobody knows what it did, or it cannot begin. */
export const StuckRun = z.object({
  proposal: ProposalId,
  version: z.int().positive(),
  title: z.string(),
  action: z.string(),
  state: z.enum(["approved", "failed", "unknown"]),
  /** Where it stands: replay begins there. */
  step: z.enum(["begin", "act"]),
  /** In our words. */
  reason: z.string(),
  /** External calls that were begun. */
  attempts: z.int().nonnegative(),
  replays: z.int().nonnegative(),
  /** Code or class of the last error; null where none was noted. */
  lastError: z.string().nullable(),
  since: Instant,
  /** Approved no longer than this: a replay after it ends as expired. */
  expiresAt: Instant,
});
export type StuckRun = z.infer<typeof StuckRun>;

/** What a person saw at the target, where nothing else can tell. */
export const Sighting = z.enum(["happened", "did-not-happen"]);
export type Sighting = z.infer<typeof Sighting>;

/** What came of taking over a run. */
export const OverrideOutcome = z.discriminatedUnion("result", [
  /** It begins again at its last check, with the same key. */
  z.object({ result: z.literal("replaying") }),
  /** The effect is there: the run is done, and nothing was sent. */
  z.object({ result: z.literal("done") }),
  /** The effect is not there: nothing was changed. */
  z.object({ result: z.literal("nothing-there") }),
  z.object({ result: z.literal("discarded") }),
  /** Only a person can see what happened, and nobody has said. */
  z.object({ result: z.literal("somebody-must-look") }),
  /** The last call may still be on its way; look again in a minute. */
  z.object({ result: z.literal("too-early") }),
  /** Nothing to take over: it ended, or another proposal for the same change is open. */
  z.object({ result: z.literal("closed"), state: ProposalState }),
  z.object({ result: z.literal("refused"), reasons: z.array(PolicyReason).min(1) }),
]);
export type OverrideOutcome = z.infer<typeof OverrideOutcome>;

/** An emergency grant as people see it. */
export const BreakGlass = z.object({
  id: z.string(),
  action: ActionId,
  incident: z.string(),
  expiresAt: Instant,
  obligations: z.array(z.string()),
});
export type BreakGlass = z.infer<typeof BreakGlass>;
