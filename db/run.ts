import type { Decided } from "#/domain/decision-record.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { ProposalId, TenantId } from "#/domain/ids.ts";
import { type Payload, type Proposal, payloadHash } from "#/domain/proposal.ts";
import { Receipt, type RunOutcome } from "#/domain/run.ts";
import { appendAudit } from "./audit.ts";
import { type GrantRow, grantInForce, useGrant } from "./break-glass.ts";
import { saveDecided } from "./decision-record.ts";
import type { Tx } from "./open-database.ts";
import { doneSentence, endedSentence } from "./outcome-sentence.ts";
import { holdOffPause, pauseInForce, writePause } from "./pause.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal, subjectOf } from "./proposal-read.ts";
import { begunLastHour, sentLast24h } from "./run-rate.ts";
import { type CountedVoteRow, votesOf } from "./vote.ts";

type StartJudge = (facts: {
  proposal: Proposal;
  votes: readonly CountedVoteRow[];
  now: string;
  sentLast24h: number;
  /** Runs of the whole firm that began within an hour. */
  begunLastHour: number;
  /** An emergency grant for this action that nobody has used. */
  glass: GrantRow | null;
}) =>
  | {
      readonly go: true;
      readonly record: Readonly<Record<string, unknown>>;
      readonly usedGlass?: string;
      readonly decided?: Decided;
    }
  | {
      readonly go: false;
      readonly state: "paused";
      readonly reason: string;
      readonly decided?: Decided;
    }
  | {
      readonly go: false;
      readonly decided?: Decided;
      readonly state: "expired" | "superseded";
      readonly reason: string;
      readonly record: Readonly<Record<string, unknown>>;
    };

/**
 * The moment of truth, in one transaction: lock, database clock, hash, votes with present rights,
 * rate, policy; then `executing`. The same run, after a crash, goes on; nobody else starts it again.
 */
export async function beginRun(
  tx: Tx,
  tenant: TenantId,
  { id, version, judge }: { id: ProposalId; version: number; judge: StartJudge },
): Promise<{ payload: Payload } | { stop: string }> {
  const proposal = await lockProposal(tx, id, version);
  if (!proposal) throw new CountersignError("UNKNOWN_PROPOSAL", { proposal: id });
  if (proposal.state === "executing") return { payload: proposal.payload };
  if (proposal.state !== "approved") return { stop: `the proposal is ${proposal.state}` };
  await holdOffPause(tx, tenant);
  const paused = await pauseInForce(tx);
  // Stays approved: it is started again after the pause, or it expires.
  if (paused) return { stop: `paused: ${paused.reason}` };
  const intact = payloadHash(proposal.payload) === proposal.payloadHash;
  const { action, projectId } = proposal.payload;
  // Two runs on one project take turns here, so the count that policy sees includes the other.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 7300))", [
    `${tenant}:${action}:${projectId}`,
  ]);
  const sent = await sentLast24h(tx, { action, projectId });
  const clock = await tx.query<{ now: Date }>("select clock_timestamp() as now");
  const now = clock.rows[0]?.now ?? new Date();
  const judged = intact
    ? judge({
        proposal,
        votes: await votesOf(tx, id, version),
        now: now.toISOString(),
        sentLast24h: sent,
        begunLastHour: await begunLastHour(tx),
        glass: await grantInForce(tx, action),
      })
    : ({
        go: false,
        state: "superseded",
        reason: "the stored change no longer matches the hash that was approved",
        record: { storedHash: payloadHash(proposal.payload) },
      } as const);
  if ("decided" in judged)
    await saveDecided(tx, tenant, {
      asked: "started",
      subject: subjectOf(id, version),
      decided: judged.decided,
    });
  if (!judged.go && judged.state === "paused") {
    await writePause(tx, tenant, { by: "system:worker", reason: judged.reason });
    return { stop: `paused: ${judged.reason}` };
  }
  if (!judged.go) {
    await moveProposal(tx, proposal, {
      to: judged.state,
      reason: judged.reason,
      kind: judged.state === "expired" ? "proposal.expired" : "run.stopped",
      actor: "system:worker",
      detail: judged.record,
      tell: true,
    });
    return { stop: judged.reason };
  }
  if (judged.usedGlass) await useGrant(tx, judged.usedGlass, { id, version });
  await tx.query(
    `insert into run (tenant, proposal_id, version, action, project_id, state)
     values ($1, $2, $3, $4, $5, 'running')
     on conflict (tenant, proposal_id, version) do update set state = 'running',
       started_at = clock_timestamp(), ended_at = null, outcome = null`,
    [tenant, id, version, action, projectId],
  );
  await moveProposal(tx, proposal, {
    to: "executing",
    reason: null,
    kind: "run.started",
    actor: "system:worker",
    detail: judged.record,
    tell: false,
  });
  return { payload: proposal.payload };
}

/** Written before the call. `earlier` former attempts of this key have no known end. */
export async function claimEffect(
  tx: Tx,
  tenant: TenantId,
  effect: { key: string; proposal: ProposalId; version: number; step: string },
): Promise<{ earlier: number; receipt: Receipt | null }> {
  const claimed = await tx.query<{ attempts: number; receipt: unknown }>(
    `insert into effect (tenant, key, proposal_id, version, step) values ($1, $2, $3, $4, $5)
     on conflict (tenant, key) do update set attempts = effect.attempts + 1,
       called_at = clock_timestamp()
     returning attempts, receipt`,
    [tenant, effect.key, effect.proposal, effect.version, effect.step],
  );
  const row = claimed.rows[0];
  const receipt = row?.receipt ? Receipt.parse(row.receipt) : null;
  if (!receipt)
    await appendAudit(tx, {
      kind: "effect.attempted",
      actor: "system:worker",
      subject: subjectOf(effect.proposal, effect.version),
      detail: { step: effect.step, key: effect.key, attempt: row?.attempts ?? 1 },
    });
  return { earlier: (row?.attempts ?? 1) - 1, receipt };
}

export async function finishEffect(
  tx: Tx,
  { key, receipt }: { key: string; receipt: Receipt },
): Promise<void> {
  const finished = await tx.query<{ proposal_id: string; version: number; step: string }>(
    `update effect set receipt = $2, finished_at = clock_timestamp()
      where key = $1 and receipt is null returning proposal_id, version, step`,
    [key, JSON.stringify(receipt)],
  );
  const row = finished.rows[0];
  if (!row) return;
  await appendAudit(tx, {
    kind: "effect.verified",
    actor: "system:worker",
    subject: subjectOf(row.proposal_id, row.version),
    detail: { step: row.step, key, ...inTheClear(receipt) },
    personal: { observed: receipt.observed },
  });
}

/** The run's last word. A second call, after a crash, finds it closed and changes nothing. */
export async function closeRun(
  tx: Tx,
  { id, version, outcome }: { id: ProposalId; version: number; outcome: RunOutcome },
): Promise<void> {
  const proposal = await lockProposal(tx, id, version);
  if (!proposal || !["executing", "unknown"].includes(proposal.state)) return;
  const to =
    outcome.result === "done" ? "done" : outcome.result === "unknown" ? "unknown" : "failed";
  if (proposal.state === to) return;
  await tx.query(
    `update run set state = $3, ended_at = clock_timestamp(), outcome = $4
      where proposal_id = $1 and version = $2`,
    [id, version, to, JSON.stringify(outcome)],
  );
  await moveProposal(tx, proposal, {
    to,
    reason: outcome.result === "done" ? null : outcome.reason,
    kind: to === "done" ? "run.done" : to === "unknown" ? "run.unknown" : "run.failed",
    actor: "system:worker",
    detail: {
      outcome:
        outcome.result === "done" ? { result: "done", ...inTheClear(outcome.receipt) } : outcome,
    },
    tell: true,
  });
}

/** What was read back may hold a person's address or words. Where, under which id and when does not. */
const inTheClear = ({ record, externalId, verifiedAt, observed }: Receipt) => ({
  record,
  externalId,
  verifiedAt,
  fields: Object.keys(observed).sort(),
});

/** How it ended, in one sentence; null while it has not. */
export async function outcomeOf(tx: Tx, proposal: Proposal): Promise<string | null> {
  const found = await tx.query<{ outcome: RunOutcome | null; ended_at: Date | null }>(
    "select outcome, ended_at from run where proposal_id = $1 and version = $2",
    [proposal.id, proposal.version],
  );
  const outcome = found.rows[0]?.outcome;
  return outcome?.result === "done"
    ? doneSentence(proposal.payload, outcome.receipt)
    : endedSentence(proposal.state, proposal.stateReason ?? "no reason given");
}
