import { contentHash } from "#/domain/canonical-json.ts";
import type { Delegation } from "#/domain/delegation.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { TenantId } from "#/domain/ids.ts";
import type { Member, Principal } from "#/domain/member.ts";
import { type NeededFrom, needsOf, type Reach, reachesOf } from "#/policies/policy-access.ts";
import type { FirmPolicy } from "./policy-facts.ts";
import type { Store } from "./store.ts";

export type ReviewNeeds = {
  readonly store: Pick<Store, "members">;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  readonly uses: (tenant: TenantId) => Promise<
    readonly {
      person: string;
      since: string | null;
      lastVote: string | null;
      lastSeen: string | null;
      linked: boolean;
    }[]
  >;
  readonly delegations: (tenant: TenantId) => Promise<readonly Delegation[]>;
  readonly record: (
    tenant: TenantId,
    made: { by: string; detail: Readonly<Record<string, unknown>> },
  ) => Promise<void>;
  readonly now: () => string;
};

export type Stale = "no use for 90 days" | "never signed in" | "left and still has roles";

export type Reviewed = {
  readonly person: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly active: boolean;
  /** What their own roles reach, by policy; nothing for whoever left. */
  readonly mayApprove: readonly Reach[];
  readonly lastVote: string | null;
  readonly lastSeen: string | null;
  readonly stale: readonly Stale[];
};

export type ReviewedDelegation = {
  readonly id: string;
  readonly away: string;
  readonly standIn: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: "in force" | "to come" | "over" | "long past" | "revoked";
};

/** Who may approve what, as policy says now; and what nobody seems to need. */
export type AccessReview = {
  readonly madeAt: string;
  readonly madeBy: string;
  readonly policySetHash: string;
  readonly currency: string;
  readonly people: readonly Reviewed[];
  readonly needs: readonly NeededFrom[];
  readonly delegations: readonly ReviewedDelegation[];
};

const staleDays = 90;
const day = 86_400_000;

/** Reads, judges and records that it was made. Throws FORBIDDEN for whoever neither administers nor audits. */
export async function reviewAccess(who: Principal, needs: ReviewNeeds): Promise<AccessReview> {
  const { tenant } = who;
  const members = await needs.store.members(tenant);
  const me = members.find(({ id, active }) => active && id === who.person);
  if (!me || !who.capabilities.has("read"))
    throw new CountersignError("FORBIDDEN", {
      who: who.name,
      what: "review who may approve what",
      needed: "colleague's",
    });
  const policy = needs.policy(tenant);
  const now = needs.now();
  const uses = new Map((await needs.uses(tenant)).map((use) => [use.person, use]));
  const asked = needsOf(policy, tenant);
  const reaches = new Map<string, Reach[]>();
  const reachOf = ({ roles, active }: Member): Reach[] => {
    const key = roles.toSorted().join();
    const known = reaches.get(key) ?? reachesOf(policy, { tenant, roles, needs: asked });
    reaches.set(key, known);
    return active ? known : [];
  };
  const people = members.map((member): Reviewed => {
    const use = uses.get(member.id);
    const mayApprove = reachOf(member);
    const { id, name, email, roles, active } = member;
    return {
      person: id,
      name,
      email,
      roles,
      active,
      mayApprove,
      lastVote: use?.lastVote ?? null,
      lastSeen: use?.lastSeen ?? null,
      stale: staleOf({ member, use, mayApprove: mayApprove.length > 0, now }),
    };
  });
  const review: AccessReview = {
    madeAt: now,
    madeBy: me.name,
    policySetHash: policy.hash,
    currency: policy.baseCurrency,
    people,
    needs: asked,
    delegations: (await needs.delegations(tenant)).map((each) => reviewed(each, members, now)),
  };
  await needs.record(tenant, {
    by: `person:${me.id}`,
    detail: {
      policySetHash: policy.hash,
      people: people.length,
      stale: people.filter(({ stale }) => stale.length > 0).length,
      review: contentHash(review),
    },
  });
  return review;
}

function staleOf({
  member,
  use,
  mayApprove,
  now,
}: {
  member: Member;
  use:
    | { since: string | null; lastVote: string | null; lastSeen: string | null; linked: boolean }
    | undefined;
  mayApprove: boolean;
  now: string;
}): Stale[] {
  if (!member.active) return member.roles.length > 0 ? ["left and still has roles"] : [];
  const old = (at: string | null): boolean =>
    at === null || Date.parse(now) - Date.parse(at) > staleDays * day;
  const stale: Stale[] = [];
  // Whoever came lately had no time to use it.
  if (mayApprove && old(use?.lastVote ?? null) && old(use?.since ?? null))
    stale.push("no use for 90 days");
  if (!use?.linked && !use?.lastSeen) stale.push("never signed in");
  return stale;
}

function reviewed(
  { id, delegator, delegate, startsAt, endsAt, revokedAt }: Delegation,
  members: readonly Member[],
  now: string,
): ReviewedDelegation {
  const nameOf = (person: string): string =>
    members.find((member) => member.id === person)?.name ?? person;
  const [at, end] = [Date.parse(now), Date.parse(endsAt)];
  return {
    id,
    away: nameOf(delegator),
    standIn: nameOf(delegate),
    startsAt,
    endsAt,
    state: revokedAt
      ? "revoked"
      : at < Date.parse(startsAt)
        ? "to come"
        : at < end
          ? "in force"
          : at - end > staleDays * day
            ? "long past"
            : "over",
  };
}
