import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { planFromTemplate } from "./project-template.ts";
import { asserted, byCode, fromSource, needed, readOne, refusing, seen } from "./source-record.ts";
import { noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";
import { itemEffects, itemSteps } from "./work-item-action.ts";

const refuse = refusing("The onboarding task");

/**
 * R37. Asks HR to have people ready for the kickoff of a deal that was won. It stands beside the project and
 * not behind it: when the HR system fails, the project stays, and the failed run says so.
 */
export const prepareOnboarding: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R37",
    name: "prepare-onboarding",
    title: "Prepare people for the kickoff in the HR system",
    group: "internalRecord",
    tier: 1,
    judgement: false,
    forCauses: ["WF-01"],
    sinks: {
      opportunity: "destination",
      owner: "recipient",
      dueOn: "choice",
      details: "text",
      note: "text",
    },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Close the task in the HR system.",
  },
  args: targetArgs("crm", "opportunity"),

  async preview({ target, note }, { records, calendar }) {
    const reader = needed(records, refuse);
    const deal = await readOne(reader, "opportunity", { id: target.id, refuse });
    const { stage, name, clientId, ownerId } = deal.fields;
    if (stage !== "won") throw refuse(`the deal is not won: ${stage}`);
    const client = await readOne(reader, "client", { id: clientId, refuse });
    const owner = await readOne(reader, "person", { id: ownerId, refuse });
    const plan = planFromTemplate(
      { ...deal.fields, id: target.id },
      { clientName: client.fields.name, clientCode: client.fields.code, leadId: ownerId },
      calendar,
    );
    const seats = plan.flatMap(({ fields: { grade } }) => (grade === undefined ? [] : [grade]));
    const startsOn = String(plan[0]?.fields["plannedStartOn"]);
    const item = {
      title: `Onboarding for “${plainText(name, 80)}”`,
      details: `Have these ready for ${plainText(client.fields.name, 80)} from ${startsOn}: ${seats.join(", ")}. Access, equipment and introductions before that day.`,
      ownerEmail: owner.fields.email,
      dueOn: startsOn,
    };
    const words = noteArgument(note);
    const record = refOf(deal.source);
    return {
      target: record,
      title: `Ask HR to prepare the kickoff of “${plainText(name, 80)}”`,
      arguments: [
        fromSource(deal, { name: "opportunity", sink: "destination", field: "id" }),
        fromSource(owner, { name: "owner", sink: "recipient", field: "email" }),
        byCode("dueOn", "choice", item.dueOn),
        byCode("details", "text", item.details),
        ...words,
      ],
      effects: itemEffects(record, item, words),
      amount: null,
      preconditions: [asserted(deal, "version", "stage", "closeOn", "ownerId")],
      projectId: null,
      projectLeadEmail: null,
      recipientInternal: true,
      evidence: seen(deal, "stage", "closeOn", "ownerId"),
    };
  },
  ...itemSteps({ type: "task", system: () => "hris", refuse }),
});
