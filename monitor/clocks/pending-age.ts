import { compareInstants } from "../civil-time.ts";
import type { WorkClock } from "./work-clock.ts";

/** Something that waits from `since` until it is done. `until` null: it still waits. */
export type Wait = { readonly since: string; readonly until: string | null };

/**
 * How long it has waited at `asOf`, in working minutes. null: it had not begun. An end after
 * `asOf` is still to come, so the same question can be asked about any past instant.
 */
export function waitAt(clock: WorkClock, wait: Wait, asOf: string): WaitAge | null {
  if (compareInstants(wait.since, asOf) > 0) return null;
  const pending = wait.until === null || compareInstants(wait.until, asOf) > 0;
  const end = pending ? asOf : (wait.until ?? asOf);
  return { pending, minutes: clock.minutes(wait.since, end) };
}

export type WaitAge = { readonly pending: boolean; readonly minutes: number };
