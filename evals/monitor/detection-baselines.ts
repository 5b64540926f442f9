import { normal, type Problem } from "./detection-problems.ts";
import type { EvalFirm } from "./eval-firm.ts";
import { type Judged, judged, share } from "./judged.ts";

/** Words by which somebody in a hurry would look for trouble. */
const telling =
  /order number|holds the payment|accounts payable|sign off|acceptance|small extra|queue|legal|steering|behind|slides|pushed|budget|waiting|late/i;
const repeatDays = 14;

/** What one gets without looking: an alert on every project every week, or on every telling note. */
export function trivialAlerters(
  firm: EvalFirm,
  problems: readonly Problem[],
  projectWeeks: number,
): Judged[] {
  const byProject = new Map<string, Problem[]>();
  for (const problem of problems)
    for (const id of problem.projectIds) byProject.set(id, [...(byProject.get(id) ?? []), problem]);
  const isOn = (projectId: string, at: string): boolean =>
    (byProject.get(projectId) ?? []).some(
      ({ visibleFrom, end }) => normal(at) >= (visibleFrom ?? "") && normal(at) <= end,
    );
  const weekly = firm.truth.projects.flatMap(({ projectId, states }) =>
    states
      .filter(({ on }) => on >= firm.firm.since)
      .map(({ on }) => ({ projectId, at: `${on}T16:00:00Z` })),
  );
  const noted = notes(firm);
  const score = (name: string, alerts: readonly { projectId: string; at: string }[]): Judged[] => {
    const found = problems.filter(({ projectIds, visibleFrom, end }) =>
      alerts.some(
        ({ projectId, at }) =>
          projectIds.has(projectId) && normal(at) >= (visibleFrom ?? "") && normal(at) <= end,
      ),
    );
    const wrong = alerts.filter(({ projectId, at }) => !isOn(projectId, at));
    return [
      judged(
        `baseline ${name}: recall, any kind`,
        share(found.length, problems.length),
        problems.length,
      ),
      judged(
        `baseline ${name}: false alerts per project-week`,
        share(wrong.length, projectWeeks),
        projectWeeks,
      ),
    ];
  };
  return [...score("alert on everything", weekly), ...score("telling words in notes", noted)];
}

function notes({ now, firm }: EvalFirm): { projectId: string; at: string }[] {
  const last = new Map<string, number>();
  return now
    .all("note")
    .toSorted((a, b) => (a.fields.writtenAt < b.fields.writtenAt ? -1 : 1))
    .flatMap(({ fields: { projectId, text, writtenAt } }) => {
      if (projectId === null || writtenAt.slice(0, 10) < firm.since || !telling.test(text))
        return [];
      const at = Date.parse(writtenAt);
      if (at - (last.get(projectId) ?? 0) < repeatDays * 86_400_000) return [];
      last.set(projectId, at);
      return [{ projectId, at: writtenAt }];
    });
}
