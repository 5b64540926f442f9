import type { RiskCode } from "#/agents/risk-notes/risk-label.ts";
import type { Said } from "./judge-notes.ts";
import { presentCodes } from "./judge-notes.ts";
import type { NoteRow } from "./note-row.ts";

/** Always what most training notes with a risk are about. */
export function majorityReader(training: readonly NoteRow[]): (text: string) => Said[] {
  const counts = new Map<RiskCode | "NONE", number>();
  for (const { marks } of training)
    for (const code of presentCodes(marks)) counts.set(code, (counts.get(code) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one)[0] ?? ["NONE"];
  return () => (most === "NONE" ? [] : [{ code: most, polarity: "present" }]);
}

/** A few telling words each, as they stand in anybody's guide to project risk; no scope, no context. */
const keywords: Readonly<Record<RiskCode, RegExp>> = {
  SCHED: /\b(late|behind|delay\w*|slip\w*|pushed|overdue|deadline)\b/i,
  SCOPE: /\b(scope|extra|addition\w*|favour|sow|offer)\b/i,
  BUDGET: /\b(budget|hours|buffer|margin|overrun|cost\w*)\b/i,
  RESOURCE: /\b(leave|rolling|replacement|staff\w*|skills?|covering)\b/i,
  CLIENT_ENG: /\b(sponsor|silent|answer\w*|heard|skipped|steering)\b/i,
  CLIENT_DEP: /\b(waiting|access|vendor|data|blocked)\b/i,
  QUALITY: /\b(uat|defects?|bugs?|accept\w*|sign off|reopen\w*)\b/i,
  BILLING: /\b(invoices?|po|payment|billing|purchase order)\b/i,
  CONTRACT: /\b(contract|signature|liability|dpa|penalt\w+|audit\w*)\b/i,
  TECH: /\b(performance|integration|migration|interface|crash\w*|server)\b/i,
  GOV: /\b(approv\w+|legal|board|decision|sign-off)\b/i,
  TEAM: /\b(burnt|conflict|morale|mood|overtime|handover)\b/i,
  RENEWAL: /\b(renew\w*|phase|competitor\w*|next year|extension)\b/i,
};

export const keywordReader = (text: string): Said[] =>
  Object.entries(keywords).flatMap(([code, words]) =>
    words.test(text) ? [{ code: code as RiskCode, polarity: "present" as const }] : [],
  );
