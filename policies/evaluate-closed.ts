import { type Answer, evaluate, type Request } from "./engine.ts";
import type { PolicySet } from "./policy-set.ts";

/** Why the fold itself says no. F06 is an ordinary answer; any other means something is broken. */
export const foldReasons = {
  "F01-facts-malformed": "Policy was handed facts that it cannot use",
  "F02-entity-missing": "Policy was not told everything that it needs to know",
  "F03-engine-failed": "The policy engine failed",
  "F04-request-invalid": "The request does not fit the policy schema",
  "F05-rule-failed": "A rule could not be evaluated",
  "F06-no-rule-allows": "No rule allows this",
  "F07-cure-does-not-cure": "It would still be refused after the approvals or the wait",
} as const;
export type FoldReason = keyof typeof foldReasons;

export type Outcome = { readonly allowed: boolean; readonly ids: readonly string[] };

/**
 * One evaluation that can only say yes when everything about it is clean. `ids` are the policies
 * that decided, or one of `foldReasons` (followed by the rules that failed).
 */
export function evaluateClosed(set: PolicySet, request: Request | null): Outcome {
  if (!request) return refused("F01-facts-malformed");
  // A rule about an entity that is not there fails and is skipped, or is never reached.
  if (!isComplete(request)) return refused("F02-entity-missing");
  let answer: Answer | null;
  try {
    answer = evaluate(set.slot, request);
  } catch {
    return refused("F03-engine-failed");
  }
  if (!answer) return refused("F04-request-invalid");
  if (answer.failing.length > 0) return refused("F05-rule-failed", answer.failing);
  if (!answer.allowed && answer.determining.length === 0) return refused("F06-no-rule-allows");
  return { allowed: answer.allowed, ids: answer.determining };
}

/** As above, from facts. Facts so broken that no request can be built are malformed, not an error. */
export function evaluateFacts(set: PolicySet, build: () => Request | null): Outcome {
  let request: Request | null = null;
  try {
    request = build();
  } catch {
    return refused("F01-facts-malformed");
  }
  return evaluateClosed(set, request);
}

const refused = (reason: FoldReason, rules: readonly string[] = []): Outcome => ({
  allowed: false,
  ids: [reason, ...rules],
});

/** Principal, resource and the resource's project are all in the slice. */
function isComplete({ principal, resource, entities }: Request): boolean {
  const known = new Set(entities.map(({ ref }) => key(ref)));
  const target = entities.find(({ ref }) => key(ref) === key(resource));
  const project = target?.attributes["project"];
  const needed = [principal, resource];
  if (typeof project === "object" && "ref" in project) needed.push(project.ref);
  return needed.every((ref) => known.has(key(ref)));
}

const key = ({ type, id }: { type: string; id: string }): string => JSON.stringify([type, id]);
