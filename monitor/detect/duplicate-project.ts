import type { FirmView, TwinRecord } from "../twin/firm-view.ts";
import type { Detector } from "./detector.ts";
import { isLive } from "./detector.ts";
import { facts, listed, money } from "./draft-finding.ts";

/** Two live projects stand for one won opportunity. Told on the one that stood first. */
export const duplicateProject: Detector = {
  kind: "duplicate-project",
  needs: ["psa"],
  onProject: ({ view }, project) => {
    const { opportunityId, clientId, clientName, currency } = project.fields;
    if (opportunityId === null || !isLive(project)) return [];
    const same = view
      .by("project", "opportunityId", opportunityId)
      .filter(isLive)
      .map((one) => ({ one, created: view.history("project", one.id)[0]?.occurredAt ?? "" }))
      .toSorted((a, b) =>
        a.created < b.created || (a.created === b.created && a.one.id < b.one.id) ? -1 : 1,
      );
    const [first, second] = same;
    if (!first || !second || first.one.id !== project.id) return [];
    const others = same.slice(1).map(({ one }) => one);
    const booked = others.flatMap((other) =>
      view
        .by("timesheet-week", "projectId", other.id)
        .filter(({ fields }) => fields.loggedMinutes > 0),
    );
    const minutes = booked.reduce((sum, { fields }) => sum + fields.loggedMinutes, 0);
    const names = listed(others.map(({ fields }) => fields.name));
    const hours = Math.round(minutes / 60);
    return [
      {
        kind: "duplicate-project",
        about: opportunityId,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${project.fields.name} for ${clientName} exists twice: ${names} stands for the same deal`,
        severity: minutes > 0 ? 4 : 3,
        since: second.created || second.one.changedAt,
        deadline: null,
        valueAtRisk: money(valueOf(view, booked), currency),
        causes: [
          {
            code: "INV-13",
            title: "Time is booked on a second project",
            detail:
              minutes > 0
                ? `${hours} h lie on ${names}; what is not moved cannot be billed.`
                : `Nobody has booked on ${names} yet.`,
            days: null,
            open: true,
            facts: [
              ...others.flatMap((other) => facts(other, "opportunityId", "status")),
              ...booked.slice(0, 8).flatMap((sheet) => facts(sheet, "loggedMinutes")),
            ],
          },
        ],
        facts: facts(project, "opportunityId", "status"),
        remedies: ["R28", "R33"],
      },
    ];
  },
};

function valueOf(view: FirmView, sheets: readonly TwinRecord<"timesheet-week">[]): number {
  return sheets.reduce((sum, { fields }) => {
    const rate = view.get("person", fields.personId)?.fields.hourlyRateCents ?? 0;
    return sum + (fields.loggedMinutes * rate) / 60;
  }, 0);
}
