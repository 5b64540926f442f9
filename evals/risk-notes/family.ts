import type { Polarity, RiskCode } from "#/agents/risk-notes/risk-label.ts";

/**
 * One pattern of a sentence and what it says. Slots: {name} and {name2} colleagues, {client} a contact, {part} a
 * deliverable, {day} a day of the month, {number} a small number.
 */
export type FamilyRow = readonly [
  code: RiskCode,
  polarity: Polarity,
  owner: "us" | "client" | "third",
  severity: 1 | 2 | 3 | 4,
  text: string,
];
