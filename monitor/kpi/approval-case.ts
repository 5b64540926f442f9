import type { Source } from "#/domain/record.ts";
import { compareInstants } from "../civil-time.ts";
import type { WorkClock } from "../clocks/work-clock.ts";
import type { Context } from "./context.ts";
import type { Intake } from "./intake.ts";

/** One request in front of one approver. Instants in UTC; null: has not happened. */
export type ApprovalCase = {
  readonly source: Source;
  readonly approverId: string;
  readonly stage: string;
  readonly assignedAt: string;
  /** First time the approver opened it; null: not opened, or the system does not record it. */
  readonly openedAt: string | null;
  readonly decidedAt: string | null;
  /** What it asks for was cancelled or closed meanwhile: nobody will ever decide it. */
  readonly obsolete: boolean;
  /** The limit in the approver's working minutes. */
  readonly slaMinutes: number;
};

/** Approvers work their own hours; without an entry, the firm's. */
export type ApproverClocks = ReadonlyMap<string, WorkClock>;

/** An approval as it stood at one instant; decisions taken later have not happened. */
export type ApprovalState = {
  readonly approval: ApprovalCase;
  readonly pending: boolean;
  readonly ageMinutes: number;
  readonly waitMinutes: number;
  /** null while the approver has not opened it. */
  readonly touchMinutes: number | null;
};

/** The approvals assigned by `asOf`, aged in their approver's working time. */
export function approvalStates(
  approvals: readonly ApprovalCase[],
  clocks: ApproverClocks,
  { asOf, clock }: Pick<Context, "asOf" | "clock">,
): ApprovalState[] {
  return approvals.flatMap((approval) => {
    if (compareInstants(approval.assignedAt, asOf) > 0) return [];
    const own = clocks.get(approval.approverId) ?? clock;
    const decided = happened(approval.decidedAt, asOf);
    const end = decided ?? asOf;
    const opened = happened(approval.openedAt, end);
    return [
      {
        approval,
        pending: decided === null,
        ageMinutes: own.minutes(approval.assignedAt, end),
        waitMinutes: own.minutes(approval.assignedAt, opened ?? end),
        touchMinutes: opened === null ? null : own.minutes(opened, end),
      },
    ];
  });
}

/** Cites what an age rests on. An open decision is a fact too. */
export function citeApproval(intake: Intake, { approval }: ApprovalState): void {
  intake.saw(approval.source, "assignedAt", approval.assignedAt);
  intake.saw(approval.source, "decidedAt", approval.decidedAt);
}

const happened = (at: string | null, asOf: string): string | null =>
  at !== null && compareInstants(at, asOf) <= 0 ? at : null;
