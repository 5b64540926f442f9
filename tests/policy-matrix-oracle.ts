import type { ActionGroup } from "#/domain/action.ts";
import type { Role } from "#/domain/member.ts";
import type { Cell } from "./policy-matrix.ts";

/*
 * The requirement in prose, never from the rules: which office a kind of change asks, who holds it, what
 * keeps somebody out, who may take a change back, and until when. When both disagree, find out which is
 * wrong; do not copy one into the other.
 */

const asksFor: Readonly<Record<ActionGroup, string | null>> = {
  internalMessage: null,
  internalRecord: "delivery",
  clientVisible: "delivery",
  financialWrite: "finance",
  contractChange: "contract",
  platform: "administration",
};

const office: Readonly<Partial<Record<Role, string>>> = {
  DeliveryLead: "delivery",
  FinanceManager: "finance",
  ContractOwner: "contract",
  Administrator: "administration",
};

/** What somebody may do to a change of at most 25,000, under the rules that a firm starts with. */
export function shouldBeAble({ role, group, relation, state }: Cell): string[] {
  const able: string[] = [];
  const asked = asksFor[group];
  const partyToIt = ["requester", "editor", "beneficiary", "moved"].includes(relation);
  const ownProject = relation === "lead" && (asked === "finance" || asked === "contract");
  if (state === "waiting" && asked !== null && office[role] === asked && !partyToIt && !ownProject)
    able.push(`${asked} vote`);
  const notBegun = state === "waiting" || state === "approved";
  // Whoever stands in for an administrator votes for them, and does not administer.
  if (
    notBegun &&
    (relation === "requester" || (role === "Administrator" && relation !== "delegate"))
  )
    able.push("withdraw");
  return able;
}
