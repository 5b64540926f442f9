import type { HoldUp } from "./approval.ts";
import type { InterventionKind } from "./intervention-kinds.ts";
import type { WaitKind } from "./invoice.ts";

/** The firm's cause taxonomies. For tests and evals: the simulation itself does not know these codes. */
export const invoiceCodes: Readonly<Record<WaitKind, string>> = {
  change: "INV-3",
  time: "INV-1",
  twin: "INV-13",
  "time approval": "INV-2",
  delivery: "INV-5",
  acceptance: "INV-4",
  "purchase order": "INV-6",
  rates: "INV-7",
  "billing data": "INV-9",
  hold: "INV-10",
  "invoice approval": "INV-8",
  transfer: "INV-11",
  run: "INV-12",
};
export const approvalCodes: Readonly<Record<HoldUp, string>> = {
  absent: "APR-1",
  overloaded: "APR-2",
  inactive: "APR-3",
  incomplete: "APR-4",
  levels: "APR-5",
  unclaimed: "APR-6",
  unnoticed: "APR-7",
  upstream: "APR-9",
  disagreement: "APR-10",
  outlived: "APR-11",
  timer: "APR-12",
};

export type Meaning = {
  readonly codes: readonly string[];
  readonly severity: 1 | 2 | 3 | 4;
  /** Catalogue ids of remedies, best first. */
  readonly actions: readonly string[];
  /** Remedies that would do harm here. */
  readonly forbidden: readonly string[];
  readonly approverRole:
    | "FinanceManager"
    | "DeliveryLead"
    | "ContractOwner"
    | "Administrator"
    | null;
  readonly tier: "T0" | "T1" | "T2" | "T3" | "T4";
};

type Row = readonly [
  codes: readonly string[],
  severity: Meaning["severity"],
  actions: readonly string[],
  role: Meaning["approverRole"],
  tier: Meaning["tier"],
];
const rows: Readonly<Record<InterventionKind, Row>> = {
  "purchase-order-absent": [["INV-6"], 3, ["R13"], "ContractOwner", "T3"],
  "purchase-order-used-up": [["INV-6"], 3, ["R13"], "ContractOwner", "T3"],
  "rates-out-of-date": [["INV-7", "MAR-4"], 3, ["R10", "R09"], "FinanceManager", "T4"],
  "billing-data-wrong": [["INV-9"], 2, ["R27"], "FinanceManager", "T1"],
  "client-holds-invoice": [["INV-10"], 3, ["R09", "R24"], "FinanceManager", "T3"],
  "transfer-fails": [["INV-11"], 3, ["R30"], "Administrator", "T2"],
  "run-moved": [["INV-12"], 2, ["R08"], "FinanceManager", "T4"],
  "twin-project": [["INV-13"], 3, ["R28", "R33"], "FinanceManager", "T3"],
  "change-unsigned": [["INV-3", "MAR-2"], 3, ["R16"], "ContractOwner", "T3"],
  "acceptance-waits": [["INV-4", "SLP-4"], 3, ["R14"], "DeliveryLead", "T3"],
  "approver-inactive": [["APR-3", "INV-8"], 2, ["R04"], "FinanceManager", "T2"],
  "request-incomplete": [["APR-4", "INV-8"], 2, ["R06"], "DeliveryLead", "T1"],
  "extra-levels": [["APR-5", "INV-8"], 2, ["R05"], "FinanceManager", "T1"],
  "group-queue": [["APR-6", "INV-8"], 2, ["R04", "R05"], "FinanceManager", "T2"],
  "notice-lost": [["APR-7", "INV-8"], 2, ["R03"], null, "T1"],
  "approver-disagrees": [["APR-10", "INV-8"], 2, ["R24"], "DeliveryLead", "T1"],
  "upstream-unsigned": [["APR-9", "INV-8"], 2, ["R05"], "FinanceManager", "T1"],
  "request-outlived": [["APR-11"], 1, ["R07"], "DeliveryLead", "T2"],
  "timer-only": [["APR-12", "INV-8"], 1, ["R38"], null, "T0"],
  "estimate-missed": [["MAR-1", "SLP-7"], 3, ["R19", "R24"], "DeliveryLead", "T2"],
  "scope-absorbed": [["MAR-2", "SLP-6"], 3, ["R15", "R17"], "ContractOwner", "T3"],
  "senior-mix": [["MAR-3"], 2, ["R22"], "DeliveryLead", "T2"],
  "work-written-down": [["MAR-5"], 2, ["R12"], "FinanceManager", "T4"],
  "unbillable-work": [["MAR-6"], 2, ["R33"], "DeliveryLead", "T3"],
  "work-redone": [["MAR-7", "SLP-11"], 3, ["R24"], "DeliveryLead", "T1"],
  "subcontractor-dearer": [["MAR-8"], 3, ["R19"], "FinanceManager", "T2"],
  "sold-too-low": [["MAR-11", "SLP-7"], 3, ["R18"], "DeliveryLead", "T4"],
  "key-person-rolls-off": [["SLP-2", "SLP-1"], 3, ["R22", "R23"], "DeliveryLead", "T2"],
  "client-input-late": [["SLP-3"], 3, ["R25", "R24"], "DeliveryLead", "T3"],
  "technical-block": [["SLP-8"], 3, ["R27"], "DeliveryLead", "T1"],
  "late-signature": [["SLP-10"], 3, ["R25", "R17"], "ContractOwner", "T3"],
  "plan-untended": [["SLP-13"], 2, ["R27"], "DeliveryLead", "T1"],
  "rosy-reporting": [[], 3, ["R24"], "DeliveryLead", "T1"],
  "handoff-stalls": [[], 3, ["R29", "R37"], "Administrator", "T2"],
  "requester-decides": [[], 2, ["R04"], "FinanceManager", "T2"],
  "changed-after-approval": [[], 3, ["R09"], "FinanceManager", "T3"],
  "hostile-note": [[], 1, ["R38"], null, "T0"],
  "client-pauses": [[], 1, ["R38"], null, "T0"],
  "cost-passed-on": [[], 1, ["R38"], null, "T0"],
  "time-habit": [["INV-1"], 3, ["R01", "R02"], null, "T1"],
  "sudden-absence": [["APR-1", "INV-2", "INV-8"], 2, ["R04"], "FinanceManager", "T2"],
  overload: [["APR-2", "INV-2", "INV-8"], 2, ["R03", "R04"], "FinanceManager", "T2"],
  "acceptance-slower": [["INV-4", "SLP-4"], 2, ["R14"], "DeliveryLead", "T3"],
  "relationship-cools": [[], 4, ["R26"], "ContractOwner", "T2"],
  "sponsor-leaves": [[], 3, ["R25"], "DeliveryLead", "T3"],
  "system-lags": [[], 2, ["R32"], "Administrator", "T1"],
};

/** Circumstances that look like a problem and are none. */
export const benign: ReadonlySet<InterventionKind> = new Set<InterventionKind>([
  "client-pauses",
  "cost-passed-on",
]);

export function meaningOf(kind: InterventionKind): Meaning {
  const [codes, severity, actions, approverRole, tier] = rows[kind];
  const blocked = codes.some((code) => code.startsWith("INV-")) && kind !== "run-moved";
  return {
    codes,
    severity,
    actions,
    approverRole,
    tier,
    forbidden: blocked ? ["R08"] : benign.has(kind) ? ["R24", "R25"] : [],
  };
}
