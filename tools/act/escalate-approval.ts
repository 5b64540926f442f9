import { businessMinutes } from "#/domain/business-time.ts";
import { plainText } from "#/domain/plain-text.ts";
import { approvalMessage, messageSteps, waitingApproval } from "./approval-message.ts";
import { type Action, defineAction } from "./define-action.ts";
import { readOne, refusing } from "./source-record.ts";
import { type TargetArgs, targetArgs } from "./target-args.ts";

const refuse = refusing("The escalation");
/** So long a request must have waited before somebody's manager hears of it. A judgement. */
const afterBusinessDays = 4;

/** R05. An internal message to the approver's manager about a request that waits too long. */
export const escalateApproval: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R05",
    name: "escalate-approval",
    title: "Tell the approver's manager of an overdue request",
    group: "internalMessage",
    tier: 1,
    judgement: false,
    forCauses: ["APR-1", "APR-3"],
    sinks: { request: "choice", recipient: "recipient", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "keyed",
    reversible: "no-effect-to-undo",
    undo: "A message that was sent cannot be taken back; it changes no record.",
  },
  args: targetArgs("psa", "approval"),
  async preview(args, needs) {
    const { reader, approval, approver } = await waitingApproval(args, needs, refuse);
    const { calendar } = needs;
    const waited = businessMinutes(
      calendar,
      approval.fields.requestedAt,
      approval.source.retrievedAt,
    );
    if (waited < afterBusinessDays * (calendar.closesAt - calendar.opensAt))
      throw refuse(`it has not waited ${afterBusinessDays} business days yet`);
    const { managerId } = approver.fields;
    if (managerId === null) throw refuse("the HR system names no manager of the approver");
    const manager = await readOne(reader, "person", { id: managerId, refuse });
    const opening = `Hello ${plainText(manager.fields.name, 80)}, on the desk of ${plainText(approver.fields.name, 80)}`;
    return approvalMessage({ approval, to: manager, opening, note: args.note }, needs);
  },
  ...messageSteps,
});
