import type { ProposalId, TenantId } from "#/domain/ids.ts";
import { StuckRun } from "#/domain/stuck-run.ts";
import type { Tx } from "./open-database.ts";

export type Trouble = {
  readonly id: ProposalId;
  readonly version: number;
  readonly step: "begin" | "act";
  /** Code or class of the error, and our own sentence about it. */
  readonly error: string;
  readonly sentence: string;
};

/** Keeps the last error of a run, and counts. It is no step of the run: noting twice is harmless. */
export async function noteTrouble(tx: Tx, tenant: TenantId, trouble: Trouble): Promise<void> {
  const { id, version, step, error, sentence } = trouble;
  await tx.query(
    `insert into run_trouble (tenant, proposal_id, version, step, error, sentence)
     select $1, $2, $3, $4, $5, $6 from proposal where id = $2 and version = $3
     on conflict (tenant, proposal_id, version) do update set step = $4, error = $5, sentence = $6,
       attempts = case when run_trouble.step = $4 then run_trouble.attempts + 1 else 1 end,
       first_at = case when run_trouble.step = $4 then run_trouble.first_at else clock_timestamp() end,
       last_at = clock_timestamp()`,
    [tenant, id, version, step, error.slice(0, 80), sentence.slice(0, 500)],
  );
}

/** What failed, what nobody knows, and what was approved and cannot begin; longest first. */
export async function stuckRuns(tx: Tx): Promise<StuckRun[]> {
  const found = await tx.query<
    Omit<StuckRun, "since" | "expiresAt"> & Record<"since" | "until", Date>
  >(
    `select p.id as proposal, p.version, p.payload ->> 'title' as title,
       p.payload ->> 'action' as action, p.state,
       case when p.state = 'approved' then 'begin' else 'act' end as step,
       case when p.state = 'approved' then 'it could not begin: ' || t.sentence
         else coalesce(p.state_reason, 'no reason given') end as reason,
       (select coalesce(sum(attempts), 0)::int from effect e
         where e.proposal_id = p.id and e.version = p.version) as attempts,
       coalesce(r.replays, 0) as replays, t.error as "lastError", p.moved_at as since,
       p.expires_at as until
      from proposal p
      left join run r on r.proposal_id = p.id and r.version = p.version
      left join run_trouble t on t.proposal_id = p.id and t.version = p.version
      where (p.state in ('failed', 'unknown') and r.discarded_at is null)
        or (p.state = 'approved' and t.step = 'begin' and t.last_at > p.moved_at)
      order by p.moved_at, p.id limit 500`,
  );
  return found.rows.map(({ until, since, ...row }) =>
    StuckRun.parse({ ...row, since: since.toISOString(), expiresAt: until.toISOString() }),
  );
}
