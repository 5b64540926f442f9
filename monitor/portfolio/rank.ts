import {
  byHealth,
  type PortfolioStatus,
  portfolioStatus,
  type Ranked,
  rankPortfolio,
} from "../health/portfolio.ts";
import type { ProjectHealth } from "../health/project-health.ts";
import type { FirmView } from "../twin/firm-view.ts";
import { assessHealth, type HealthMemory, noMemory } from "./assess-project.ts";
import { contextOf } from "./firm-context.ts";
import { projectWork } from "./measure-project.ts";
import { deadlineOf, valueAtStake } from "./value-at-stake.ts";

export type Portfolio = {
  readonly status: PortfolioStatus;
  /** Where to step in first: value at risk × business days left. */
  readonly ranked: readonly Ranked[];
  /** Worst colour first. */
  readonly byHealth: readonly ProjectHealth[];
};

/** All active projects. `memories` by project id; one that is missing is assessed for the first time. */
export function portfolioOf(
  view: FirmView,
  memories: ReadonlyMap<string, HealthMemory>,
): Portfolio {
  const active = view.by("project", "status", "active");
  const healths = active.map(({ id }) => assessHealth(view, id, memories.get(id) ?? noMemory));
  return {
    status: portfolioStatus(healths),
    ranked: rankProjects(view, healths),
    byHealth: healths.toSorted(byHealth),
  };
}

/** Assessed projects by what may be lost on them and how long there is to act. */
export function rankProjects(view: FirmView, healths: readonly ProjectHealth[]): Ranked[] {
  const entries = healths.flatMap(({ project, rag }) => {
    const about = projectWork(view, project.id);
    if (!about) return [];
    return [
      {
        project,
        rag,
        valueAtRisk: valueAtStake(view, about).total,
        deadline: deadlineOf(view, about.project),
      },
    ];
  });
  return rankPortfolio(entries, contextOf(view));
}
