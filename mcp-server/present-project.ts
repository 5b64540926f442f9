import { type Evidence, observe } from "#/domain/evidence.ts";
import { formatRef, type Project } from "#/domain/record.ts";
import { type Presented, sourcesLine } from "./present-invoice.ts";
import { inline } from "./wire-text.ts";

/** The fields a reader may want to quote, each as an observed fact. */
const citable = ["status", "reportedHealth", "actualMinutes", "budgetMinutes"] as const;

export function presentProjects(all: readonly Project[], limit: number): Presented {
  const shown = all.slice(0, limit);
  const evidence: Evidence[] = shown.flatMap((project) =>
    citable.flatMap((field) => {
      const value = project[field];
      return value === null ? [] : [observe(project.source, field, value)];
    }),
  );
  const projects = shown.map((project) => {
    const { source, name, code, clientName, status, billing, leadName } = project;
    const { reportedHealth, actualMinutes, budgetMinutes } = project;
    return {
      ref: formatRef(source),
      name,
      code,
      clientName,
      status,
      billing,
      leadName,
      reportedHealth,
      actualMinutes,
      budgetMinutes,
      asOf: source.retrievedAt,
      url: source.url,
    };
  });
  const hours = (minutes: number | null) =>
    minutes === null ? "unknown" : `${Math.round(minutes / 6) / 10} h`;
  const text = [
    `${all.length} projects, showing ${shown.length}.`,
    ...projects.map(
      (p) =>
        `- ${inline(p.name)} (${p.ref})${p.clientName ? ` for ${inline(p.clientName)}` : ""}: ${p.status}, reported ${p.reportedHealth ?? "unknown"}, ${hours(p.actualMinutes)} of ${hours(p.budgetMinutes)}. As of ${p.asOf}.`,
    ),
    sourcesLine(evidence),
  ].join("\n");
  return { facts: { projects, total: all.length, evidence }, text };
}
