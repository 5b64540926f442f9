import type { TenantId } from "#/domain/ids.ts";
import type { Capability } from "#/domain/member.ts";
import { evaluateFacts } from "./evaluate-closed.ts";
import type { Voter } from "./facts.ts";
import type { PolicySet } from "./policy-set.ts";
import { capabilityRequest } from "./requests.ts";

const capabilities = ["read", "propose"] as const satisfies readonly Capability[];

/** What this person or agent may do at a door of this firm. Nothing, when policy cannot say. */
export const capabilitiesOf = (
  set: PolicySet,
  who: Voter,
  tenant: TenantId,
): ReadonlySet<Capability> =>
  new Set(
    capabilities.filter(
      (capability) =>
        evaluateFacts(set, () => capabilityRequest({ who, tenant, capability })).allowed,
    ),
  );
