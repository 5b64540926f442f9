-- A firm's rules as versions, every policy set by its hash, and what each decision was made from.

-- Texts of a firm's own rules, proposed or in force.
create table policy_rules (
  tenant text not null references tenant,
  hash text not null,
  rules text not null,
  primary key (tenant, hash)
);

-- What a policy set's hash stands for: with these an old decision is made again.
create table policy_set (
  tenant text not null references tenant,
  hash text not null,
  guardrails text not null,
  rules_hash text not null,
  schema text not null,
  primary key (tenant, hash),
  foreign key (tenant, rules_hash) references policy_rules (tenant, hash)
);

-- The highest number is in force.
create table policy_version (
  tenant text not null references tenant,
  number int not null check (number > 0),
  rules_hash text not null,
  source text not null check (source in ('settings', 'proposal')),
  proposal_id text,
  proposal_version int,
  requested_by text,
  approved_by text[] not null,
  reason text not null,
  -- Of the one write that made it: the same write twice is one version.
  effect_key text,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant, number),
  unique (tenant, effect_key),
  check ((source = 'proposal') = (proposal_id is not null and effect_key is not null)),
  foreign key (tenant, rules_hash) references policy_rules (tenant, hash),
  foreign key (tenant, proposal_id, proposal_version) references proposal (tenant, id, version)
);

create table decision_record (
  tenant text not null references tenant,
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  asked text not null check (asked in ('proposed', 'denied', 'edited', 'voted', 'refused', 'started')),
  subject text not null,
  question text not null check (question in ('execute', 'vote')),
  -- Canonical JSON, byte for byte: jsonb would write numbers and keys its own way.
  facts text not null,
  facts_hash text not null,
  answer text not null,
  policy_set_hash text not null,
  engine text not null,
  primary key (tenant, id),
  foreign key (tenant, policy_set_hash) references policy_set (tenant, hash)
);
create index decision_record_of on decision_record (tenant, subject, id);
create index decision_record_at on decision_record (tenant, at);

do $$
declare t text;
begin
  -- Append only: no grant to change or take away.
  foreach t in array array['policy_rules', 'policy_set', 'policy_version', 'decision_record'] loop
    execute format('grant select, insert on %I to countersign_app', t);
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_tenant on %I to countersign_app
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
end $$;
