import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { CaseLine, Statement } from "../operations-services.ts";
import type { Case } from "./case-store.ts";
import { findingCause } from "./cause-lines.ts";
import type { Citations } from "./figures.ts";

/** What the catalogue calls an action; null: it cannot be done here. */
export type ActionTitle = (id: string) => string | null;

/** An open case as people read it. */
export function caseLine(
  { id, openedAt, finding }: Case,
  view: FirmView,
  { citations, actionTitle }: { readonly citations: Citations; readonly actionTitle: ActionTitle },
): CaseLine & { readonly evidence: Statement["evidence"] } {
  const project = finding.projectId === null ? null : view.get("project", finding.projectId);
  const evidence = citations.add(finding.evidence);
  return {
    id,
    kind: finding.kind,
    title: plainText(finding.title, 200),
    severity: finding.severity,
    subject: finding.subject,
    projectName: project ? plainText(project.fields.name, 80) : null,
    openedAt,
    deadline: finding.deadline,
    valueAtRisk: finding.valueAtRisk,
    causes: finding.causes.map((cause) => findingCause(cause, finding.asOf)),
    remedies: finding.remedies.flatMap((remedy) => {
      const title = actionTitle(remedy);
      return title === null ? [] : [`${title} (${remedy})`];
    }),
    evidence,
  };
}

const severities = { 1: "note", 2: "watch", 3: "act this week", 4: "act today" } as const;

/** `Act today: Northwind portal has used 90 % of its budget (EUR 12,300.00 at risk, by 2026-12-01).` */
export function caseStatement(line: ReturnType<typeof caseLine>): Statement {
  const { title, severity, valueAtRisk, deadline, evidence } = line;
  const parts = [
    valueAtRisk ? `${formatMoney(valueAtRisk)} at risk` : null,
    deadline ? `by ${deadline}` : null,
  ].filter((part) => part !== null);
  const urgency = severities[severity];
  return {
    text: `${urgency.charAt(0).toUpperCase()}${urgency.slice(1)}: ${title}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}.`,
    evidence,
  };
}

/** Worst first, then the nearest deadline, then the oldest. */
export const byUrgency = (one: Case, other: Case): number =>
  other.finding.severity - one.finding.severity ||
  (one.finding.deadline ?? "9999").localeCompare(other.finding.deadline ?? "9999") ||
  one.openedAt.localeCompare(other.openedAt) ||
  (one.id < other.id ? -1 : 1);
