import { isCountersignError } from "#/domain/errors.ts";
import type { ProposalId } from "#/domain/ids.ts";
import { isRefused } from "#/domain/run.ts";

/** The last error of a run, for people: a code or class, and our own sentence. */
export type Trouble = {
  readonly id: ProposalId;
  readonly version: number;
  readonly step: "begin" | "act";
  readonly error: string;
  readonly sentence: string;
};

/** Pure. What another system said is never in it: its words are in the log. */
export function troubleOf(error: unknown): Pick<Trouble, "error" | "sentence"> {
  if (isCountersignError(error)) return { error: error.code, sentence: error.message };
  if (isRefused(error))
    return { error: `Refused ${error.code}`, sentence: "the target refused and wrote nothing" };
  const name = error instanceof Error ? error.name : "unknown";
  return { error: name, sentence: "the call did not end as it should; the log has the details" };
}
