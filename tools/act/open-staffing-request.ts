import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { projectPart } from "./draft-effect.ts";
import {
  findPlanned,
  makePlanned,
  plannedEffects,
  plannedIn,
  receiptOf,
  verifyPlanned,
} from "./planned-records.ts";
import {
  asserted,
  fromSource,
  needed,
  readOne,
  readWhere,
  refusing,
  seen,
} from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

const refuse = refusing("The staffing request");

/** R23. Asks for somebody of the same grade where a planned colleague has left. Commits no cost. */
export const openStaffingRequest: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R23",
    name: "open-staffing-request",
    title: "Open a staffing request",
    group: "internalRecord",
    tier: 2,
    judgement: false,
    forCauses: ["SLP-2", "RES-1"],
    sinks: { assignment: "destination", grade: "choice", from: "choice", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Cancel the request in the PSA; nobody was booked by it.",
  },
  args: targetArgs("psa", "assignment"),

  async preview({ target, note }, { records, look }) {
    const reader = needed(records, refuse);
    const assignment = await readOne(reader, "assignment", { id: target.id, refuse });
    const { projectId, personId, grade, to } = assignment.fields;
    const person = await readOne(reader, "person", { id: personId, refuse });
    const { active, leftOn, name } = person.fields;
    if (active || leftOn === null) throw refuse("the planned colleague is still here");
    if (to <= leftOn) throw refuse("the seat was not planned beyond that colleague's last day");
    const open = await readWhere(reader, "staffing-request", ["projectId", projectId]);
    if (open.some(({ fields }) => fields.state === "open" && fields.grade === grade))
      throw refuse("a request for that grade is open on the project");
    const { projectEvidence, ...project } = projectPart(await look.psa.getProject(projectId));
    const record = refOf(assignment.source);
    return {
      target: record,
      title: `Ask for a ${plainText(grade, 40)} in the place of ${plainText(name, 80)}`,
      arguments: [
        fromSource(assignment, { name: "assignment", sink: "destination", field: "id" }),
        fromSource(assignment, { name: "grade", sink: "choice", field: "grade" }),
        fromSource(person, { name: "from", sink: "choice", field: "leftOn" }),
        ...noteArgument(note),
      ],
      effects: plannedEffects(record, [
        { part: "staffing-request-1", fields: { projectId, grade, startOn: leftOn } },
      ]),
      amount: null,
      preconditions: [
        asserted(assignment, "version", "projectId", "personId", "grade", "to"),
        asserted(person, "fields", "active", "leftOn"),
      ],
      ...project,
      recipientInternal: true,
      evidence: [
        ...seen(assignment, "grade", "to"),
        ...seen(person, "active", "leftOn"),
        ...projectEvidence,
      ],
    };
  },

  async find(_, key, { records }) {
    const { writer } = needed(records, refuse);
    const found = await findPlanned(["staffing-request-1"], { key, writer });
    return found && receiptOf(found);
  },
  async send(_, approved, { key, systems }) {
    const { writer } = needed(systems.records, refuse);
    await makePlanned(plannedIn(approved), { key, writer, link: null });
  },
  async verify(_, approved, { key, systems }) {
    const { writer } = needed(systems.records, refuse);
    return verifyPlanned(plannedIn(approved), { key, writer });
  },
});
