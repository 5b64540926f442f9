import { civilDays, dateIn } from "../clocks/civil-days.ts";
import {
  type ApprovalCase,
  type ApprovalState,
  type ApproverClocks,
  approvalStates,
  citeApproval,
} from "./approval-case.ts";
import type { Context } from "./context.ts";
import { type Distribution, distribution } from "./distribution.ts";
import { createIntake, type Listing } from "./intake.ts";
import { amount, type Kpi, measured, noValue, quotient } from "./kpi.ts";
import { rational } from "./rational.ts";

export type ApprovalPerformance = {
  /** Assigned → decided, in the approver's business time; pending ones with their age so far. */
  readonly cycle: Distribution;
  /** Until the approver first opened it. */
  readonly wait: Distribution;
  /** From there to the decision. */
  readonly touch: Distribution;
  /** Decided within the limit / (decided + pending past the limit). */
  readonly onTime: Kpi;
  /** Decided late or pending past the limit. */
  readonly missed: Kpi;
  /** The oldest pending one, in business days; zombies are not counted. */
  readonly oldestPending: Kpi;
};

/** The question: which approvals, and whose hours. */
export type ApprovalFacts = {
  readonly approvals: Listing<ApprovalCase> | null;
  readonly clocks: ApproverClocks;
};

export function approvalPerformance(facts: ApprovalFacts, context: Context): ApprovalPerformance {
  const intake = createIntake();
  const states = approvalStates(intake.list(facts.approvals), facts.clocks, context);
  for (const state of states) citeApproval(intake, state);
  const from = [intake];
  // What nobody will ever decide is no measure of how fast people decide.
  const living = states.filter((state) => !(state.pending && isZombie(state, context)));
  const durations = (minutes: (state: ApprovalState) => number | null) =>
    living.flatMap((state) => {
      const value = minutes(state);
      return value === null ? [] : [{ minutes: value, pending: state.pending }];
    });
  const decided = living.filter(({ pending }) => !pending);
  const inTime = decided.filter((state) => !isLate(state)).length;
  const overdue = living.filter((state) => state.pending && isLate(state)).length;
  const about = { asOf: context.asOf, from } as const;
  const onTime = { ...about, kpi: "on-time-approvals", unit: "percent" } as const;
  const missed = { ...about, kpi: "missed-approvals", unit: "count" } as const;
  const oldest = { ...about, kpi: "oldest-pending-approval", unit: "business days" } as const;
  const ages = living.flatMap(({ pending, ageMinutes }) => (pending ? [ageMinutes] : []));
  const unread = facts.approvals === null;
  return {
    cycle: distribution(
      "approval-cycle",
      durations(({ ageMinutes }) => ageMinutes),
      { context, from },
    ),
    wait: distribution(
      "approval-wait",
      durations(({ waitMinutes }) => waitMinutes),
      { context, from },
    ),
    touch: distribution(
      "approval-touch",
      durations(({ touchMinutes }) => touchMinutes),
      { context, from },
    ),
    onTime: unread
      ? noValue(onTime, "missing-input")
      : quotient(onTime, inTime, decided.length + overdue),
    missed: unread
      ? noValue(missed, "missing-input")
      : amount(missed, decided.length - inTime + overdue),
    oldestPending: unread
      ? noValue(oldest, "missing-input")
      : ages.length === 0
        ? noValue(oldest, "none-found")
        : measured(oldest, rational(Math.max(...ages), context.clock.dayMinutes)),
  };
}

export const ageingBands = ["green", "waiting", "amber", "red", "zombie"] as const;
export type AgeingBand = (typeof ageingBands)[number];

/** Upper ends in business days: up to 1 green, above 2 amber, above 5 red. Zombies in civil days. */
export const ageingLimits = {
  green: 1,
  amber: 2,
  red: 5,
  zombieCivilDays: 30,
  sourceNote:
    "Amber and red near the 75th and 90th percentile of a public approval log (BPIC 2020); a vendor documents that approvals older than 30 days are no longer acted on. Levels may not transfer: set per firm.",
} as const;

export type Ageing = {
  readonly counts: Readonly<Record<AgeingBand, number>>;
  readonly items: readonly { readonly approval: ApprovalCase; readonly band: AgeingBand }[];
};

/** Every pending approval in its band, oldest first. */
export function approvalAgeing({ approvals, clocks }: ApprovalFacts, context: Context): Ageing {
  const pending = approvalStates(approvals?.items ?? [], clocks, context)
    .filter((state) => state.pending)
    .toSorted(
      (a, b) =>
        b.ageMinutes - a.ageMinutes || (a.approval.source.id < b.approval.source.id ? -1 : 1),
    );
  const items = pending.map((state) => ({
    approval: state.approval,
    band: bandOf(state, context),
  }));
  const count = (band: AgeingBand) => items.filter((item) => item.band === band).length;
  return {
    items,
    counts: {
      green: count("green"),
      waiting: count("waiting"),
      amber: count("amber"),
      red: count("red"),
      zombie: count("zombie"),
    },
  };
}

function bandOf(state: ApprovalState, context: Context): AgeingBand {
  const { dayMinutes } = context.clock;
  if (isZombie(state, context)) return "zombie";
  if (state.ageMinutes > ageingLimits.red * dayMinutes) return "red";
  if (state.ageMinutes > ageingLimits.amber * dayMinutes) return "amber";
  return state.ageMinutes > ageingLimits.green * dayMinutes ? "waiting" : "green";
}

/** Exactly the limit is in time. */
const isLate = ({ approval, ageMinutes }: ApprovalState): boolean =>
  ageMinutes > approval.slaMinutes;

const isZombie = ({ approval }: ApprovalState, { calendar, today }: Context): boolean =>
  approval.obsolete ||
  civilDays(dateIn(calendar.zone, approval.assignedAt), today) > ageingLimits.zombieCivilDays;
