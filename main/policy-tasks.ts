import { z } from "zod";
import { allDelegations, lastUses, recordReview } from "#/db/access.ts";
import { inTenant } from "#/db/in-tenant.ts";
import type { Tx } from "#/db/open-database.ts";
import { CountersignError } from "#/domain/errors.ts";
import { CivilDate, type TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { proposePolicyChange, shadowRun } from "#/workflows/change-policy.ts";
import { reviewAccess } from "#/workflows/review-access.ts";
import type { Product } from "./compose.ts";
import type { DeskTasks } from "./local-desk.ts";
import { argumentsOf } from "./task-arguments.ts";

const Rules = z.string().max(200_000, "at most 200,000 characters of rules");

/** What a terminal may ask about the firm's rules and about who may approve what. */
export function policyTasks(product: Product, principal: () => Promise<Principal>): DeskTasks {
  const { store, config, policies } = product;
  const tenant = config.TENANT;
  const within = <T>(of: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTenant(product.database, of, work);
  return {
    "policy-diff": async (argument) => {
      const asked = argumentsOf(z.object({ rules: Rules, since: CivilDate.optional() }), argument);
      const { zone } = (await store.tenant(tenant)).calendar;
      const since = asked.since
        ? Temporal.PlainDate.from(asked.since).toZonedDateTime(zone).toInstant().toString()
        : null;
      return shadowRun(tenant, { rules: asked.rules, since }, policies.changing);
    },
    "policy-propose": async (argument) =>
      proposePolicyChange(
        await principal(),
        argumentsOf(z.object({ rules: Rules, reason: z.string().min(1).max(500) }), argument),
        policies.changing,
      ),
    "policy-history": async () => {
      const members = await store.members(tenant);
      const nameOf = (id: string) => members.find((member) => member.id === id)?.name ?? id;
      return (await policies.store.versions(tenant)).map((version) => ({
        ...version,
        requestedBy: version.requestedBy && nameOf(version.requestedBy),
        approvedBy: version.approvedBy.map(nameOf),
      }));
    },
    "policy-show": async (argument) => {
      const { number } = argumentsOf(z.object({ number: z.int().positive().optional() }), argument);
      const versions = await policies.store.versions(tenant);
      const version = number ? versions.find((each) => each.number === number) : versions.at(-1);
      const rules = version && (await policies.store.rules(tenant, version.rulesHash));
      if (!rules)
        throw new CountersignError("INVALID_ARGUMENTS", {
          problems: `there is no version ${number ?? ""} of the rules; see: countersign policy history`,
        });
      return rules;
    },
    "access-review": async () =>
      reviewAccess(await principal(), {
        store,
        policy: policies.changing.policy,
        uses: (of) => within(of, lastUses),
        delegations: (of) => within(of, allDelegations),
        record: (of, made) => within(of, (tx) => recordReview(tx, of, made)),
        now: policies.changing.now,
      }),
  };
}
