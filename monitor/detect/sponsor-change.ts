import type { Detector } from "./detector.ts";
import { isLive } from "./detector.ts";
import { facts, listed } from "./draft-finding.ts";

/** The client has another sponsor, and nobody has spoken to the new one yet. */
export const sponsorChange: Detector = {
  kind: "sponsor-change",
  needs: ["crm"],
  onFirm: ({ view, settings, days, today, nameOf }) =>
    view.all("client").flatMap((client) => {
      const told = view
        .history("client", client.id)
        .filter(({ attributes }) => "sponsorName" in attributes);
      const [before, last] = told.slice(-2);
      if (!before || !last || before.attributes["sponsorName"] === client.fields.sponsorName)
        return [];
      const changedOn = last.occurredAt.slice(0, 10);
      if (days.between(changedOn, today) > settings.sponsorSilenceDays) return [];
      const met = view
        .by("contact", "clientId", client.id)
        .some(
          ({ fields }) =>
            fields.role === "sponsor" &&
            fields.on > changedOn &&
            fields.personName === client.fields.sponsorName,
        );
      const projects = view.by("project", "clientId", client.id).filter(isLive);
      if (met || projects.length === 0) return [];
      return [
        {
          kind: "sponsor-change",
          about: `${client.id}:${changedOn}`,
          subject: client,
          projectId: null,
          clientId: client.id,
          title: `${client.fields.name} has a new sponsor: ${client.fields.sponsorName}`,
          severity: 3,
          since: last.occurredAt,
          deadline: null,
          valueAtRisk: null,
          causes: [
            {
              code: "CLI-3",
              title: "The sponsor changed",
              detail: `${client.fields.sponsorName} follows ${String(before.attributes["sponsorName"])}; ${nameOf(client.fields.accountOwnerId)} has not met them. It touches ${listed(projects.map(({ fields }) => fields.name))}.`,
              days: null,
              open: true,
              facts: facts(client, "sponsorName", "accountOwnerId"),
            },
          ],
          facts: projects.slice(0, 5).flatMap((project) => facts(project, "status")),
          remedies: ["R25", "R24"],
        },
      ];
    }),
};
