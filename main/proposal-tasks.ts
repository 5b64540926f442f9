import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { ProposalId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { tooLate } from "#/domain/too-late.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

const Id = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .pipe(ProposalId);
const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "give days as 2026-12-01");
const Named = z.object({
  to: z.string().max(200),
  away: z.string().max(200).optional(),
  from: Day,
  until: Day,
});

const Withdrawal = z.object({
  proposal: Id,
  reason: z.string().min(1, "say why, with --reason").max(500, "at most 500 characters of reason"),
});

/** What a terminal may do to proposals, in the name of whoever this machine acts for. */
export const proposalTasks = (
  { services }: Product,
  principal: () => Promise<Principal>,
): DeskTasks => ({
  "proposal-withdraw": async (argument) => {
    const { proposal, reason } = argumentsOf(Withdrawal, argument);
    const who = await principal();
    if (!who.person)
      throw new CountersignError("FORBIDDEN", {
        who: who.name,
        what: "withdraw",
        needed: "requester's",
      });
    const { version } = (await services.getProposal(who, proposal)).proposal;
    const outcome = await services.withdraw(who.tenant, {
      proposal,
      version,
      person: who.person,
      reason,
    });
    const which = `${proposal} version ${version}`;
    if (outcome.result === "withdrawn") return `${which} is withdrawn. Nothing will be changed.`;
    return outcome.result === "closed"
      ? `It was not withdrawn: ${which} ${tooLate[outcome.state]}`
      : `${which} was not withdrawn. ${outcome.reasons.map(({ reason: why }) => why).join(" ")}.`;
  },
  delegate: async (argument) => {
    const asked = argumentsOf(Named, argument);
    return services.delegate(await principal(), asked);
  },
  delegations: async () => services.delegations(await principal()),
  "delegation-revoke": async (argument) => {
    const { id } = argumentsOf(z.object({ id: z.string().max(40) }), argument);
    await services.revokeDelegation(await principal(), id);
    return null;
  },
  pause: async (argument) => {
    const { reason } = argumentsOf(
      z.object({ reason: z.string().min(1, "say why, with --reason").max(300) }),
      argument,
    );
    const { by, reason: why, since } = await services.pause(await principal(), reason);
    return `Paused by ${by} since ${since}: ${why}. Nothing begins to run until: countersign resume`;
  },
  resume: async () =>
    (await services.resume(await principal()))
      ? "Resumed. What was approved meanwhile starts within two minutes."
      : "Nothing was paused.",
});
