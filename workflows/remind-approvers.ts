import { type BusinessCalendar, businessMinutes, localTime } from "#/domain/business-time.ts";
import type { PersonId, TenantId } from "#/domain/ids.ts";
import { formatMoney } from "#/domain/money.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { type MayApprove, whoMayApprove } from "#/policies/who-may-approve.ts";
import { askedNext } from "#/policies/who-to-ask.ts";
import { type FirmPolicy, needOf, proposalFacts } from "./policy-facts.ts";
import type { Store, WaitingForPeople } from "./store.ts";

export type RemindNeeds = {
  readonly store: Pick<
    Store,
    "tenant" | "members" | "delegations" | "waitingForPeople" | "remindPerson" | "askFurther"
  >;
  readonly policy: (tenant: TenantId) => FirmPolicy;
};

const businessMinutesBetween = 240;

/**
 * Asks again whoever has not answered, in working hours and at most once in four of them, and asks
 * the next rung up when half of the time passed without a vote, then half of the rest. Part of the
 * sweep: doing it twice does nothing more.
 */
export async function remindApprovers(tenantId: TenantId, needs: RemindNeeds): Promise<void> {
  const waiting = await needs.store.waitingForPeople(tenantId);
  if (waiting.length === 0) return;
  const tenant = await needs.store.tenant(tenantId);
  const members = await needs.store.members(tenantId);
  const delegations = await needs.store.delegations(tenantId);
  const policy = needs.policy(tenantId);
  for (const each of waiting) {
    const { proposal, now } = each;
    const need = needOf(proposal.decision);
    const able = whoMayApprove(policy, {
      proposal: proposalFacts(policy, proposal),
      need,
      members,
      delegations,
      now,
      expiresAt: proposal.expiresAt,
    });
    const { id, version } = proposal;
    for (const { person, reminders } of dueReminders(each, { able, calendar: tenant.calendar })) {
      const email = members.find((member) => member.id === person)?.email;
      if (email)
        await needs.store.remindPerson(tenantId, {
          id,
          version,
          person,
          email,
          earlier: reminders,
          text: reminderText(proposal, tenant.calendar.zone),
        });
    }
    if (!escalationIsDue(each)) continue;
    const asked = new Set(each.asked.map(({ person }) => person));
    const group = proposal.payload.group;
    const people = askedNext({ matrix: policy.authority, able, need, group, members }, asked);
    if (people.length > 0)
      await needs.store.askFurther(tenantId, { id, version, people, earlier: each.escalations });
  }
}

/** Pure: whom to ask again now. Nobody at night, nobody who voted or may not any more. */
export function dueReminders(
  { asked, voted, now }: WaitingForPeople,
  { able, calendar }: { able: readonly MayApprove[]; calendar: BusinessCalendar },
): WaitingForPeople["asked"] {
  const { businessDay, minuteOfDay } = localTime(calendar, now);
  const open = businessDay && minuteOfDay >= calendar.opensAt && minuteOfDay < calendar.closesAt;
  if (!open) return [];
  const may = new Set<PersonId>(able.map(({ person }) => person));
  return asked.filter(
    ({ person, lastAt }) =>
      may.has(person) &&
      !voted.includes(person) &&
      businessMinutes(calendar, lastAt, now) >= businessMinutesBetween,
  );
}

/** Pure: after half of the time without a vote, then after half of the rest, and so on. */
export function escalationIsDue({ proposal, voted, now, escalations }: WaitingForPeople): boolean {
  if (voted.length > 0) return false;
  const [from, to] = [Date.parse(proposal.createdAt), Date.parse(proposal.expiresAt)];
  return Date.parse(now) >= to - (to - from) / 2 ** (escalations + 1);
}

const reminderText = ({ id, version, payload, expiresAt }: Proposal, zone: string): string => {
  const until = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(expiresAt));
  return `“${payload.title}”${payload.amount ? ` (${formatMoney(payload.amount)})` : ""} still waits for your decision. Without one it expires on ${until}, and nothing is changed. The card is above in our messages and in the Home tab (${id} version ${version}).`;
};
