import { addBusinessDays } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { approvedText, draftEffects, matching, projectPart } from "./draft-effect.ts";
import { checkedTarget, noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

/** R14. A drafted message to the client, as a task in the PSA. A person sends it. */
export const chaseAcceptance: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R14",
    name: "chase-acceptance",
    title: "Draft a message that asks the client to accept a milestone",
    group: "clientVisible",
    tier: 3,
    judgement: false,
    forCauses: ["INV-4"],
    sinks: { milestone: "destination", subject: "text", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Delete the drafted task in the PSA; nothing was sent.",
  },
  args: targetArgs("psa", "milestone"),

  async preview({ target, note }, { look, calendar }) {
    const refuse = (reason: string) =>
      new CountersignError("PRECONDITION_FAILED", { action: "The message on acceptance", reason });
    const milestone = checkedTarget(await look.psa.getMilestone(target.id), target, () =>
      refuse("the PSA has no such milestone"),
    );
    const { deliveredOn, deemedAcceptedAfterDays: silence } = milestone;
    if (deliveredOn === null) throw refuse("the milestone is not delivered");
    if (milestone.acceptedOn !== null)
      throw refuse(`the milestone was accepted on ${milestone.acceptedOn}`);
    const deemedOn = silence === null ? null : addBusinessDays(calendar, deliveredOn, silence);
    const today = Temporal.Instant.from(milestone.source.retrievedAt)
      .toZonedDateTimeISO(calendar.zone)
      .toPlainDate();
    if (deemedOn !== null && Temporal.PlainDate.compare(today, deemedOn) > 0)
      throw refuse(`the contract deems it accepted by silence since ${deemedOn}`);

    const project = await look.psa.getProject(milestone.projectId);
    const { projectLeadEmail, projectEvidence } = projectPart(project);
    const name = plainText(milestone.name, 80);
    const record = refOf(milestone.source);
    const words = noteArgument(note);
    const subject = `Acceptance of “${name}”`;
    const of = project === null ? "" : ` of “${plainText(project.name, 80)}”`;
    const body = [
      `We delivered “${name}”${of} on ${deliveredOn}, and we have no acceptance from you yet.`,
      ...(milestone.due === null ? [] : [`It was due on ${milestone.due}.`]),
      ...(deemedOn === null
        ? []
        : [`Under our contract it counts as accepted after ${deemedOn} unless you object.`]),
      "Please confirm the acceptance, or tell us what is missing.",
    ].join(" ");
    return {
      target: record,
      title: `Draft a message that asks for the acceptance of “${name}”`,
      arguments: [
        {
          name: "milestone",
          sink: "destination",
          label: "SOR",
          value: record.id,
          from: { record, field: "id" },
        },
        { name: "subject", sink: "text", label: "DERIVED", value: subject, from: null },
        { name: "message", sink: "text", label: "DERIVED", value: body, from: null },
        ...words,
      ],
      effects: draftEffects(record, { subject, body, note: words }),
      amount: null,
      preconditions: [
        {
          record,
          revision: milestone.source.revision,
          asserted: [
            { field: "deliveredOn", value: deliveredOn },
            { field: "acceptedOn", value: null },
            { field: "deemedAcceptedAfterDays", value: silence },
          ],
        },
      ],
      projectId: milestone.projectId,
      projectLeadEmail,
      recipientInternal: false,
      evidence: [
        observe(milestone.source, "deliveredOn", deliveredOn),
        observe(milestone.source, "acceptedOn", null),
        observe(milestone.source, "deemedAcceptedAfterDays", silence),
        ...projectEvidence,
      ],
    };
  },

  async find({ target }, key, { psa, psaWriter }) {
    const milestone = await psa.getMilestone(target.id);
    return milestone === null ? null : psaWriter.findDraftTask(key, milestone.projectId);
  },
  async send(_, approved, { key, systems }) {
    await systems.psaWriter.createDraftTask({
      key,
      about: approved.target,
      projectId: projectOf(approved),
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
  async verify(_, approved, { key, systems }) {
    return matching(await systems.psaWriter.findDraftTask(key, projectOf(approved)), {
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
});

function projectOf({ projectId }: { projectId: string | null }): string {
  if (projectId === null) throw new TypeError("the payload names no project");
  return projectId;
}
