import type { ProposalState } from "./proposal.ts";

/** Why something came too late for a version, as the end of a sentence that begins with its id. */
export const tooLate: Readonly<Record<ProposalState, string>> = {
  waiting: "could not take it at this moment. Open your inbox and look again.",
  approved: "was already approved by others.",
  executing: "was already approved and is being carried out.",
  rejected: "was already rejected by somebody else.",
  expired: "has expired without a decision. Ask for a new proposal if it is still needed.",
  superseded:
    "was replaced by a newer version, or what it rests on has changed. Look at the newer card.",
  withdrawn: "was already withdrawn by whoever asked for it, or by an administrator.",
  done: "was already approved and carried out.",
  failed: "was already approved, and carrying it out failed without any change.",
  unknown: "was already approved, and its outcome is not known yet. A person is looking at it.",
};
