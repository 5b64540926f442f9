import type { Billing } from "./staffing-plan.ts";

/** Circumstances that can change; each moves one latent and never an output. */
export type ProjectChange =
  | "purchase-order-absent"
  | "purchase-order-used-up"
  | "rates-out-of-date"
  | "billing-data-wrong"
  | "client-holds-invoice"
  | "transfer-fails"
  | "run-moved"
  | "twin-project"
  | "change-unsigned"
  | "acceptance-waits"
  | "approver-inactive"
  | "request-incomplete"
  | "extra-levels"
  | "group-queue"
  | "notice-lost"
  | "approver-disagrees"
  | "upstream-unsigned"
  | "request-outlived"
  | "timer-only"
  | "estimate-missed"
  | "scope-absorbed"
  | "senior-mix"
  | "work-written-down"
  | "unbillable-work"
  | "work-redone"
  | "subcontractor-dearer"
  | "sold-too-low"
  | "key-person-rolls-off"
  | "client-input-late"
  | "technical-block"
  | "late-signature"
  | "plan-untended"
  | "rosy-reporting"
  | "handoff-stalls"
  | "requester-decides"
  | "changed-after-approval"
  | "hostile-note"
  | "client-pauses"
  | "cost-passed-on";
export type InterventionKind =
  | ProjectChange
  | "time-habit"
  | "sudden-absence"
  | "overload"
  | "acceptance-slower"
  | "relationship-cools"
  | "sponsor-leaves"
  | "system-lags";

/** `strength` is the median of a lognormal with spread 0.3; 1 is only on or off. */
export type ProjectKind = readonly [
  weight: number,
  billing: readonly Billing[],
  days: readonly [number, number],
  strength: number,
];
const every: readonly Billing[] = ["time_and_materials", "fixed", "retainer"];
const byTime: readonly Billing[] = ["time_and_materials"];
const byMilestone: readonly Billing[] = ["fixed"];
const notRetained: readonly Billing[] = ["time_and_materials", "fixed"];

/** How often each comes, to which projects, for how many days and how hard. */
export const projectKinds: Readonly<Record<ProjectChange, ProjectKind>> = {
  "purchase-order-absent": [22, every, [36, 60], 14],
  "purchase-order-used-up": [20, byTime, [40, 60], 13],
  "rates-out-of-date": [52, byTime, [45, 75], 12],
  "billing-data-wrong": [22, every, [45, 70], 12],
  "client-holds-invoice": [20, every, [45, 70], 15],
  "transfer-fails": [22, every, [45, 70], 10],
  "run-moved": [6, every, [60, 120], 1],
  "twin-project": [48, byTime, [45, 70], 13],
  "change-unsigned": [16, notRetained, [36, 50], 20],
  "acceptance-waits": [14, byMilestone, [60, 100], 16],
  "approver-inactive": [7, every, [45, 70], 9],
  "request-incomplete": [7, every, [45, 70], 7],
  "extra-levels": [7, every, [45, 70], 3],
  "group-queue": [7, every, [45, 70], 8],
  "notice-lost": [7, every, [45, 70], 8],
  "approver-disagrees": [7, every, [45, 70], 9],
  "upstream-unsigned": [7, every, [45, 70], 8],
  "request-outlived": [6, every, [30, 60], 35],
  "timer-only": [7, every, [45, 70], 5],
  "estimate-missed": [8, notRetained, [20, 30], 1.5],
  "scope-absorbed": [9, every, [60, 90], 0.09],
  "senior-mix": [8, notRetained, [60, 120], 1],
  "work-written-down": [7, byTime, [40, 70], 0.18],
  "unbillable-work": [7, byTime, [40, 80], 0.25],
  "work-redone": [7, byMilestone, [30, 60], 1.3],
  "subcontractor-dearer": [7, notRetained, [30, 60], 0.12],
  "sold-too-low": [6, notRetained, [20, 30], 1.35],
  "key-person-rolls-off": [12, notRetained, [30, 50], 9],
  "client-input-late": [12, notRetained, [25, 45], 10],
  "technical-block": [11, notRetained, [20, 40], 9],
  "late-signature": [8, notRetained, [20, 30], 12],
  "plan-untended": [9, notRetained, [40, 70], 8],
  "rosy-reporting": [10, notRetained, [60, 120], 1],
  "handoff-stalls": [8, every, [10, 20], 14],
  "requester-decides": [5, every, [36, 60], 4],
  "changed-after-approval": [5, every, [36, 60], 3],
  "hostile-note": [5, every, [10, 30], 1],
  "client-pauses": [9, notRetained, [14, 28], 15],
  "cost-passed-on": [7, notRetained, [20, 40], 0.1],
};

/** These lie in how the project was sold or begun. */
export const atTheStart: ReadonlySet<string> = new Set<ProjectChange>([
  "estimate-missed",
  "sold-too-low",
  "late-signature",
  "handoff-stalls",
]);
