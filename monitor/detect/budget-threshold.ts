import type { Finding } from "#/domain/finding.ts";
import type { Detector } from "./detector.ts";
import { isLive } from "./detector.ts";
import { facts, money, percent } from "./draft-finding.ts";
import { newestSheets, projectFigures } from "./project-figures.ts";

/** Each threshold of the budget, once. In step with progress it is a note; ahead of it, more. */
export const budgetThreshold: Detector = {
  kind: "budget-threshold",
  needs: ["psa"],
  onProject: ({ view, settings }, project) => {
    if (!isLive(project)) return [];
    const { burn, progress, burnAtEnd, sheets } = projectFigures(view, project);
    if (burn === null) return [];
    const { name, clientId, clientName, contractValueCents, currency, plannedEndOn } =
      project.fields;
    const ahead = progress === null ? null : (burn - progress) * 100;
    const over = burnAtEnd === null ? 0 : Math.max(0, burnAtEnd - 1);
    const newest = newestSheets(sheets, 6);
    return settings.budgetPercents
      .filter((threshold) => burn * 100 >= threshold)
      .map((threshold) => ({
        kind: "budget-threshold" as const,
        about: `${project.id}:${threshold}`,
        once: true,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName} has used ${threshold} % of its budget`,
        severity: severityOf(threshold, ahead, settings.burnLeadPoints),
        since: newest[0]?.changedAt ?? project.changedAt,
        deadline: plannedEndOn,
        valueAtRisk: over > 0 ? money(contractValueCents * over, currency) : null,
        causes:
          ahead !== null && ahead >= settings.burnLeadPoints
            ? [
                {
                  code: "MAR-1",
                  title: "More is used than done",
                  detail: `${percent(burn)} of the budget for ${percent(progress ?? 0)} of the work; at this ratio it ends at ${percent(burnAtEnd ?? burn)}.`,
                  days: null,
                  open: true,
                  facts: facts(project, "budgetMinutes", "percentComplete"),
                },
              ]
            : [],
        facts: [
          ...facts(project, "budgetMinutes", "percentComplete"),
          ...newest.flatMap((sheet) => facts(sheet, "loggedMinutes")),
        ],
        remedies: ["R19", "R18", "R24"],
      }));
  },
};

function severityOf(
  threshold: number,
  ahead: number | null,
  leadPoints: number,
): Finding["severity"] {
  if (threshold >= 100) return 3;
  if (ahead === null || ahead < leadPoints) return 1;
  return threshold >= 90 ? 3 : 2;
}
