import { type ActionDeclaration, ActionId } from "#/domain/action.ts";
import type { InvoiceDelay } from "#/domain/assessment.ts";
import { CountersignError } from "#/domain/errors.ts";
import { plainText } from "#/domain/plain-text.ts";
import type { Payload } from "#/domain/proposal.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import { chaseAcceptance } from "./chase-acceptance.ts";
import { chaseChangeOrderDecision } from "./chase-change-order-decision.ts";
import { createProject } from "./create-project.ts";
import type { Action, Preview, PreviewNeeds } from "./define-action.ts";
import { draftClientUpdate } from "./draft-client-update.ts";
import { escalateApproval } from "./escalate-approval.ts";
import { extendMilestoneForecast } from "./extend-milestone-forecast.ts";
import { logRisk } from "./log-risk.ts";
import { nudgeApprover } from "./nudge-approver.ts";
import { nudgeMissingTimesheet } from "./nudge-missing-timesheet.ts";
import { openIntervention } from "./open-intervention.ts";
import { openStaffingRequest } from "./open-staffing-request.ts";
import { prepareOnboarding } from "./prepare-onboarding.ts";
import { releaseInvoice } from "./release-invoice.ts";
import type { TargetArgs } from "./target-args.ts";
import { updateForecast } from "./update-forecast.ts";
import { watchUntilReview } from "./watch-until-review.ts";

/** Everything that can ever be done. Closed: there is no other way to a write. */
export const catalogue: Readonly<Record<ActionId, Action<TargetArgs>>> = {
  R01: nudgeMissingTimesheet,
  R03: nudgeApprover,
  R05: escalateApproval,
  R08: releaseInvoice,
  R14: chaseAcceptance,
  R16: chaseChangeOrderDecision,
  R19: updateForecast,
  R20: extendMilestoneForecast,
  R23: openStaffingRequest,
  R26: openIntervention,
  R27: logRisk,
  R29: createProject,
  R36: draftClientUpdate,
  R37: prepareOnboarding,
  R38: watchUntilReview,
};

export const declarations: readonly ActionDeclaration[] = ActionId.options.map(
  (id) => catalogue[id].declaration,
);

/** Throws UNKNOWN_ACTION for anything that is not an id of the catalogue. */
export function actionOf(id: string): Action<TargetArgs> {
  const known = ActionId.safeParse(id);
  if (!known.success)
    throw new CountersignError("UNKNOWN_ACTION", {
      action: plainText(id, 40),
      known: ActionId.options.join(", "),
    });
  return catalogue[known.data];
}

/** Arguments whose words a person may change before it is decided. */
export const editableArguments = (id: ActionId): readonly string[] =>
  catalogue[id].declaration.editable ?? [];

/** A preview with what the catalogue says of its action: a payload but for tenant and project lead. */
export type PayloadPreview = Preview & Pick<Payload, "action" | "group" | "tier" | "undo">;

/**
 * What an action would do to a target, read just now. `note` is a person's or a model's words.
 * Throws UNKNOWN_ACTION, INVALID_ARGUMENTS for a target of another kind, PRECONDITION_FAILED.
 */
export async function previewAction(
  request: { readonly action: string; readonly target: RecordRef; readonly note: string | null },
  needs: PreviewNeeds,
): Promise<PayloadPreview> {
  const action = actionOf(request.action);
  const parsed = action.args.safeParse({ target: request.target, note: request.note });
  if (!parsed.success) {
    const { title, id } = action.declaration;
    const problems = `${id} (${title}) does not work on that kind of target or id`;
    throw new CountersignError("INVALID_ARGUMENTS", { problems });
  }
  const { id, group, tier, undo } = action.declaration;
  return { ...(await action.preview(parsed.data, needs)), action: id, group, tier, undo };
}

/** The payload that is hashed, shown, voted on and executed. Nothing read at another time is in it. */
export const payloadOf = (
  preview: PayloadPreview,
  whose: Pick<Payload, "tenant" | "projectLead">,
): Payload => ({
  ...whose,
  action: preview.action,
  group: preview.group,
  tier: preview.tier,
  target: preview.target,
  title: preview.title,
  arguments: [...preview.arguments],
  effects: [...preview.effects],
  amount: preview.amount,
  preconditions: [...preview.preconditions],
  undo: preview.undo,
  projectId: preview.projectId,
  recipientInternal: preview.recipientInternal,
});

export type ActionCandidate = {
  readonly action: ActionId;
  readonly title: string;
  readonly target: RecordRef;
  readonly causes: readonly string[];
};

const remedies: Readonly<Partial<Record<string, ActionId>>> = {
  "INV-1": "R01",
  "INV-3": "R16",
  "INV-4": "R14",
};

/**
 * The actions that make sense for a late invoice, computed from its open causes. The release is
 * among them only when nothing but the approval queue or the billing run is left, and nothing we
 * could not read.
 */
export function candidatesFor(delay: InvoiceDelay): ActionCandidate[] {
  if (delay.status !== "late") return [];
  const open = delay.causes.filter((cause) => cause.open);
  const remedial = open.flatMap((cause): ActionCandidate[] => {
    const action = remedies[cause.code];
    if (action === undefined) return [];
    return cause.blockers
      .filter((blocker) => blocker.end === null)
      .map((blocker) => ({
        action,
        title: `${catalogue[action].declaration.title} (${plainText(blocker.detail, 200)})`,
        target: blocker.record,
        causes: [cause.code],
      }));
  });
  const isFinal = (code: string) => releaseInvoice.declaration.forCauses.includes(code);
  const mayGoOut =
    (delay.invoice.state === "draft" || delay.invoice.state === "approved") &&
    delay.gaps.length === 0 &&
    open.every((cause) => isFinal(cause.code));
  const release: ActionCandidate[] = mayGoOut
    ? [
        {
          action: "R08",
          title: `Release invoice ${plainText(delay.invoice.number ?? delay.invoice.reference ?? delay.invoice.ref.id, 60)}`,
          target: delay.invoice.ref,
          causes: open.map((cause) => cause.code),
        },
      ]
    : [];
  const all = [...remedial, ...release];
  return [...new Map(all.map((c) => [`${c.action} ${formatRef(c.target)}`, c])).values()];
}
