import { plainText } from "#/domain/plain-text.ts";
import { approvalMessage, messageSteps, waitingApproval } from "./approval-message.ts";
import { type Action, defineAction } from "./define-action.ts";
import { refusing } from "./source-record.ts";
import { type TargetArgs, targetArgs } from "./target-args.ts";

const refuse = refusing("The reminder to the approver");

/** R03. An internal reminder to the person on whose desk a request waits. */
export const nudgeApprover: Action<TargetArgs> = defineAction({
  declaration: {
    id: "R03",
    name: "nudge-approver",
    title: "Remind an approver of a waiting request",
    group: "internalMessage",
    tier: 1,
    judgement: false,
    forCauses: ["APR-1", "APR-2", "APR-7"],
    sinks: { request: "choice", recipient: "recipient", message: "text", note: "text" },
    editable: ["note"],
    idempotency: "keyed",
    reversible: "no-effect-to-undo",
    undo: "A reminder that was sent cannot be taken back; it changes no record.",
  },
  args: targetArgs("psa", "approval"),
  async preview(args, needs) {
    const { approval, approver } = await waitingApproval(args, needs, refuse);
    const opening = `Hello ${plainText(approver.fields.name, 80)}`;
    return approvalMessage({ approval, to: approver, opening, note: args.note }, needs);
  },
  ...messageSteps,
});
