import type { ProjectHealth } from "#/monitor/health/project-health.ts";

/** `Northwind portal is red: 2 dimensions are red, 1 amber, 1 unknown.` Unknown is never dressed up. */
export function colourSentence(name: string, health: ProjectHealth): string {
  const { rag, computed, dimensions, coverage } = health;
  const counted = (["red", "amber", "unknown"] as const).flatMap((status) => {
    const count = dimensions.filter((each) => each.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  const parts = counted.length === 0 ? "no dimension is off" : `of its dimensions ${list(counted)}`;
  const held =
    rag === computed ? "" : ` It computes ${computed} now and must stay so to be shown as that.`;
  const covered = rag === "unknown" ? ` Only ${coverage} % of what is needed could be read.` : "";
  return `${name} is ${rag === "unknown" ? "of unknown health" : rag}: ${parts}.${held}${covered}`;
}

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
