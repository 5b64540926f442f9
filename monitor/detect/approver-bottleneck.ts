import { approverQueue } from "./approver-queue.ts";
import type { Detector } from "./detector.ts";
import { type DraftCause, facts, money } from "./draft-finding.ts";

/** One desk holds up many: more waits there than ever did, or its owner is away and nobody covers. */
export const approverBottleneck: Detector = {
  kind: "approver-bottleneck",
  needs: ["psa", "hris"],
  onFirm: (scene) => {
    const { view, settings } = scene;
    const desks = Map.groupBy(
      view.by("approval", "state", "pending"),
      ({ fields }) => fields.approverId ?? "",
    );
    return [...desks].flatMap(([personId, waiting]) => {
      const person = view.get("person", personId);
      if (!person) return [];
      const queue = approverQueue(scene, personId);
      const away = scene.absence(personId);
      const held = away !== null && waiting.length >= absentQueue;
      if (!queue.overloaded && !held) return [];
      const amount = waiting.reduce((sum, { fields }) => sum + (fields.amountCents ?? 0), 0);
      const { name } = person.fields;
      const causes: DraftCause[] = [];
      if (away)
        causes.push({
          code: "APR-1",
          title: "The approver is away",
          detail: `${name} is away until ${away.fields.to} and nobody covers.`,
          days: null,
          open: true,
          facts: facts(away, "from", "to", "coverPersonId"),
        });
      if (queue.overloaded)
        causes.push({
          code: "APR-2",
          title: "More waits than ever before",
          detail: `${waiting.length} requests wait; on nine days in ten it was at most ${queue.usual ?? 0}.`,
          days: null,
          open: true,
          facts: waiting.slice(0, 8).flatMap((one) => facts(one, "state", "requestedAt")),
        });
      const oldest = waiting.map(({ fields }) => fields.requestedAt).toSorted()[0] ?? view.asOf;
      return [
        {
          kind: "approver-bottleneck",
          about: personId,
          subject: person,
          projectId: null,
          clientId: null,
          title: `${waiting.length} requests wait for ${name}`,
          severity: 3,
          since: oldest,
          deadline: scene.days.add(oldest.slice(0, 10), settings.approvalDays),
          valueAtRisk: amount > 0 ? money(amount, view.currency) : null,
          causes,
          facts: waiting.slice(0, 12).flatMap((one) => facts(one, "state", "approverId")),
          remedies: ["R04", "R03", "R05"],
        },
      ];
    });
  },
};

const absentQueue = 3;
