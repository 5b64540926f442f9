import { z } from "zod";
import { verifyAudit } from "#/db/audit.ts";
import type { Principal } from "#/domain/member.ts";
import { formatMoney } from "#/domain/money.ts";
import { ProposalState } from "#/domain/proposal.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";

/** What the commands of a terminal ask for, done here or in the process that runs already. */
export const deskTasks = (product: Product, principal: () => Promise<Principal>): DeskTasks => ({
  ask: async (argument) => {
    const { question } = z.object({ question: z.string().min(1).max(4000) }).parse(argument);
    return product.services.ask(await principal(), question);
  },
  proposals: async (argument) => {
    const { state } = z.object({ state: ProposalState.optional() }).parse(argument ?? {});
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
