import { shortHash } from "./draws.ts";

/*
 * Ids that must not tell what they are: a second project looks like any other, and so does a
 * request that nobody needs any more.
 */

/** Projects of a lane take the first ten of every twenty numbers; this is the matching one behind. */
export const twinId = (projectId: string): string => `P${Number(projectId.slice(1)) + 10}`;

export const staffingRequestId = (projectId: string, purpose: "gap" | "surplus"): string =>
  `SR-${projectId}-${shortHash(`${purpose}/${projectId}`).slice(-4)}`;
