-- Tenants, people, and the wall between tenants.
-- countersign_app is the role every tenant-scoped statement runs under. It owns nothing, so row-level
-- security binds it. countersign_auditor may read the audit and nothing else.
do $$ begin create role countersign_app nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role countersign_auditor nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin
  execute format('grant countersign_app, countersign_auditor to %I', current_user);
exception when others then null; -- a superuser needs no grant; an owner without the right is told at first use
end $$;

create function current_tenant() returns text language sql stable as
$$ select nullif(current_setting('countersign.tenant', true), '') $$;

-- Readable without a tenant: how a process learns which tenants there are. Holds no client data.
create table tenant (
  id text primary key check (id ~ '^[a-z0-9-]{1,63}$'),
  name text not null,
  base_currency text not null check (base_currency ~ '^[A-Z]{3}$'),
  calendar jsonb not null,
  target_business_days int not null default 5,
  slack_team text unique,
  created_at timestamptz not null default clock_timestamp()
);

create table member (
  tenant text not null references tenant,
  id text not null,
  name text not null,
  email text not null check (email = lower(email)),
  roles text[] not null,
  active boolean not null,
  -- Shared secret of the one-time codes (RFC 6238), and the last time step that was used: a code works once.
  second_factor text,
  second_factor_step bigint not null default 0,
  primary key (tenant, id),
  unique (tenant, email)
);

-- A Slack user id is unique only inside its workspace. One account, one colleague.
create table slack_account (
  tenant text not null,
  team text not null,
  account text not null,
  person text not null,
  linked_at timestamptz not null default clock_timestamp(),
  primary key (team, account),
  unique (tenant, person),
  foreign key (tenant, person) references member (tenant, id)
);

grant select on tenant to countersign_app;
grant select, insert, update on member to countersign_app;
grant select, insert on slack_account to countersign_app;

alter table member enable row level security;
alter table slack_account enable row level security;
create policy one_tenant on member to countersign_app
  using (tenant = current_tenant()) with check (tenant = current_tenant());
create policy one_tenant on slack_account to countersign_app
  using (tenant = current_tenant()) with check (tenant = current_tenant());
