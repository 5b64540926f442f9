import type { Source } from "#/domain/record.ts";
import { waitAt } from "../clocks/pending-age.ts";
import type { Context } from "./context.ts";
import { type Distribution, type Duration, distribution } from "./distribution.ts";
import { createIntake, type Listing } from "./intake.ts";

/** From the won deal to the kickoff meeting. Instants; null: has not happened. */
export type KickoffPath = {
  readonly source: Source;
  readonly wonAt: string | null;
  /** Delivery accepted the handoff from sales. */
  readonly handedOverAt: string | null;
  /** Every role of the start is filled. */
  readonly staffedAt: string | null;
  readonly kickoffAt: string | null;
};

export type KickoffCycle = {
  readonly total: Distribution;
  readonly handoff: Distribution;
  readonly staffing: Distribution;
  /** Staffed, and waiting for the client's date. */
  readonly clientDate: Distribution;
};

/** Closed-won → kickoff held in business days, and its three stretches. Open ones count so far. */
export function kickoffCycle(paths: Listing<KickoffPath> | null, context: Context): KickoffCycle {
  const intake = createIntake();
  const won = intake
    .list(paths)
    .filter((path) => intake.need(path.source, "wonAt", path.wonAt) !== null);
  for (const path of won)
    for (const field of ["handedOverAt", "staffedAt", "kickoffAt"] as const)
      intake.saw(path.source, field, path[field]);
  const stretch = (name: string, from: keyof Times, to: keyof Times): Distribution =>
    distribution(
      name,
      won.flatMap((path): Duration[] => {
        const since = path[from];
        // A later step without this one: the step was skipped, so nothing waits for it.
        if (since === null || (path[to] === null && path.kickoffAt !== null)) return [];
        const age = waitAt(context.clock, { since, until: path[to] }, context.asOf);
        return age === null ? [] : [age];
      }),
      { context, from: [intake] },
    );
  return {
    total: stretch("kickoff-cycle", "wonAt", "kickoffAt"),
    handoff: stretch("kickoff-handoff", "wonAt", "handedOverAt"),
    staffing: stretch("kickoff-staffing", "handedOverAt", "staffedAt"),
    clientDate: stretch("kickoff-client-date", "staffedAt", "kickoffAt"),
  };
}

type Times = Omit<KickoffPath, "source">;
