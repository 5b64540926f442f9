import { detect } from "#/monitor/detect/detect.ts";
import { assessHealth, type HealthMemory, remember } from "#/monitor/portfolio/assess-project.ts";
import type { FirmView } from "#/monitor/twin/firm-view.ts";
import type { SavedAssessment } from "#/workflows/operations-store.ts";

/** What one project is worth knowing of again: its health with every rule, and every detector on it. */
export function assessProject(
  view: FirmView,
  projectId: string,
  memory: HealthMemory,
): { readonly saved: SavedAssessment; readonly findings: number } {
  const health = assessHealth(view, projectId, memory);
  const { findings } = detect(view, { projectIds: [projectId] });
  const { rag, computed, coverage, sorting } = health;
  return {
    saved: {
      projectId,
      asOf: view.asOf,
      body: { rag, computed, coverage, score: sorting.score },
      memory: remember(memory, health),
    },
    findings: findings.length,
  };
}
