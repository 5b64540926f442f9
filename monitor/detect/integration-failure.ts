import type { Detector } from "./detector.ts";
import { days, facts, money, sinceOf } from "./draft-finding.ts";

/** A document that one system handed to another and that never arrived. */
export const integrationFailure: Detector = {
  kind: "integration-failure",
  needs: ["erp"],
  onProject: (scene, project) => {
    const { view } = scene;
    return view
      .by("invoice", "projectId", project.id)
      .flatMap((invoice) =>
        view
          .by("sync-attempt", "subjectId", invoice.id)
          .filter(({ fields }) => fields.state === "failed")
          .map((attempt) => ({ attempt, invoice })),
      )
      .map(({ attempt, invoice }) => {
        const { from, to, attempts } = attempt.fields;
        const since = sinceOf(view, attempt, "state");
        const route = `${from} to ${to}`.toUpperCase().replace(" TO ", " to ");
        return {
          kind: "integration-failure" as const,
          about: attempt.id,
          subject: attempt,
          projectId: project.id,
          clientId: project.fields.clientId,
          title: `Invoice ${invoice.fields.reference} does not get from ${route}`,
          severity: 3 as const,
          since,
          deadline: null,
          valueAtRisk: money(invoice.fields.netCents, project.fields.currency),
          causes: [
            {
              code: "INV-11",
              title: "The transfer fails",
              detail: `${attempts} attempts in ${days(scene.age(since))}; the answer is in the evidence.`,
              days: scene.age(since),
              open: true,
              facts: facts(attempt, "state", "attempts", "from", "to", "message"),
            },
          ],
          facts: facts(invoice, "reference", "netCents", "ledgerState"),
          remedies: ["R30", "R31"],
        };
      });
  },
};
