import type { ApprovalKind, Need } from "#/domain/decision.ts";
import type { Role } from "#/domain/member.ts";

/*
 * The ladder from the requirement in prose, never from the matrix or its rules: a project manager up
 * to 5,000, a delivery lead to 25,000, a practice director to 100,000, finance control to 250,000, the
 * chief financial officer beyond; credit notes (R11) and write-offs (R12) at a fifth of it.
 */

const thousand = 100_000;

/** Does this one role carry this approval? Everybody is a stranger to the change otherwise. */
export function ladderAgrees(asked: {
  role: Role;
  as: ApprovalKind;
  minor: number;
  action: string;
}): boolean {
  const { role, as: kind } = asked;
  if (kind === "administration") return asked.role === "Administrator";
  if (kind === "delivery")
    return role === "ProjectManager" || role === "DeliveryLead" || role === "PracticeDirector";
  const money = asked.action === "R11" || asked.action === "R12" ? asked.minor * 5 : asked.minor;
  if (role === "ChiefFinancialOfficer") return true;
  if (role === "ProjectManager") return money <= 5 * thousand;
  if (role === "DeliveryLead") return money <= 25 * thousand;
  if (role === "PracticeDirector") return money <= 100 * thousand;
  const finance = role === "FinanceController" || role === "FinanceManager";
  if (kind === "finance" ? finance : role === "ContractOwner") return money <= 250 * thousand;
  return false;
}

/** How many must agree, of which kind. */
export function ladderPeople({ action, minor }: { action: string; minor: number }): Need {
  if (action === "R14") return { delivery: 1 };
  if (action === "standInContractChange") return { contract: minor > 100 * thousand ? 2 : 1 };
  const counted = action === "R08" ? minor : minor * 5;
  return { finance: counted > 25 * thousand ? 2 : 1 };
}
