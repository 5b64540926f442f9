import { CountersignError } from "#/domain/errors.ts";
import type { Principal, Role } from "#/domain/member.ts";
import type { PauseView } from "./services.ts";
import type { Store } from "./store.ts";

export type PauseNeeds = {
  readonly store: Pick<Store, "members" | "pause" | "startPause" | "endPause">;
};

/** Stopping is easy, starting again is not: see `resumeRuns`. */
const mayPause: readonly Role[] = [
  "Administrator",
  "DeliveryLead",
  "PracticeDirector",
  "FinanceManager",
  "FinanceController",
  "ChiefFinancialOfficer",
  "ContractOwner",
];

/** The kill switch: proposals may be made and decided, nothing begins to run. Throws FORBIDDEN, INVALID_ARGUMENTS. */
export async function pauseRuns(
  who: Principal,
  reason: string,
  needs: PauseNeeds,
): Promise<PauseView> {
  const words = reason.trim().slice(0, 300);
  if (!words)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "a pause needs a reason" });
  const me = await memberOf(who, needs);
  if (!me?.roles.some((role) => mayPause.includes(role)))
    throw new CountersignError("FORBIDDEN", { who: who.name, what: "pause", needed: "lead's" });
  await needs.store.startPause(who.tenant, { by: `person:${me.id}`, reason: words });
  const paused = await pauseOf(who, needs);
  if (!paused) throw new Error("the pause is gone");
  return paused;
}

/** Whoever paused, or an administrator. What was approved meanwhile starts at the next look. Throws FORBIDDEN. */
export async function resumeRuns(who: Principal, needs: PauseNeeds): Promise<boolean> {
  const paused = await needs.store.pause(who.tenant);
  if (!paused) return false;
  const me = await memberOf(who, needs);
  const actor = `person:${me?.id ?? ""}`;
  if (!me || (paused.by !== actor && !me.roles.includes("Administrator")))
    throw new CountersignError("FORBIDDEN", {
      who: who.name,
      what: "resume what somebody else paused",
      needed: "administrator's",
    });
  return needs.store.endPause(who.tenant, actor);
}

/** null: nothing is paused. */
export async function pauseOf(
  { tenant }: Pick<Principal, "tenant">,
  { store }: { readonly store: Pick<Store, "members" | "pause"> },
): Promise<PauseView | null> {
  const paused = await store.pause(tenant);
  if (!paused) return null;
  const members = await store.members(tenant);
  const by = members.find(({ id }) => `person:${id}` === paused.by)?.name;
  return { reason: paused.reason, since: paused.since, by: by ?? "Countersign itself" };
}

const memberOf = async (who: Principal, { store }: PauseNeeds) =>
  (await store.members(who.tenant)).find(({ id, active }) => id === who.person && active);
