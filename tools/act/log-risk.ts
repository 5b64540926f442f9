import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { projectPart } from "./draft-effect.ts";
import {
  asserted,
  byCode,
  fromSource,
  needed,
  readOne,
  readWhere,
  refusing,
  seen,
} from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";
import { itemEffects, itemSteps } from "./work-item-action.ts";

const refuse = refusing("The entry in the risk log");

/** R27. A risk in the PSA's log with the project's lead as owner, due with the next milestone. */
export const logRisk: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R27",
    name: "log-risk",
    title: "Log a risk with owner and due date",
    group: "internalRecord",
    tier: 1,
    judgement: false,
    forCauses: ["SLP"],
    sinks: {
      project: "destination",
      owner: "recipient",
      dueOn: "choice",
      details: "text",
      note: "text",
    },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Close the risk in the PSA's log.",
  },
  args: targetArgs("psa", "project"),

  async preview({ target, note }, { records, look }) {
    const reader = needed(records, refuse);
    const project = await readOne(reader, "project", { id: target.id, refuse });
    const { name, status, leadId, plannedEndOn, forecastEndOn, percentComplete } = project.fields;
    if (status !== "active" && status !== "on_hold") throw refuse(`the project is ${status}`);
    const lead = await readOne(reader, "person", { id: leadId, refuse });
    const [next] = (await readWhere(reader, "milestone", ["projectId", target.id]))
      .filter(({ fields }) => fields.deliveredOn === null)
      .toSorted((a, b) => (a.fields.forecastOn < b.fields.forecastOn ? -1 : 1));
    const item = {
      title: `“${plainText(name, 80)}” may end later than planned`,
      details: `Planned to end on ${plannedEndOn}, forecast for ${forecastEndOn}, ${percentComplete} % complete.`,
      ownerEmail: lead.fields.email,
      dueOn: next?.fields.forecastOn ?? forecastEndOn,
    };
    const words = noteArgument(note);
    const { projectEvidence, ...part } = projectPart(await look.psa.getProject(target.id));
    const record = refOf(project.source);
    return {
      target: record,
      title: `Log a risk of “${plainText(name, 80)}” for ${plainText(lead.fields.name, 80)}`,
      arguments: [
        fromSource(project, { name: "project", sink: "destination", field: "id" }),
        fromSource(lead, { name: "owner", sink: "recipient", field: "email" }),
        byCode("dueOn", "choice", item.dueOn),
        byCode("details", "text", item.details),
        ...words,
      ],
      effects: itemEffects(record, item, words),
      amount: null,
      preconditions: [
        asserted(project, "version", "status", "plannedEndOn", "forecastEndOn", "percentComplete"),
      ],
      ...part,
      recipientInternal: true,
      evidence: [
        ...seen(project, "plannedEndOn", "forecastEndOn", "percentComplete"),
        ...projectEvidence,
      ],
    };
  },
  ...itemSteps({ type: "risk", system: () => "psa", refuse }),
});
