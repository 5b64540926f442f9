import { type Detector, isLive } from "./detector.ts";
import { days, facts, money } from "./draft-finding.ts";
import { newestSheets, projectFigures } from "./project-figures.ts";

/** Work on a change that the client has not signed, and work outside the plan that no change covers. */
export const unapprovedWork: Detector = {
  kind: "unapproved-work",
  needs: ["psa", "crm"],
  onProject: ({ view, settings, days: count, today, instant }, project) => {
    if (!isLive(project)) return [];
    const { name, clientId, clientName, currency, budgetMinutes, contractValueCents } =
      project.fields;
    const changes = view.by("change-order", "projectId", project.id);
    const atRisk = changes.flatMap((change) => {
      const { number, amountCents, workStartedOn, decidedOn, raisedOn, state } = change.fields;
      if (workStartedOn === null || decidedOn !== null || workStartedOn > today) return [];
      const began = workStartedOn > raisedOn ? workStartedOn : raisedOn;
      return [
        {
          kind: "unapproved-work" as const,
          about: change.id,
          subject: change,
          projectId: project.id,
          clientId,
          title: `${name} for ${clientName}: work on ${number} goes on without a signature`,
          severity: count.between(began, today) > 5 ? (3 as const) : (2 as const),
          since: instant(began),
          deadline: null,
          valueAtRisk: money(amountCents, currency),
          causes: [
            {
              code: "INV-3",
              title: "The change is not decided",
              detail: `Work began on ${workStartedOn}; the order is in ${state.replace("_", " ")} for ${days(count.between(raisedOn, today))}.`,
              days: count.between(raisedOn, today),
              open: true,
              facts: facts(change, "state", "workStartedOn", "decidedOn", "amountCents"),
            },
          ],
          facts: facts(change, "number", "raisedOn"),
          remedies: ["R16", "R17"],
        },
      ];
    });
    const { offPlanMinutes, sheets } = projectFigures(view, project);
    const covered = changes
      .filter(({ fields }) => fields.state !== "rejected")
      .reduce((sum, { fields }) => sum + fields.minutes, 0);
    const uncovered = offPlanMinutes - covered;
    if (budgetMinutes <= 0 || uncovered * 100 < budgetMinutes * settings.offPlanPercent)
      return atRisk;
    const newest = newestSheets(
      sheets.filter(({ fields }) => fields.offPlanMinutes > 0),
      6,
    );
    return [
      ...atRisk,
      {
        kind: "unapproved-work" as const,
        about: `${project.id}:off-plan`,
        subject: project,
        projectId: project.id,
        clientId,
        title: `${name} for ${clientName}: ${Math.round(uncovered / 60)} h outside the plan and on no change order`,
        severity: uncovered * 100 >= budgetMinutes * 5 ? (3 as const) : (2 as const),
        since: newest.at(-1)?.changedAt ?? project.changedAt,
        deadline: null,
        valueAtRisk: money((contractValueCents * uncovered) / budgetMinutes, currency),
        causes: [
          {
            code: "MAR-2",
            title: "Work without an order",
            detail: `${Math.round(offPlanMinutes / 60)} h are outside the plan, change orders cover ${Math.round(covered / 60)} h.`,
            days: null,
            open: true,
            facts: newest.flatMap((sheet) => facts(sheet, "offPlanMinutes")),
          },
        ],
        facts: [
          ...facts(project, "budgetMinutes"),
          ...changes.flatMap((change) => facts(change, "minutes", "state")),
        ],
        remedies: ["R15", "R17"],
      },
    ];
  },
};
