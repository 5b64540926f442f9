import { ActionId } from "#/domain/action.ts";
import type { Decision, PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { PersonId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { BreakGlass } from "#/domain/stuck-run.ts";
import type { Store, Voter } from "./store.ts";

/** A grant as the last check sees it. */
export type GrantInForce = {
  readonly id: string;
  readonly incident: string;
  readonly by: PersonId;
  readonly obligations: readonly string[];
};

export type GlassRequest = {
  readonly action: ActionId;
  readonly incident: string;
  readonly reason: string;
  readonly person: PersonId;
  readonly obligations: readonly string[];
  readonly minutes: number;
};

/** `usedStep`: time step of the one-time code, to be used up. */
export type GlassJudgement =
  | { readonly kind: "refused"; readonly reasons: readonly PolicyReason[] }
  | { readonly kind: "granted"; readonly usedStep: number };

/** What follows from it, written down before anything runs. */
export const obligations = ["page-security", "post-review-24h"] as const;
const grantMinutes = 60;

export type GlassNeeds = {
  readonly store: Pick<Store, "grantBreakGlass">;
  /** The time step of a good, unused one-time code; null for any other. */
  readonly secondFactor: (
    voter: Pick<Voter, "secondFactor" | "secondFactorStep">,
    code: string,
  ) => number | null;
};

/**
 * An emergency: the next approved run of one action may begin outside the firm's hours and beyond its
 * rates, once, within an hour. Votes are asked for as ever. Throws UNKNOWN_ACTION and FORBIDDEN; every
 * other refusal is an outcome, and in the audit.
 */
export async function breakGlass(
  who: Principal,
  asked: { action: string; incident: string; reason: string; code: string },
  needs: GlassNeeds,
): Promise<
  { result: "granted"; grant: BreakGlass } | { result: "refused"; reasons: readonly PolicyReason[] }
> {
  const action = ActionId.safeParse(asked.action);
  if (!action.success)
    throw new CountersignError("UNKNOWN_ACTION", {
      action: asked.action.slice(0, 20),
      known: ActionId.options.join(", "),
    });
  if (who.kind !== "person" || !who.person)
    throw new CountersignError("FORBIDDEN", {
      who: who.name,
      what: "break glass",
      needed: "administrator's",
    });
  const request: GlassRequest = {
    action: action.data,
    incident: asked.incident.trim().slice(0, 60),
    reason: asked.reason.trim().slice(0, 500),
    person: who.person,
    obligations,
    minutes: grantMinutes,
  };
  return needs.store.grantBreakGlass(who.tenant, request, (voter) =>
    judgeGlass(request, {
      tenant: who.tenant,
      voter,
      step: voter ? needs.secondFactor(voter, asked.code) : null,
    }),
  );
}

/** Pure: everything that must hold, all of it told at once (G18). */
export function judgeGlass(
  { incident, reason }: Pick<GlassRequest, "incident" | "reason">,
  { tenant, voter, step }: { tenant: string; voter: Voter | null; step: number | null },
): GlassJudgement {
  const reasons: PolicyReason[] = [];
  const against = (id: string, why: string): void => void reasons.push({ id, reason: why });
  if (!voter) against("directory", "Only colleagues in the directory can break glass");
  if (voter && voter.tenant !== tenant) against("G01-tenant-isolation", "Nobody acts across firms");
  if (voter && !voter.active)
    against("G05-inactive-person", "A deactivated account can do nothing");
  if (voter && !voter.roles.includes("Administrator"))
    against("administrators", "Only an administrator can break glass");
  if (step === null)
    against("G18-break-glass-floor", "It needs a fresh one-time code that was not used");
  if (!/^INC-\S+$/.test(incident))
    against("G18-break-glass-floor", "It needs an incident's id, such as INC-204");
  if (reason.length < 20)
    against("G18-break-glass-floor", "It needs a reason of at least 20 characters");
  return reasons.length > 0 || step === null
    ? { kind: "refused", reasons }
    : { kind: "granted", usedStep: step };
}

/**
 * Pure: whether nothing but the firm's own hours and rates stands against it. `withoutRate` asks
 * again as if nothing had been sent. A guardrail, a vote that is missing or a plain no is never passed.
 */
export function onlyHoursAndRates(decision: Decision, withoutRate: () => Decision): boolean {
  const ofTheFirm = decision.policies.every(({ id }) => id.startsWith("T"));
  if (!ofTheFirm) return false;
  const rest = withoutRate();
  if (rest.effect === "allow") return true;
  return (
    rest.effect === "require" &&
    Object.keys(rest.need).length === 0 &&
    rest.waits.length > 0 &&
    rest.policies.every(({ id }) => id.startsWith("T"))
  );
}
