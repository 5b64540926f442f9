import { createHash } from "node:crypto";
import { CountersignError, isCountersignError } from "#/domain/errors.ts";
import type { ProposalId, TenantId } from "#/domain/ids.ts";
import { type Payload, type Proposal, payloadHash } from "#/domain/proposal.ts";
import { isEffectMissing, isRefused, type Receipt, type RunOutcome } from "#/domain/run.ts";
import { type GrantInForce, onlyHoursAndRates } from "./break-glass.ts";
import { otherSystem, ownDatabase, step } from "./durable.ts";
import { decide, type FirmPolicy, needOf, onRecord, tally } from "./policy-facts.ts";
import { troubleOf } from "./run-trouble.ts";
import type { CountedVote, StartJudgement, Store, Tenant } from "./store.ts";

export type CarryOutNeeds = {
  readonly store: Pick<
    Store,
    "tenant" | "proposal" | "beginRun" | "claimEffect" | "finishEffect" | "closeRun" | "noteTrouble"
  >;
  readonly policy: (tenant: TenantId) => FirmPolicy;
  /** The same change, previewed again from the systems of record. */
  readonly previewAgain: (payload: Payload) => Promise<Payload>;
  /**
   * The one external write with its read-back. `earlier` former attempts of this key have no known
   * end. Throws Refused (nothing written), EffectMissing (written, but not as approved), or anything
   * else for "not known".
   */
  readonly act: (payload: Payload, attempt: { key: string; earlier: number }) => Promise<Receipt>;
  /** Whether the audit is the one that was signed outside the database. Nothing runs while it is not. */
  readonly auditIntact: (tenant: TenantId) => Promise<boolean>;
  /** Beyond this many begun runs an hour everything is paused; without it there is no such cap. */
  readonly mostRunsPerHour?: number;
  /** Why nothing begins in this process; null: it may. */
  readonly stopped?: () => string | null;
  readonly log: (message: string, cause: unknown) => void;
};

/** An approved proposal, from the last check to the proven effect. */
export async function carryOutProposal(
  tenant: TenantId,
  id: ProposalId,
  { version, needs }: { version: number; needs: CarryOutNeeds },
): Promise<string> {
  const noted = noting(tenant, id, { version, needs });
  const begun = await step(
    "begin",
    () => noted("begin", () => begin(tenant, id, { version, needs })),
    { ...ownDatabase, maxAttempts: 5 },
  );
  if (begun.stop !== null) return `stopped: ${begun.stop}`;
  const outcome = await effect(tenant, id, { version, approved: begun.approved, needs });
  await step("close", () => needs.store.closeRun(tenant, id, version, outcome), ownDatabase);
  return outcome.result;
}

/** Keeps what went wrong where people look for it. Not being able to must not change how it ends. */
const noting =
  (
    tenant: TenantId,
    id: ProposalId,
    { version, needs }: { version: number; needs: Pick<CarryOutNeeds, "store" | "log"> },
  ) =>
  async <T>(at: "begin" | "act", body: () => Promise<T>): Promise<T> => {
    try {
      return await body();
    } catch (error) {
      await needs.store
        .noteTrouble(tenant, { id, version, step: at, ...troubleOf(error) })
        .catch((cause: unknown) => needs.log("what went wrong was not noted", cause));
      throw error;
    }
  };

/** Recorded with the run. `approved` is the hash of the change that passed the last check. */
type Begun = { readonly stop: string } | { readonly stop: null; readonly approved: string };

async function begin(
  tenantId: TenantId,
  id: ProposalId,
  { version, needs }: { version: number; needs: CarryOutNeeds },
): Promise<Begun> {
  // Stays approved, as with a pause: it is started again when the switch is off, or it expires.
  const stopped = needs.stopped?.() ?? null;
  if (stopped !== null) return { stop: `nothing begins in this process: ${stopped}` };
  // Stays approved: it is started again once a person has reconciled the audit, or it expires.
  await mustBeIntact(tenantId, needs);
  const tenant = await needs.store.tenant(tenantId);
  const fact = await needs.store.proposal(tenantId, id, version);
  // Before the lock: a transaction never waits for somebody else's system.
  const now = fact ? await previewed(fact.proposal, needs) : { changed: "the proposal is gone" };
  const begun = await needs.store.beginRun(tenantId, id, version, (facts) => {
    const { policy, decided } = onRecord(needs.policy(tenant.id));
    const judged = judgeStart({
      ...facts,
      tenant,
      policy,
      changed: now.changed,
      mostRunsPerHour: needs.mostRunsPerHour,
    });
    return { ...judged, decided: decided() };
  });
  return "stop" in begun
    ? { stop: begun.stop }
    : { stop: null, approved: payloadHash(begun.payload) };
}

async function mustBeIntact(tenant: TenantId, { auditIntact }: CarryOutNeeds): Promise<void> {
  if (!(await auditIntact(tenant))) throw new CountersignError("AUDIT_NOT_INTACT", { tenant });
}

const isAuditLost = (error: unknown): boolean =>
  isCountersignError(error) && error.code === "AUDIT_NOT_INTACT";

/** What differs between the approved change and the same change previewed now; null when nothing. */
async function previewed(
  proposal: Proposal,
  needs: CarryOutNeeds,
): Promise<{ changed: string | null }> {
  if (proposal.state !== "approved") return { changed: null };
  try {
    const again = await needs.previewAgain(proposal.payload);
    return {
      changed:
        payloadHash(again) === proposal.payloadHash ? null : differenceOf(proposal.payload, again),
    };
  } catch (error) {
    // What the systems say no longer allows it: that is an answer. A system that does not answer is not.
    if (isCountersignError(error) && error.blame === "user") return { changed: error.message };
    throw error;
  }
}

function differenceOf(approved: Payload, now: Payload): string {
  const parts = (["target", "arguments", "effects", "amount", "preconditions"] as const).filter(
    (part) => JSON.stringify(approved[part]) !== JSON.stringify(now[part]),
  );
  return `since the approval, these changed at the source: ${parts.join(", ") || "the wording"}`;
}

/** Pure: the last word before anything is written. Votes and preconditions first, policy last. */
export function judgeStart(facts: {
  proposal: Proposal;
  votes: readonly CountedVote[];
  now: string;
  sentLast24h: number;
  tenant: Tenant;
  policy: FirmPolicy;
  changed: string | null;
  begunLastHour?: number;
  mostRunsPerHour?: number | undefined;
  /** An emergency grant for this action that nobody has used. */
  glass?: GrantInForce | null;
}): StartJudgement {
  const { begunLastHour = 0, mostRunsPerHour = Infinity } = facts;
  if (begunLastHour >= mostRunsPerHour)
    return {
      go: false,
      state: "paused",
      reason: `${begunLastHour} changes began within an hour, and ${mostRunsPerHour} is the most`,
      record: {},
    };
  const { proposal, policy, now } = facts;
  const counted = tally(policy, proposal, { votes: facts.votes, now });
  const asked = (sentLast24h: number) =>
    decide(policy, proposal, {
      tenant: facts.tenant,
      approvals: counted.approvals,
      now,
      sentLast24h,
    });
  const decision = asked(facts.sentLast24h);
  const record = {
    decision,
    votesCounted: counted.counted,
    votesDropped: counted.dropped,
    sentLast24h: facts.sentLast24h,
    changed: facts.changed,
  };
  if (Date.parse(now) >= Date.parse(proposal.expiresAt))
    return { go: false, state: "expired", reason: "the approval window was over", record };
  if (facts.changed)
    return { go: false, state: "superseded", reason: `stale: ${facts.changed}`, record };
  if (decision.effect === "allow") return { go: true, record };
  if (facts.glass && onlyHoursAndRates(decision, () => asked(0)))
    return {
      go: true,
      record: { ...record, breakGlass: facts.glass },
      usedGlass: facts.glass.id,
    };
  const missing = Object.entries(needOf(decision))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
  const why = decision.policies.map((policyReason) => policyReason.reason).join("; ");
  return {
    go: false,
    state: "superseded",
    reason: missing ? `policy now asks for more votes (${missing}): ${why}` : `policy: ${why}`,
    record,
  };
}

async function effect(
  tenant: TenantId,
  id: ProposalId,
  { version, approved, needs }: { version: number; approved: string; needs: CarryOutNeeds },
): Promise<RunOutcome> {
  const noted = noting(tenant, id, { version, needs });
  try {
    const receipt = await step(
      "act",
      () => noted("act", () => actOnce(tenant, id, { version, approved, needs })),
      {
        ...otherSystem((error) => !isFinal(error)),
        // Longer than all time-outs inside together: an attempt that is given up here keeps running.
        timeoutMS: 300_000,
      },
    );
    return { result: "done", receipt };
  } catch (error) {
    if (isRefused(error))
      return { result: "refused", reason: `the target refused (${error.code}) and wrote nothing` };
    if (isEffectMissing(error))
      return {
        result: "unknown",
        reason: "the target answered, but the approved effect is not there",
      };
    if (isAuditLost(error))
      return {
        result: "unknown",
        reason: "the audit was rolled back while it ran; what was done before is not known",
      };
    if (isPayloadChanged(error))
      return {
        result: "unknown",
        reason: "the stored change was altered while it ran; nothing more was sent",
      };
    // Only an answer of the target ends a run. Anything of the engine's own passes through.
    if (!isExhausted(error)) throw error;
    needs.log(`run ${id}:${version} has no known outcome`, error);
    return { result: "unknown", reason: "the target did not answer; what it did is not known" };
  }
}

const isExhausted = (error: unknown): boolean =>
  error instanceof Error && "dbosErrorCode" in error && error.dbosErrorCode === 23;

/** The row no longer holds what passed the last check: somebody had the database in their hands. */
class PayloadChanged extends Error {
  override name = "PayloadChanged";
}
/** By name: after a replay the class is gone. */
const isPayloadChanged = (error: unknown): boolean =>
  error instanceof Error && error.name === "PayloadChanged";

const isFinal = (error: unknown): boolean =>
  isRefused(error) || isEffectMissing(error) || isAuditLost(error) || isPayloadChanged(error);

/** One attempt. What a former attempt finished stands; what it may have begun is looked for first. */
async function actOnce(
  tenant: TenantId,
  id: ProposalId,
  { version, approved, needs }: { version: number; approved: string; needs: CarryOutNeeds },
): Promise<Receipt> {
  await mustBeIntact(tenant, needs);
  const key = effectKey(tenant, id, version);
  const fact = await needs.store.proposal(tenant, id, version);
  if (!fact) throw new Error(`proposal ${id}:${version} is gone`);
  const claim = await needs.store.claimEffect(tenant, { key, proposal: id, version, step: "act" });
  if (claim.receipt) return claim.receipt;
  if (payloadHash(fact.proposal.payload) !== approved)
    throw new PayloadChanged(`proposal ${id}:${version} is not what was approved`);
  const receipt = await needs.act(fact.proposal.payload, { key, earlier: claim.earlier });
  await needs.store.finishEffect(tenant, key, receipt);
  return receipt;
}

/** Never from the engine's run id: a re-run must carry the same key. */
export const effectKey = (tenant: TenantId, id: ProposalId, version: number): string =>
  createHash("sha256").update(`${tenant}\0${id}\0${version}\0act`).digest("hex");
