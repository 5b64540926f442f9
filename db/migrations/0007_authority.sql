-- Withdrawing and editing a proposal, one human with several accounts, dated delegation, reminders, and the pause.

alter table proposal drop constraint proposal_state_check;
alter table proposal add constraint proposal_state_check check (state in ('waiting', 'approved', 'rejected',
  'expired', 'superseded', 'withdrawn', 'executing', 'done', 'failed', 'unknown'));
-- Everybody who edited this version or one before it: they wrote part of it, so they cannot approve it.
alter table proposal add column edited_by text[] not null default '{}';

-- Two accounts of one human: this one is the same person as that one.
alter table member add column same_human_as text;
alter table member add foreign key (tenant, same_human_as) references member (tenant, id);
alter table member add check (same_human_as <> id);

-- For whom, and by which delegation, a vote was given.
alter table vote add column acting_for text;
alter table vote add column delegation text;

create table delegation (
  tenant text not null references tenant,
  id text not null,
  delegator text not null,
  delegate text not null check (delegate <> delegator),
  -- From the beginning of the first day to the end of the last one, in the firm's zone.
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  made_by text not null,
  made_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  primary key (tenant, id),
  foreign key (tenant, delegator) references member (tenant, id),
  foreign key (tenant, delegate) references member (tenant, id)
);
create index delegation_of_delegate on delegation (tenant, delegate, ends_at);

-- Who was asked again, and when: nobody more than once in four business hours for one proposal.
create table reminder (
  tenant text not null,
  proposal_id text not null,
  version int not null,
  person text not null,
  count int not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, proposal_id, version, person),
  foreign key (tenant, proposal_id, version) references proposal (tenant, id, version)
);

-- The kill switch. While one row of a tenant has no end, nothing of that tenant begins to run.
create table pause (
  tenant text not null references tenant,
  id text not null,
  reason text not null,
  by text not null,
  since timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (tenant, id)
);
create unique index pause_in_force on pause (tenant) where ended_at is null;

do $$
declare t text;
begin
  foreach t in array array['delegation', 'reminder', 'pause'] loop
    execute format('grant select, insert, update on %I to countersign_app', t);
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_tenant on %I to countersign_app
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
end $$;
