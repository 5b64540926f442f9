import type { WithdrawOutcome } from "#/domain/approval.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Proposal } from "#/domain/proposal.ts";
import type { Store, Voter } from "./store.ts";

export type WithdrawNeeds = { readonly store: Pick<Store, "withdrawProposal"> };

export type Withdrawal = {
  readonly proposal: ProposalId;
  readonly version: number;
  readonly person: PersonId;
  readonly reason: string;
};

/**
 * Takes a proposal back before it runs. Throws INVALID_ARGUMENTS without a reason and
 * UNKNOWN_PROPOSAL; everything else, a lost race included, is an outcome.
 */
export async function withdrawProposal(
  tenant: TenantId,
  { proposal, version, person, reason }: Withdrawal,
  needs: WithdrawNeeds,
): Promise<WithdrawOutcome> {
  const words = reason.trim().slice(0, 500);
  if (!words)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "a withdrawal needs a reason" });
  return needs.store.withdrawProposal(
    tenant,
    { id: proposal, version, person, reason: words },
    mayWithdraw,
  );
}

/** Pure: whoever asked for it, or invoked the agent that did, and administrators; while they are active. */
export function mayWithdraw({
  proposal,
  person,
}: {
  proposal: Proposal;
  person: Pick<Voter, "tenant" | "active" | "roles" | "accounts"> | null;
}): PolicyReason[] {
  if (!person)
    return [{ id: "directory", reason: "Only colleagues in the directory can withdraw" }];
  if (person.tenant !== proposal.tenant)
    return [{ id: "G01-tenant-isolation", reason: "Nobody acts across firms" }];
  if (!person.active)
    return [{ id: "G05-inactive-person", reason: "A deactivated account can do nothing" }];
  const { person: requester } = proposal.requestedBy;
  const asked = requester !== null && person.accounts.includes(requester);
  return asked || person.roles.includes("Administrator")
    ? []
    : [
        {
          id: "not-yours",
          reason:
            "Only whoever asked for it, or an administrator, can withdraw it; if you may decide it, reject it instead",
        },
      ];
}
