import type { ApprovalKind } from "#/domain/decision.ts";
import type { ApprovePoint, ExecutePoint, RightPoint } from "./lattice.ts";

/*
 * What policy must say, written from the firm's requirements in plain TypeScript and never from the
 * rules. The lattice compares the two at every point. Keep it that way: when both disagree, find out
 * which is wrong; do not copy one into the other.
 */

/** `floor`: the firm permits everything, so only what no firm can loosen is required. */
export type Firm = "default" | "floor" | "freeze";

export type Expected =
  | { readonly effect: "allow" }
  | { readonly effect: "deny" }
  | {
      readonly effect: "require";
      readonly need: Partial<Record<ApprovalKind, number>>;
      readonly waits: readonly string[];
    };

const deny: Expected = { effect: "deny" };
const twoPersonLimit = 250_000_000;

export function expectExecute(firm: Firm, point: ExecutePoint): Expected {
  const { action, amount, votes, sinks } = point;
  const money = action === "R08";
  const contract = action === "standInContractChange";
  const clientSees = action === "R14" || action === "R16";
  const message = action === "R01";
  const ownRules = action === "P01";
  const tenThousandths = amount[1];

  // Malformed, out of time, somebody else's.
  if (point.expiry === "expired") return deny;
  if (tenThousandths < 0 || point.project === "foreign") return deny;
  // What runs is what was approved, and a vote without a payload is no vote.
  if (point.approvedHash === "other") return deny;
  const anyVote = votes.finance + votes.contract + votes.delivery + votes.administration > 0;
  if (anyVote && point.approvedHash === "none") return deny;
  // Free text never decides where money goes, how much, to whom, or on which terms.
  const decisive = sinks.some((sink) => sink !== "text" && sink !== "choice");
  if ((money || contract) && decisive) return deny;
  if (message && !point.internal) return deny;

  const wanted = { finance: 0, contract: 0, delivery: 0, administration: 0 };
  if (money) wanted.finance = 1;
  if (contract) wanted.contract = 1;
  // The rules of the firm itself: two administrators, in every firm.
  if (ownRules) wanted.administration = 2;
  if (clientSees || sinks.length > 0) wanted.delivery = 1;
  if (firm !== "floor") {
    if (money && tenThousandths > twoPersonLimit) wanted.finance = 2;
    if (message && point.sent >= 5) wanted.delivery = 1;
    if (action === "standInRecordChange") wanted.delivery = 1;
  }
  const need: Partial<Record<ApprovalKind, number>> = {};
  for (const kind of ["finance", "contract", "delivery", "administration"] as const)
    if (votes[kind] < wanted[kind]) need[kind] = wanted[kind];

  const { minuteOfDay, businessDay } = point.local;
  const open = businessDay && minuteOfDay >= 8 * 60 && minuteOfDay < 18 * 60;
  const frozen = firm === "freeze" && (money || contract) && !open;
  // Waiting for a morning that comes after the expiry is no way to get it done.
  if (frozen && point.expiry === "before-opening") return deny;
  if (frozen) return { effect: "require", need, waits: ["next-business-window"] };
  return Object.keys(need).length > 0
    ? { effect: "require", need, waits: [] }
    : { effect: "allow" };
}

export function expectApprove(firm: Firm, point: ApprovePoint): boolean {
  const { voter, as: kind } = point;
  if (voter === "agent") return false;
  if (!point.sameTenant || !point.active) return false;
  if (point.project === "foreign" || point.requester.startsWith("voter")) return false;
  if (point.concerns.startsWith("voter-")) return false;
  if (!point.inTime || !point.shownIsPayload) return false;
  if (point.project === "led-by-voter" && (kind === "finance" || kind === "contract")) return false;
  if (kind === "administration") return voter.includes("Administrator");
  if (kind === "finance" && point.amount[1] > twoPersonLimit && !point.trusted) return false;
  if (firm === "floor") return true;
  const office = {
    finance: "FinanceManager",
    contract: "ContractOwner",
    delivery: "DeliveryLead",
  } as const;
  return voter.includes(office[kind]);
}

export function expectRight(firm: Firm, point: RightPoint): boolean {
  if (!point.sameTenant) return false;
  if (point.who !== "agent" && !point.active) return false;
  if (firm === "floor" || point.capability === "read" || point.who === "agent") return true;
  return point.who.some((role) => role !== "Administrator" && role !== "Auditor");
}
