import type { RiskCode } from "./risk-label.ts";

/** What structured records can say for or against a worry, by code that computed it. */
export const corroboratingFacts = {
  "milestone-slips": ["SCHED"],
  "schedule-index-low": ["SCHED"],
  "hours-outside-plan": ["SCOPE"],
  "change-order-open": ["SCOPE"],
  "burn-high": ["BUDGET"],
  "cost-index-low": ["BUDGET"],
  "seat-unfilled": ["RESOURCE"],
  "client-inactive": ["CLIENT_ENG"],
  "contact-changed": ["CLIENT_ENG"],
  "blocked-by-outsider": ["CLIENT_DEP"],
  "work-reopened": ["QUALITY"],
  "acceptance-open": ["QUALITY"],
  "receivable-overdue": ["BILLING"],
  "billing-held": ["BILLING"],
  "contract-unsigned": ["CONTRACT"],
  "incident-open": ["TECH"],
  "approval-aged": ["GOV"],
  overtime: ["TEAM"],
  attrition: ["TEAM", "RESOURCE"],
  "renewal-near": ["RENEWAL"],
} as const satisfies Readonly<Record<string, readonly RiskCode[]>>;
export type CorroboratingFact = keyof typeof corroboratingFacts;

/** true: the records show it; false: they show the contrary; absent: nobody knows. */
export type Corroboration = Readonly<Partial<Record<CorroboratingFact, boolean>>>;

const weight = 0.15;

/** Raises the confidence of a present risk that records show, lowers that of one they contradict. */
export function corroborated(
  confidence: number,
  code: RiskCode,
  corroboration: Corroboration,
): number {
  const said = Object.entries(corroboration).flatMap(([fact, holds]) => {
    const codes: readonly RiskCode[] = corroboratingFacts[fact as CorroboratingFact] ?? [];
    return holds !== undefined && codes.includes(code) ? [holds] : [];
  });
  if (said.length === 0) return confidence;
  // One record that shows it outweighs others that do not: each looks at one side only.
  return Math.min(1, Math.max(0, confidence + (said.includes(true) ? weight : -weight)));
}
