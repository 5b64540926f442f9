-- What stands beside the chain: values that may be erased, and what people were shown of it.

-- The chain holds sha256(salt || value); salt and value are here until somebody erases them.
create table audit_personal (
  tenant text not null references tenant,
  seq bigint not null,
  name text not null,
  salt bytea check (length(salt) = 32),
  value text,
  erased_at timestamptz,
  erased_by text,
  erased_for text check (erased_for in ('request', 'retention')),
  primary key (tenant, seq, name),
  foreign key (tenant, seq) references audit_event (tenant, seq),
  -- Both, or a tombstone that says when, by whom and for what.
  check ((salt is null) = (value is null)),
  check ((value is null) = (erased_at is not null and erased_by is not null and erased_for is not null))
);

create function audit_only_erase() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.erased_at is not null or new.erased_at is null
     or (new.tenant, new.seq, new.name) is distinct from (old.tenant, old.seq, old.name) then
    raise exception 'a value of the audit can only be erased, once';
  end if;
  return new;
end $$;
create trigger audit_personal_only_erase before update or delete on audit_personal
  for each row execute function audit_only_erase();

-- The beginning of a line's hash, where a person could read it.
create table audit_anchor (
  tenant text not null references tenant,
  seq bigint not null,
  hash12 text not null check (hash12 ~ '^[0-9a-f]{12}$'),
  channel text not null,
  ts text not null,
  shown_at timestamptz not null default clock_timestamp(),
  primary key (tenant, seq, hash12, channel, ts)
);

revoke all on audit_personal, audit_anchor from public;
grant select, insert on audit_personal to countersign_app;
grant update (salt, value, erased_at, erased_by, erased_for) on audit_personal to countersign_app;
grant select, insert on audit_anchor to countersign_app;
grant select on audit_anchor to countersign_auditor;

alter table audit_personal enable row level security;
alter table audit_anchor enable row level security;
create policy one_tenant on audit_personal to countersign_app
  using (tenant = current_tenant()) with check (tenant = current_tenant());
create policy one_tenant on audit_anchor to countersign_app, countersign_auditor
  using (tenant = current_tenant()) with check (tenant = current_tenant());
