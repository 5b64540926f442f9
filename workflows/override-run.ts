import { ApprovalKind, type PolicyReason } from "#/domain/decision.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { ProposalId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { type Payload, type Proposal, payloadHash } from "#/domain/proposal.ts";
import type { Receipt } from "#/domain/run.ts";
import type { OverrideOutcome, Sighting, StuckRun } from "#/domain/stuck-run.ts";
import { effectKey } from "./carry-out-proposal.ts";
import type { Start } from "./durable.ts";
import { type FirmPolicy, mayVote } from "./policy-facts.ts";
import type { Override, Store, Voter } from "./store.ts";

/** What the target shows of an effect. `cannot-tell`: no look can rule it out; a person decides. */
export type Sight =
  | { readonly seen: "there"; readonly receipt: Receipt }
  | { readonly seen: "not-there" }
  /** Nothing to find, and a repeat with the same key changes nothing more. */
  | { readonly seen: "repeatable" }
  | { readonly seen: "cannot-tell" };

export type OverrideNeeds = {
  readonly store: Pick<Store, "stuckRuns" | "overrideRun" | "proposal">;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  readonly start: Pick<Start, "carryOutReplay">;
  /** Looks at the target now. Throws as all reads do: a target that does not answer shows nothing. */
  readonly sight: (payload: Payload, key: string) => Promise<Sight>;
  /** Every system that rests is tried by the next call. */
  readonly tryNow: () => void;
};

export type OverrideRequest = {
  readonly proposal: ProposalId;
  readonly version: number;
  /**
   * replay: look, and if nothing is there, once more from the last check on · force: the same, and a
   * resting system is tried before its time · resolve: look, and end it by what is there · discard:
   * put away what failed.
   */
  readonly do: "replay" | "force" | "resolve" | "discard";
  readonly reason: string;
  /** What this person saw at the target, where no look can tell. */
  readonly saw: Sighting | null;
};

/** What needs somebody: failed, unknown, or approved and unable to begin. */
export async function stuckRuns(
  who: Principal,
  { store }: { readonly store: Pick<Store, "stuckRuns"> },
): Promise<StuckRun[]> {
  if (!who.capabilities.has("read"))
    throw new CountersignError("FORBIDDEN", { who: who.name, what: "see runs", needed: "read" });
  return store.stuckRuns(who.tenant);
}

/**
 * A person takes a run over that did not end well. The target is looked at first, whatever was asked:
 * what is there already is recorded and nothing is sent. Throws INVALID_ARGUMENTS without a reason,
 * FORBIDDEN for whom nobody stands behind, UNKNOWN_PROPOSAL; a lost race is an outcome.
 */
export async function overrideRun(
  who: Principal,
  request: OverrideRequest,
  needs: OverrideNeeds,
): Promise<OverrideOutcome> {
  const reason = request.reason.trim().slice(0, 500);
  if (!reason)
    throw new CountersignError("INVALID_ARGUMENTS", { problems: "taking over needs a reason" });
  if (!who.person)
    throw new CountersignError("FORBIDDEN", {
      who: who.name,
      what: "take over a run",
      needed: "administrator's",
    });
  const { proposal: id, version } = request;
  const fact = await needs.store.proposal(who.tenant, id, version);
  if (!fact) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
  const { proposal } = fact;
  const takeover = { id, version, person: who.person, reason };
  const move = async (override: Override, result: OverrideOutcome): Promise<OverrideOutcome> => {
    const outcome = await needs.store.overrideRun(
      who.tenant,
      takeover,
      { override, may: (facts) => mayOverride(needs.policy(who.tenant), facts) },
      (replay) => needs.start.carryOutReplay({ tenant: who.tenant, id, version, replay }),
    );
    return outcome.result === "moved" ? result : outcome;
  };
  if (request.do === "discard") return move({ to: "discarded" }, { result: "discarded" });
  if (request.do === "force") needs.tryNow();
  if (proposal.state === "failed" && request.do !== "resolve")
    return move({ to: "approved", how: request.do }, { result: "replaying" });
  if (proposal.state !== "unknown") return { result: "closed", state: proposal.state };
  return settleUnknown(who.tenant, { request, proposal, move }, needs);
}

async function settleUnknown(
  tenant: TenantId,
  {
    request,
    proposal,
    move,
  }: {
    request: OverrideRequest;
    proposal: Proposal;
    move: (override: Override, result: OverrideOutcome) => Promise<OverrideOutcome>;
  },
  needs: OverrideNeeds,
): Promise<OverrideOutcome> {
  const intact = payloadHash(proposal.payload) === proposal.payloadHash;
  const sight: Sight = intact
    ? await needs.sight(proposal.payload, effectKey(tenant, proposal.id, proposal.version))
    : { seen: "cannot-tell" };
  if (sight.seen === "there")
    return move(
      { to: "done", how: "seen at the target", receipt: sight.receipt },
      { result: "done" },
    );
  const saw = sight.seen === "cannot-tell" ? request.saw : null;
  if (saw === "happened")
    return move({ to: "done", how: "a person saw it", receipt: null }, { result: "done" });
  if (sight.seen === "cannot-tell" && saw === null) return { result: "somebody-must-look" };
  const how = saw ? "a person saw that it is not there" : "looked for at the target, not there";
  if (request.do !== "resolve") return move({ to: "approved", how }, { result: "replaying" });
  // A message on its way shows nothing yet: only a repeat with its key is safe, not a verdict.
  if (sight.seen === "repeatable" && request.saw === null) return { result: "somebody-must-look" };
  return move({ to: "failed", how, reason: how }, { result: "nothing-there" });
}

/**
 * Pure: administrators, and whoever could approve it; never whoever asked for it or wrote a part of it.
 */
export function mayOverride(
  policy: FirmPolicy,
  {
    proposal,
    person,
    now,
  }: {
    proposal: Proposal;
    person: Pick<Voter, "id" | "tenant" | "active" | "roles" | "accounts"> | null;
    now: string;
  },
): PolicyReason[] {
  if (!person)
    return [{ id: "directory", reason: "Only colleagues in the directory can take over a run" }];
  if (person.tenant !== proposal.tenant)
    return [{ id: "G01-tenant-isolation", reason: "Nobody acts across firms" }];
  if (!person.active)
    return [{ id: "G05-inactive-person", reason: "A deactivated account can do nothing" }];
  const { person: requester } = proposal.requestedBy;
  const wrote = [...(requester ? [requester] : []), ...(proposal.editedBy ?? [])];
  if (wrote.some((each) => person.accounts.includes(each)))
    return [{ id: "G03-not-your-own", reason: "Whoever asked for it does not take it over" }];
  const couldApprove = ApprovalKind.options.some(
    (as) =>
      proposal.decision.effect === "require" &&
      proposal.decision.need[as] !== undefined &&
      mayVote(policy, proposal, {
        voter: person,
        as,
        at: now,
        now,
        shownHash: proposal.payloadHash,
        channelTrusted: true,
      }).allowed,
  );
  return couldApprove || person.roles.includes("Administrator")
    ? []
    : [
        {
          id: "not-yours",
          reason: "Only an administrator, or somebody who may approve it, can take over this run",
        },
      ];
}
