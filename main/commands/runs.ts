import { parseArgs } from "node:util";
import { z } from "zod";
import { StuckRun } from "#/domain/stuck-run.ts";
import { readConfig } from "../config.ts";
import { complain, perform, say } from "./perform.ts";

export const runsUsage = `  countersign runs [--state failed|unknown|approved]      what did not end or cannot begin, and systems that rest
  countersign runs replay ID --reason "…" [--force]      once more from the last check on; force tries a resting system
  countersign runs resolve ID --reason "…" [--saw …]     ends an unknown run by what the target shows
  countersign runs discard|cancel ID --reason "…"        puts away what failed; takes back what has not begun
  countersign runs break-glass R08 --incident INC-204 --reason "…" --code 123456`;

const Found = z.object({
  runs: z.array(StuckRun),
  resting: z.array(z.object({ system: z.string(), since: z.string(), again: z.string() })),
});
const Said = z.object({ text: z.string() });

const options = {
  state: { type: "string" },
  reason: { type: "string" },
  saw: { type: "string" },
  force: { type: "boolean" },
  incident: { type: "string" },
  code: { type: "string" },
} as const;

/** Runs that did not end: the list, and what a person can do about one. */
export async function runsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [what, which] = positionals;
  if (what === undefined) return list(values.state);
  if (!which || !values.reason)
    return complain(`Say which and why: countersign runs ${what} P-7K3M2QXD --reason "…"`);
  const { reason, saw, incident = "", code = "" } = values;
  const ask = async (name: string, argument: unknown): Promise<number> => {
    say(Said.parse(await perform(readConfig(), name, argument)).text);
    return 0;
  };
  switch (what) {
    case "replay":
    case "resolve":
    case "discard":
      return ask("run-override", {
        do: what === "replay" && values.force ? "force" : what,
        proposal: which,
        reason,
        ...(saw ? { saw } : {}),
      });
    case "cancel":
      say(
        z
          .string()
          .parse(await perform(readConfig(), "proposal-withdraw", { proposal: which, reason })),
      );
      return 0;
    case "break-glass":
      return ask("break-glass", { action: which.toUpperCase(), incident, reason, code });
    default:
      return complain(`There is no “runs ${what}”.\n\n${runsUsage}`);
  }
}

async function list(state: string | undefined): Promise<number> {
  const { runs, resting } = Found.parse(
    await perform(readConfig(), "runs", state ? { state } : {}),
  );
  for (const { system, since, again } of resting)
    say(`${system} has failed since ${since}: nothing is sent to it until ${again}`);
  for (const run of runs)
    say(
      `${run.proposal} v${run.version}  ${run.state.padEnd(8)} ${run.title}  at ${run.step}, ${run.attempts} call${run.attempts === 1 ? "" : "s"}${run.lastError ? `, ${run.lastError}` : ""}: ${run.reason}`,
    );
  if (runs.length === 0) say("No run needs anybody.");
  return 0;
}
