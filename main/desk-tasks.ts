import { z } from "zod";
import { verifyAudit } from "#/db/audit.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Principal } from "#/domain/member.ts";
import { formatMoney } from "#/domain/money.ts";
import { ProposalState } from "#/domain/proposal.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";

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
  "audit-verify": async () => verifyAudit(product.database, null),
  "audit-export": async () => product.store.auditTail(product.config.TENANT, 1_000_000),
});

function argumentsOf<T>(shape: z.ZodType<T>, given: unknown): T {
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CountersignError("INVALID_ARGUMENTS", {
    problems: parsed.error.issues.map(({ message }) => message).join("; "),
  });
}
