import type { TwinRecord } from "../twin/firm-view.ts";
import type { Detector } from "./detector.ts";
import { facts, days as inDays, money, sinceOf } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

/** Delivered, and the client has not accepted in time. A clause by which silence accepts rules it out. */
export const milestoneUnaccepted: Detector = {
  kind: "milestone-unaccepted",
  needs: ["psa"],
  onProject: (scene, project) =>
    scene.view.by("milestone", "projectId", project.id).flatMap((milestone) => {
      const { view, settings, days } = scene;
      const waited = unacceptedDays(scene, milestone);
      if (waited === null || waited < settings.acceptanceDays) return [];
      const { name, due, amountCents } = milestone.fields;
      const { clientId, clientName, currency } = project.fields;
      const target = due === null ? null : days.add(due, settings.invoiceTargetDays);
      return [
        {
          kind: "milestone-unaccepted",
          about: milestone.id,
          subject: milestone,
          projectId: project.id,
          clientId,
          title: `${clientName} has not accepted ${name} of ${project.fields.name}`,
          severity: waited > 2 * settings.acceptanceDays ? 3 : 2,
          since: sinceOf(view, milestone, "deliveredOn"),
          deadline: target,
          valueAtRisk: money(amountCents, currency),
          causes: [
            {
              code: "INV-4",
              title: "The milestone is delivered, not accepted",
              detail: `Delivered on ${milestone.fields.deliveredOn}; it has waited ${inDays(waited)} for the client's word.`,
              days: waited,
              open: true,
              facts: facts(milestone, "deliveredOn", "acceptedOn", "deemedAcceptedAfterDays"),
            },
          ],
          facts: facts(milestone, "due", "amountCents"),
          remedies: ["R14", "R24"],
        },
      ];
    }),
};

/** Business days since delivery; null when nobody waits, or when silence accepts it in time anyway. */
export function unacceptedDays(
  { days, today, settings }: Scene,
  { fields }: TwinRecord<"milestone">,
): number | null {
  const { deliveredOn, acceptedOn, deemedAcceptedAfterDays, contractual } = fields;
  if (deliveredOn === null || acceptedOn !== null || !contractual) return null;
  const waited = days.between(deliveredOn, today);
  if (deemedAcceptedAfterDays === null) return waited;
  if (waited >= deemedAcceptedAfterDays) return null;
  const accepted = days.add(deliveredOn, deemedAcceptedAfterDays);
  const target = fields.due === null ? null : days.add(fields.due, settings.invoiceTargetDays);
  return target !== null && accepted <= target ? null : waited;
}
