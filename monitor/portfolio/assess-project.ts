import type { Shown } from "../health/hysteresis.ts";
import {
  defaultSettings,
  type HealthSettings,
  type ProjectHealth,
  projectHealth,
} from "../health/project-health.ts";
import type { PastValues } from "../health/rule-trend.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { measureProject } from "./measure-project.ts";

/** What one evaluation needs of the ones before it. `scheduled`: this one counts towards improving. */
export type HealthMemory = {
  readonly previous: Shown | null;
  readonly history: readonly PastValues[];
  readonly scheduled: boolean;
};

export const noMemory: HealthMemory = { previous: null, history: [], scheduled: true };

/** Days of values that the trend of four weeks can need. */
const rememberedDays = 35;

/**
 * The health of one project as a view shows it, by the firm's own rules where it has some. A project
 * that nobody holds is unknown, not green.
 */
export function assessHealth(
  view: FirmView,
  projectId: string,
  { settings = defaultSettings, ...memory }: HealthMemory & { readonly settings?: HealthSettings },
): ProjectHealth {
  const project = view.get("project", projectId);
  return projectHealth(
    {
      project: { system: "psa", type: "project", id: projectId },
      asOf: view.asOf,
      measures: measureProject(view, projectId),
      lastRead: view.lastRead,
      reported: project?.fields.reportedHealth ?? null,
      ...memory,
    },
    settings,
  );
}

/** What the next evaluation needs: the colour shown, and the values of the last weeks. */
export function remember(memory: HealthMemory, health: ProjectHealth): HealthMemory {
  const values = Object.fromEntries(health.rules.map(({ rule, value }) => [rule, value]));
  const oldest = Temporal.Instant.from(health.asOf)
    .subtract({ hours: rememberedDays * 24 })
    .toString();
  const kept = memory.history.filter(({ asOf }) => asOf >= oldest && asOf !== health.asOf);
  return {
    previous: health.shown,
    history: [...kept, { asOf: health.asOf, values }],
    scheduled: memory.scheduled,
  };
}
