import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import { type Action, defineAction } from "./define-action.ts";
import { approvedText, draftEffects, matching, projectPart } from "./draft-effect.ts";
import { checkedTarget, noteArgument, refOf, type TargetArgs, targetArgs } from "./target-args.ts";

/** R16. A drafted message in the CRM that asks the client to decide. A person sends it. */
export const chaseChangeOrderDecision: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R16",
    name: "chase-change-order-decision",
    title: "Draft a message that asks the client to decide on a change order",
    group: "clientVisible",
    tier: 3,
    judgement: false,
    forCauses: ["INV-3"],
    sinks: { changeOrder: "destination", subject: "text", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "read-back",
    reversible: "yes",
    undo: "Delete the drafted message in the CRM; nothing was sent.",
  },
  args: targetArgs("crm", "change-order"),

  async preview({ target, note }, { look }) {
    const refuse = (reason: string) =>
      new CountersignError("PRECONDITION_FAILED", {
        action: "The message on the change order",
        reason,
      });
    const order = checkedTarget(await look.crm.getChangeOrder(target.id), target, () =>
      refuse("the CRM has no such change order"),
    );
    if (order.state === "draft")
      throw refuse("the change order is a draft that the client has not received");
    if (order.state !== "proposed" && order.state !== "client_review")
      throw refuse(`the change order is already ${order.state}`);

    const project = order.projectId === null ? null : await look.psa.getProject(order.projectId);
    const { projectLeadEmail, projectEvidence } = projectPart(project);
    const number = order.number === null ? order.source.id : plainText(order.number, 40);
    const record = refOf(order.source);
    const words = noteArgument(note);
    const subject = `Decision on change order ${number}`;
    const of = project === null ? "" : ` for “${plainText(project.name, 80)}”`;
    const amount = order.amount === null ? "" : ` over ${formatMoney(order.amount)}`;
    const since = order.raisedOn === null ? "" : ` since ${order.raisedOn}`;
    const body = `Change order ${number}${of}${amount} has been waiting for your decision${since}. We cannot invoice this work before you have decided. Please approve it, or tell us what should change.`;
    return {
      target: record,
      title: `Draft a message that asks for a decision on change order ${number}`,
      arguments: [
        {
          name: "changeOrder",
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
          revision: order.source.revision,
          asserted: [
            { field: "state", value: order.state },
            { field: "amount", value: order.amount === null ? null : formatMoney(order.amount) },
            { field: "decidedOn", value: order.decidedOn },
          ],
        },
      ],
      projectId: order.projectId,
      projectLeadEmail,
      recipientInternal: false,
      evidence: [
        observe(order.source, "state", order.state),
        observe(order.source, "raisedOn", order.raisedOn),
        observe(order.source, "decidedOn", order.decidedOn),
        ...projectEvidence,
      ],
    };
  },

  find: ({ target }, key, { crmWriter }) => crmWriter.findDraftMessage(key, target),
  async send(_, approved, { key, systems }) {
    await systems.crmWriter.createDraftMessage({
      key,
      about: approved.target,
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
  async verify(_, approved, { key, systems }) {
    return matching(await systems.crmWriter.findDraftMessage(key, approved.target), {
      subject: approvedText(approved, "draft.subject"),
      body: approvedText(approved, "draft.body"),
    });
  },
});
