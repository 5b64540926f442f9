import { z } from "zod";
import type { Principal } from "#/domain/member.ts";
import { formatMoney } from "#/domain/money.ts";
import { ProposalState } from "#/domain/proposal.ts";
import { auditTasks } from "./audit-tasks.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { logTasks } from "./log-tasks.ts";
import { pictureTasks } from "./picture-tasks.ts";
import { policyTasks } from "./policy-tasks.ts";
import { proposalTasks } from "./proposal-tasks.ts";
import { runTasks } from "./run-tasks.ts";
import { argumentsOf } from "./task-arguments.ts";

const State = z.enum(ProposalState.options, {
  error: `a state is one of ${ProposalState.options.join(", ")}`,
});

/** What the commands of a terminal ask for, done here or in the process that runs already. */
export const deskTasks = (product: Product, principal: () => Promise<Principal>): DeskTasks => ({
  present: async () => true,
  ask: async (argument) => {
    const { question } = argumentsOf(
      z.object({
        question: z.string().min(1).max(4000, "ask in at most 4000 characters"),
      }),
      argument,
    );
    return product.services.ask(await principal(), question);
  },
  proposals: async (argument) => {
    const { state } = argumentsOf(z.object({ state: State.optional() }), argument ?? {});
    const found = await product.services.listProposals(await principal(), state ? { state } : {});
    return found.map(({ id, version, state: now, payload, expiresAt, payloadHash }) => ({
      id,
      version,
      state: now,
      title: payload.title,
      amount: payload.amount ? formatMoney(payload.amount) : null,
      expiresAt,
      hash: payloadHash.slice(0, 12),
    }));
  },
  ...proposalTasks(product, principal),
  ...runTasks(product, principal),
  ...policyTasks(product, principal),
  ...auditTasks(product, principal),
  ...pictureTasks(product, principal),
  ...logTasks(product),
});
