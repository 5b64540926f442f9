import { startOfDay } from "#/domain/business-time.ts";
import { type Delegation, delegatedDays } from "#/domain/delegation.ts";
import { CountersignError } from "#/domain/errors.ts";
import { CivilDate, type PersonId } from "#/domain/ids.ts";
import { accountsOf, type Member, type Principal } from "#/domain/member.ts";
import type { DelegateRequest, DelegationView } from "./services.ts";
import type { Store } from "./store.ts";

export type DelegateNeeds = {
  readonly store: Pick<
    Store,
    "tenant" | "members" | "delegations" | "delegate" | "revokeDelegation"
  >;
  readonly now: () => string;
};

const longestDays = 92;

/**
 * Names who acts while somebody is away. They act within that person's authority and both persons'
 * exclusions, in those days only. Throws INVALID_ARGUMENTS, FORBIDDEN.
 */
export async function delegateAuthority(
  who: Principal,
  request: DelegateRequest,
  needs: DelegateNeeds,
): Promise<DelegationView> {
  const tenant = await needs.store.tenant(who.tenant);
  const members = await needs.store.members(who.tenant);
  const me = members.find(({ id, active }) => id === who.person && active);
  if (!me) throw forbidden(who.name, "delegate");
  const away = request.away === undefined ? me : byEmail(request.away, members);
  if (away.id !== me.id && !me.roles.includes("Administrator"))
    throw forbidden(me.name, "delegate for somebody else");
  const standIn = byEmail(request.to, members);
  const problems = [
    ...(accountsOf(away.id, members).includes(standIn.id) ? ["nobody is their own stand-in"] : []),
    ...dayProblems(request, tenant.calendar.zone, needs.now()),
  ];
  if (problems.length > 0)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: problems.join("; ") });
  const made = await needs.store.delegate(who.tenant, {
    delegator: away.id,
    delegate: standIn.id,
    startsAt: instantOf(startOfDay(tenant.calendar, request.from)),
    endsAt: instantOf(
      startOfDay(
        tenant.calendar,
        Temporal.PlainDate.from(request.until).add({ days: 1 }).toString(),
      ),
    ),
    madeBy: me.id,
  });
  return viewOf(made, { members, zone: tenant.calendar.zone });
}

/** Those that this person gave or holds; all of the firm's for an administrator. */
export async function delegationsFor(
  who: Principal,
  needs: DelegateNeeds,
): Promise<DelegationView[]> {
  const tenant = await needs.store.tenant(who.tenant);
  const members = await needs.store.members(who.tenant);
  const all = await needs.store.delegations(who.tenant);
  return all
    .filter((each) => concerns(each, who.person, members))
    .map((each) => viewOf(each, { members, zone: tenant.calendar.zone }));
}

/** Ends it at once; votes given by it no longer count. Throws FORBIDDEN, INVALID_ARGUMENTS. */
export async function revokeDelegation(
  who: Principal,
  id: string,
  needs: DelegateNeeds,
): Promise<void> {
  const members = await needs.store.members(who.tenant);
  const found = (await needs.store.delegations(who.tenant)).find((each) => each.id === id);
  const mine = found && concerns(found, who.person, members);
  if (
    !mine ||
    who.person === null ||
    !(await needs.store.revokeDelegation(who.tenant, id, who.person))
  )
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: `there is no delegation ${id.slice(0, 40)} of yours in force`,
    });
}

const concerns = (
  { delegator, delegate }: Delegation,
  person: PersonId | null,
  members: readonly Member[],
): boolean =>
  person === delegator ||
  person === delegate ||
  members.some(
    ({ id, active, roles }) => id === person && active && roles.includes("Administrator"),
  );

const viewOf = (
  delegation: Delegation,
  { members, zone }: { members: readonly Member[]; zone: string },
): DelegationView => {
  const name = (id: PersonId): string =>
    members.find((member) => member.id === id)?.name ?? "a former colleague";
  return {
    id: delegation.id,
    away: name(delegation.delegator),
    standIn: name(delegation.delegate),
    days: delegatedDays(delegation, zone),
  };
};

function byEmail(email: string, members: readonly Member[]): Member {
  const found = members.find(
    (member) => member.active && member.email === email.trim().toLowerCase(),
  );
  if (!found)
    throw new CountersignError("INVALID_ARGUMENTS", {
      problems: `nobody active in the directory has the address ${email.slice(0, 120)}`,
    });
  return found;
}

function dayProblems({ from, until }: DelegateRequest, zone: string, now: string): string[] {
  if (!CivilDate.safeParse(from).success || !CivilDate.safeParse(until).success)
    return ["give both days as 2026-12-01"];
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(until)];
  if (Temporal.PlainDate.compare(last, first) < 0) return ["the last day is before the first"];
  if (Temporal.PlainDate.compare(last, today) < 0) return ["those days are over"];
  return first.until(last).days >= longestDays ? [`at most ${longestDays} days at a time`] : [];
}

const instantOf = (text: string): string =>
  Temporal.Instant.from(text).toString({ fractionalSecondDigits: 3 });

const forbidden = (name: string, what: string) =>
  new CountersignError("FORBIDDEN", { who: name, what, needed: "administrator's" });
