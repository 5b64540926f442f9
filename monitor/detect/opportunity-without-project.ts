import type { Detector } from "./detector.ts";
import { days, facts, money, sinceOf } from "./draft-finding.ts";

/** A deal is won, the time to hand it over has passed, and no project stands for it. */
export const opportunityWithoutProject: Detector = {
  kind: "opportunity-without-project",
  needs: ["crm", "psa"],
  onFirm: (scene) => {
    const { view, settings } = scene;
    return view.by("opportunity", "stage", "won").flatMap((deal) => {
      const { name, renewalOfContractId, amountCents, clientId, ownerId } = deal.fields;
      if (renewalOfContractId !== null) return [];
      const projects = view.by("project", "opportunityId", deal.id);
      if (projects.some(({ fields }) => fields.status !== "cancelled")) return [];
      const since = sinceOf(view, deal, "stage");
      const waited = scene.age(since);
      if (waited <= settings.handoffDays) return [];
      const client = view.get("client", clientId)?.fields.name ?? clientId;
      return [
        {
          kind: "opportunity-without-project",
          about: deal.id,
          subject: deal,
          projectId: null,
          clientId,
          title: `${name} for ${client} was won and has no project`,
          severity: waited > 2 * settings.handoffDays ? 4 : 3,
          since,
          deadline: null,
          valueAtRisk: money(amountCents, view.currency),
          causes: [
            {
              code: "WF-01",
              title: "The handover from sales stalls",
              detail: `${scene.nameOf(ownerId)} won it; for ${days(waited)} nobody has set up its project.`,
              days: waited,
              open: true,
              facts: facts(deal, "stage", "ownerId"),
            },
          ],
          facts: [
            ...facts(deal, "stage", "amountCents", "closeOn"),
            ...projects.flatMap((project) => facts(project, "status")),
          ],
          remedies: ["R29", "R37"],
        },
      ];
    });
  },
};
