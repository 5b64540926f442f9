import { z } from "zod";
import { ProposalId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { type OverrideOutcome, Sighting, StuckRun } from "#/domain/stuck-run.ts";
import { tooLate } from "#/domain/too-late.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

const Listed = z.object({ state: StuckRun.shape.state.optional() });
const reason = z
  .string({ error: "say why, with --reason" })
  .min(1, "say why, with --reason")
  .max(500, "at most 500 characters of reason");
const Asked = z.object({
  do: z.enum(["replay", "force", "resolve", "discard"]),
  proposal: z
    .string()
    .transform((text) => text.trim().toUpperCase())
    .pipe(ProposalId),
  reason,
  saw: Sighting.nullable().default(null),
});
const Glass = z.object({
  action: z.string().max(20),
  incident: z.string().max(60),
  reason,
  code: z.string().max(10),
});

/** What a terminal may do about runs that did not end, in the name of whoever this machine acts for. */
export const runTasks = (
  { services, runs }: Product,
  principal: () => Promise<Principal>,
): DeskTasks => ({
  runs: async (argument) => {
    const { state } = argumentsOf(Listed, argument ?? {});
    const found = await runs.stuck(await principal());
    return { ...found, runs: found.runs.filter((run) => !state || run.state === state) };
  },
  "run-override": async (argument) => {
    const asked = argumentsOf(Asked, argument);
    const who = await principal();
    const { version } = (await services.getProposal(who, asked.proposal)).proposal;
    const outcome = await runs.override(who, { ...asked, version });
    return { text: sentenceOf(`${asked.proposal} version ${version}`, outcome) };
  },
  "break-glass": async (argument) => {
    const outcome = await runs.breakGlass(await principal(), argumentsOf(Glass, argument));
    if (outcome.result === "refused")
      return { text: `Refused. ${outcome.reasons.map(({ reason: why }) => why).join(". ")}.` };
    const { id, action, incident, expiresAt, obligations } = outcome.grant;
    return {
      text: `${id}: until ${expiresAt}, one approved ${action} may begin outside hours and rates, for ${incident}. Owed: ${obligations.join(", ")}.`,
    };
  },
});

function sentenceOf(which: string, outcome: OverrideOutcome): string {
  if (outcome.result === "closed")
    return `There is nothing to take over: ${which} ${tooLate[outcome.state]}`;
  if (outcome.result === "refused")
    return `${which} was left as it is. ${outcome.reasons.map(({ reason: why }) => why).join(". ")}.`;
  return {
    replaying: `${which} is tried again from its last check on, with the same key.`,
    done: `${which} is done: its effect is there. Nothing was sent.`,
    "nothing-there": `${which} is closed as failed: its effect is not there.`,
    discarded: `${which} is put away.`,
    "somebody-must-look": `Nobody can tell by itself what ${which} did. Look at the target, then say --saw happened or --saw did-not-happen.`,
    "too-early": `The last call of ${which} may still be on its way. Try again in a minute.`,
  }[outcome.result];
}
