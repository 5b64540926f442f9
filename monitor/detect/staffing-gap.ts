import { civilDays } from "../clocks/civil-days.ts";
import type { TwinRecord } from "../twin/firm-view.ts";
import { type Detector, isLive } from "./detector.ts";
import { facts, sinceOf } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

/** A seat that must be filled soon, or should be by now, and a seat whose owner has left. */
export const staffingGap: Detector = {
  kind: "staffing-gap",
  needs: ["psa", "hris"],
  onProject: (scene, project) => {
    if (!isLive(project)) return [];
    const { view, today } = scene;
    const { name, clientId, clientName } = project.fields;
    const open = openSeats(scene, project).map((request) => ({
      kind: "staffing-gap" as const,
      about: request.id,
      subject: request,
      projectId: project.id,
      clientId,
      title: `${name} for ${clientName} needs a ${request.fields.grade} from ${request.fields.startOn}`,
      severity: request.fields.startOn <= today ? (3 as const) : (2 as const),
      since: sinceOf(view, request, "state"),
      deadline: request.fields.startOn,
      valueAtRisk: null,
      causes: [
        {
          code: "SLP-1",
          title: "Nobody fills the seat",
          detail: `Asked for on ${request.fields.requestedOn}, needed from ${request.fields.startOn}.`,
          days: Math.max(0, scene.days.between(request.fields.startOn, today)),
          open: true,
          facts: facts(request, "state", "startOn", "filledOn"),
        },
      ],
      facts: facts(request, "grade", "requestedOn"),
      remedies: ["R22", "R23"],
    }));
    const left = view.by("assignment", "projectId", project.id).flatMap((assignment) => {
      const person = view.get("person", assignment.fields.personId);
      if (!person || person.fields.active || assignment.fields.to < today) return [];
      return [
        {
          kind: "staffing-gap" as const,
          about: assignment.id,
          subject: assignment,
          projectId: project.id,
          clientId,
          title: `${person.fields.name} has left and is still planned on ${name}`,
          severity: 3 as const,
          since: sinceOf(view, person, "active"),
          deadline: null,
          valueAtRisk: null,
          causes: [
            {
              code: "SLP-2",
              title: "A key person is gone",
              detail: `${person.fields.name} is planned until ${assignment.fields.to}.`,
              days: null,
              open: true,
              facts: [...facts(person, "active"), ...facts(assignment, "personId", "to")],
            },
          ],
          facts: facts(assignment, "grade"),
          remedies: ["R22", "R23"],
        },
      ];
    });
    return [...open, ...left];
  },
};

/** Requests whose start is near or past and that nobody fills. */
export const openSeats = (
  { view, today, settings }: Scene,
  project: TwinRecord<"project">,
): TwinRecord<"staffing-request">[] =>
  view
    .by("staffing-request", "projectId", project.id)
    .filter(
      ({ fields }) =>
        fields.state === "open" &&
        fields.filledOn === null &&
        civilDays(today, fields.startOn) <= settings.staffingNoticeDays,
    );
