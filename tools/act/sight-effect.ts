import type { Payload } from "#/domain/proposal.ts";
import type { Receipt } from "#/domain/run.ts";
import type { ActSystems } from "#/tools/ports.ts";
import { approvedOf, argsOf } from "./carry-out-step.ts";
import { actionOf } from "./catalogue.ts";

export type Sight =
  | { readonly seen: "there"; readonly receipt: Receipt }
  | { readonly seen: "not-there" }
  | { readonly seen: "repeatable" }
  | { readonly seen: "cannot-tell" };

/**
 * What the target shows now of the write with this key. Reads only. What is there and is not what
 * was approved throws EffectMissing; a target that does not answer throws as all reads do.
 */
export async function sightEffect(
  payload: Payload,
  { key, systems }: { key: string; systems: ActSystems },
): Promise<Sight> {
  const action = actionOf(payload.action);
  const { idempotency } = action.declaration;
  if (idempotency === "none") return { seen: "cannot-tell" };
  const args = argsOf(payload);
  if ((await action.find(args, key, systems)) === null)
    return { seen: idempotency === "keyed" ? "repeatable" : "not-there" };
  return {
    seen: "there",
    receipt: await action.verify(args, approvedOf(payload), { key, systems }),
  };
}
