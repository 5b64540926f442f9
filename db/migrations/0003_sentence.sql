-- signal → evidence → assessment → proposal → decision → approval → run, one table a noun.

create table signal (
  tenant text not null references tenant,
  key text not null,
  kind text not null,
  name text not null,
  subject text,
  -- What arrived, verbatim, for replay. Never shown unfenced.
  body text not null,
  received_at timestamptz not null default clock_timestamp(),
  handled_at timestamptz,
  primary key (tenant, key)
);

create table evidence (
  tenant text not null references tenant,
  id text not null,
  body jsonb not null,
  first_seen timestamptz not null default clock_timestamp(),
  primary key (tenant, id)
);

create table exception_case (
  tenant text not null references tenant,
  id text not null,
  kind text not null,
  subject text not null,
  title text not null,
  state text not null check (state in ('open', 'closed')),
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  delay jsonb not null,
  explanation jsonb,
  thread_channel text,
  thread_ts text,
  primary key (tenant, id)
);
-- One open case per problem and record: a storm of events opens one.
create unique index exception_case_open on exception_case (tenant, kind, subject) where state = 'open';

create table proposal (
  tenant text not null references tenant,
  id text not null,
  version int not null,
  exception_id text,
  payload jsonb not null,
  payload_hash text not null,
  nonce text not null,
  state text not null check (state in ('waiting', 'approved', 'rejected', 'expired', 'superseded',
    'executing', 'done', 'failed', 'unknown')),
  state_reason text,
  causes text[] not null,
  evidence text[] not null,
  why text not null,
  produced_by jsonb not null,
  requested_by jsonb not null,
  decision jsonb not null,
  thread jsonb,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  primary key (tenant, id, version),
  foreign key (tenant, exception_id) references exception_case (tenant, id)
);
create index proposal_state on proposal (tenant, state, expires_at);
-- One live proposal per action and record: asking twice proposes once.
create unique index proposal_live on proposal (tenant, (payload ->> 'action'),
  (payload -> 'target' ->> 'system'), (payload -> 'target' ->> 'type'), (payload -> 'target' ->> 'id'))
  where state in ('waiting', 'approved', 'executing', 'unknown');

-- The caller's own key: same key, same proposal; same key with another request is an error.
create table proposal_key (
  tenant text not null,
  requester text not null,
  key text not null,
  request_hash text not null,
  proposal_id text not null,
  primary key (tenant, requester, key)
);

create table vote (
  tenant text not null,
  proposal_id text not null,
  version int not null,
  person text not null,
  kind text not null,
  verdict text not null check (verdict in ('approve', 'reject')),
  reason text,
  shown_hash text not null,
  channel text not null,
  channel_trusted boolean not null,
  policy_set_hash text not null,
  at timestamptz not null default clock_timestamp(),
  -- One person, one word per version: a two-role person fills one slot.
  primary key (tenant, proposal_id, version, person),
  foreign key (tenant, proposal_id, version) references proposal (tenant, id, version)
);

create table run (
  tenant text not null,
  proposal_id text not null,
  version int not null,
  action text not null,
  project_id text,
  state text not null check (state in ('running', 'done', 'stopped', 'failed', 'unknown')),
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  outcome jsonb,
  primary key (tenant, proposal_id, version),
  foreign key (tenant, proposal_id, version) references proposal (tenant, id, version)
);
create index run_rate on run (tenant, action, project_id, started_at);

-- One row per external write. called_at without a receipt means: outcome not known yet.
create table effect (
  tenant text not null,
  key text not null,
  proposal_id text not null,
  version int not null,
  step text not null,
  attempts int not null default 1,
  called_at timestamptz not null default clock_timestamp(),
  receipt jsonb,
  finished_at timestamptz,
  primary key (tenant, key)
);

create table answer (
  tenant text not null references tenant,
  id bigint generated always as identity,
  person text not null,
  question text not null,
  thread jsonb,
  body jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, id)
);
create index answer_thread on answer (tenant, (thread ->> 'channel'), (thread ->> 'ts'), id);

-- Messages that must reach a chat system, written with what they tell.
create table outbox (
  tenant text not null references tenant,
  id bigint generated always as identity,
  key text not null,
  item jsonb not null,
  state text not null default 'pending'
    check (state in ('pending', 'sending', 'sent', 'unknown', 'dead')),
  attempt int not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  sending_until timestamptz,
  sent_at timestamptz,
  at_channel text,
  at_ts text,
  why text,
  primary key (tenant, id),
  unique (tenant, key)
);
create index outbox_due on outbox (tenant, state, next_at);

do $$
declare t text;
begin
  foreach t in array array['signal', 'evidence', 'exception_case', 'proposal', 'proposal_key', 'vote',
    'run', 'effect', 'answer', 'outbox'] loop
    execute format('grant select, insert, update on %I to countersign_app', t);
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_tenant on %I to countersign_app
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
end $$;
-- A vote and a key are never changed.
revoke update on vote, proposal_key from countersign_app;
