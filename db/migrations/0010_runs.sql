-- Runs that did not end well: what went wrong, who took over, and what was waived in an emergency.

-- How often a person had it tried again, and who put it away. Telling again needs a number of its own.
alter table run add column replays int not null default 0;
alter table run add column discarded_at timestamptz;
alter table run add column discarded_by text;

-- The last error of a step, in one row a version: also of a run that could not even begin.
create table run_trouble (
  tenant text not null,
  proposal_id text not null,
  version int not null,
  step text not null check (step in ('begin', 'act')),
  -- A code or a class, and our own sentence. Never what another system said.
  error text not null,
  sentence text not null,
  attempts int not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (tenant, proposal_id, version),
  foreign key (tenant, proposal_id, version) references proposal (tenant, id, version)
);

-- An emergency: one run of one action may pass the firm's hours and rates, once, for a short time.
create table break_glass (
  tenant text not null references tenant,
  id text not null,
  action text not null,
  incident text not null,
  obligations text[] not null,
  by text not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  proposal_id text,
  version int,
  primary key (tenant, id),
  foreign key (tenant, by) references member (tenant, id),
  foreign key (tenant, proposal_id, version) references proposal (tenant, id, version)
);

do $$
declare t text;
begin
  foreach t in array array['run_trouble', 'break_glass'] loop
    execute format('grant select, insert, update on %I to countersign_app', t);
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_tenant on %I to countersign_app
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
end $$;

-- Workers of one installation. No tenant's data: which process serves, and when it was last seen.
create table worker (
  executor_id text primary key,
  incarnation text not null,
  seen_at timestamptz not null default clock_timestamp(),
  reclaiming_until timestamptz
);
-- How often a workflow was taken from a dead worker: one that kills every worker must not go round for ever.
create table run_reclaim (
  workflow_id text primary key,
  times int not null default 1
);

-- Who answers and investigates: reads, asks, proposes. It cannot vote, begin a run or write an effect.
do $$ begin create role countersign_agent nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin
  execute format('grant countersign_agent to %I', current_user);
exception when others then null; -- as in the first migration
end $$;
grant select on tenant to countersign_agent;
do $$
declare t text;
begin
  foreach t in array array['member', 'signal', 'evidence', 'exception_case', 'proposal', 'proposal_key',
    'vote', 'run', 'effect', 'answer', 'outbox', 'delegation', 'pause', 'run_trouble'] loop
    execute format('grant select on %I to countersign_agent', t);
    execute format('create policy agent_one_tenant on %I to countersign_agent
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
  foreach t in array array['evidence', 'answer', 'proposal', 'proposal_key', 'outbox'] loop
    execute format('grant insert on %I to countersign_agent', t);
  end loop;
end $$;
grant select on audit_event, audit_head to countersign_agent;
grant insert on audit_personal to countersign_agent;
grant execute on function audit_append(text, text) to countersign_agent;
create policy agent_one_tenant on audit_event for select to countersign_agent
  using (tenant = current_tenant());
create policy agent_one_tenant on audit_head for select to countersign_agent
  using (tenant = current_tenant());
create policy agent_one_tenant on audit_personal for insert to countersign_agent
  with check (tenant = current_tenant());
-- What it inserts waits for people. No secret of a second factor, no card's nonce of somebody else's.
revoke select on member from countersign_agent;
grant select (tenant, id, name, email, roles, active, same_human_as) on member to countersign_agent;
grant update (explanation) on exception_case to countersign_agent;
grant update (handled_at) on signal to countersign_agent;
drop policy agent_one_tenant on proposal;
create policy agent_reads on proposal for select to countersign_agent using (tenant = current_tenant());
create policy agent_asks on proposal for insert to countersign_agent
  with check (tenant = current_tenant() and state = 'waiting');
