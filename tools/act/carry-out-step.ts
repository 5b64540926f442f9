import type { Payload } from "#/domain/proposal.ts";
import { RecordRef } from "#/domain/record.ts";
import { isRefused, type Receipt } from "#/domain/run.ts";
import type { ActSystems } from "#/tools/ports.ts";
import { actionOf } from "./catalogue.ts";
import type { Action, Preview } from "./define-action.ts";
import type { TargetArgs } from "./target-args.ts";

/** `key` is the same on every attempt of one step. `attempted`: a former try has no known outcome. */
export type Step = {
  readonly key: string;
  readonly systems: ActSystems;
  readonly attempted: boolean;
  /** How long a former call may still be under way at the target; 20 seconds unless told. */
  readonly settleMs?: number;
};

/**
 * Carries out the one external write of an approved payload and reads its effect back.
 *
 * Sends at most once per call. Safe to call again with the same key after any unknown outcome,
 * except for actions of class `none`. Throws Refused when nothing was written, EffectMissing when
 * the answer was good and the effect is not there; any other error means the outcome is unknown.
 */
export async function carryOutStep(payload: Payload, step: Step): Promise<Receipt> {
  return carryOut(actionOf(payload.action), payload, step);
}

/** The same for an action that need not be in the catalogue. */
export async function carryOut(
  action: Action<TargetArgs>,
  payload: Payload,
  { key, systems, attempted, settleMs = 20_000 }: Step,
): Promise<Receipt> {
  const args = argsOf(payload);
  const approved = approvedOf(payload);
  const { idempotency } = action.declaration;
  const verify = () => action.verify(args, approved, { key, systems });
  if (idempotency === "none" && attempted)
    throw new Error(
      "The outcome of a former attempt is unknown; a person must look at the target.",
    );
  const searchable = idempotency === "natural" || idempotency === "read-back";
  // A lost write of our own has moved the revision: look for it before asking for conflicts.
  const leftBefore = async () => searchable && (await action.find(args, key, systems)) !== null;
  const appears = async (): Promise<boolean> => {
    const until = performance.now() + settleMs;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, settleMs / 10)));
      if (await leftBefore()) return true;
    }
    return false;
  };
  if (await leftBefore()) return verify();
  // Not there yet is not the same as never sent: a slow target acts after its caller has hung up,
  // and nothing here would make a second one impossible.
  if (idempotency === "read-back" && attempted && (await appears())) return verify();
  try {
    await action.send(args, approved, { key, systems });
  } catch (error) {
    // The answer got lost, or a twin of this attempt was faster. What is there, counts.
    if (await leftBefore().catch(() => false)) return verify();
    // The refusal may be the former call's doing: it holds the record while it acts.
    if (isRefused(error) && attempted && searchable && (await appears())) return verify();
    // Refused now says nothing about the former attempt when nobody can look for its trace.
    if (isRefused(error) && attempted && !searchable)
      throw new Error("Refused now, but a former attempt may have succeeded.", { cause: error });
    throw error;
  }
  return verify();
}

/** The arguments an action was previewed with, from the payload that people approved. */
export const argsOf = ({ target, arguments: list }: Payload): TargetArgs => {
  const note = list.find((argument) => argument.name === "note")?.value;
  return { target: RecordRef.parse(target), note: typeof note === "string" ? note : null };
};

export const approvedOf = (payload: Payload): Preview => ({
  target: RecordRef.parse(payload.target),
  title: payload.title,
  arguments: payload.arguments,
  effects: payload.effects,
  amount: payload.amount,
  preconditions: payload.preconditions,
  projectId: payload.projectId,
  projectLeadEmail: null,
  recipientInternal: payload.recipientInternal,
  evidence: [],
});
