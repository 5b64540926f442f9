-- The audit: one hash chain per tenant, written inside the business transaction, append only.
-- hash = sha256(0x00 || prev || length(tenant) ":" tenant "|" seq "|" utc micros "|" body)
-- genesis prev = sha256("genesis:" || tenant). The body is canonical JSON, kept and verified as text.
create table audit_head (
  tenant text primary key,
  seq bigint not null,
  hash bytea not null
);

create table audit_event (
  tenant text not null,
  seq bigint not null,
  at timestamptz not null,
  subject text not null,
  body text not null,
  prev bytea not null,
  hash bytea not null,
  primary key (tenant, seq)
);
create index audit_event_subject on audit_event (tenant, subject, seq);

-- Takes the tenant's head lock: call it last in a transaction, so the lock is short.
create function audit_append(about text, line text) returns table (seq bigint, hash bytea)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  whose text := current_tenant();
  head audit_head;
  n bigint;
  stamp timestamptz := clock_timestamp();
  digest bytea;
begin
  if whose is null then raise exception 'audit_append needs a tenant'; end if;
  insert into audit_head values (whose, 0, sha256(convert_to('genesis:' || whose, 'UTF8')))
    on conflict do nothing;
  select * into head from audit_head h where h.tenant = whose for update;
  n := head.seq + 1;
  digest := sha256('\x00'::bytea || head.hash || convert_to(
    length(whose) || ':' || whose || '|' || n || '|' ||
    to_char(stamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || line, 'UTF8'));
  insert into audit_event (tenant, seq, at, subject, body, prev, hash)
    values (whose, n, stamp, about, line, head.hash, digest);
  update audit_head h set seq = n, hash = digest where h.tenant = whose;
  return query select n, digest;
end $$;

create function audit_refuse() returns trigger language plpgsql as
$$ begin raise exception 'the audit is append-only'; end $$;
create trigger audit_no_change before update or delete on audit_event
  for each row execute function audit_refuse();
create trigger audit_no_truncate before truncate on audit_event
  for each statement execute function audit_refuse();

revoke all on audit_event, audit_head from public;
revoke all on function audit_append(text, text) from public;
grant execute on function audit_append(text, text) to countersign_app;
grant select on audit_event to countersign_app, countersign_auditor;
grant select on audit_head to countersign_app, countersign_auditor;

alter table audit_event enable row level security;
alter table audit_head enable row level security;
create policy one_tenant on audit_event for select to countersign_app, countersign_auditor
  using (tenant = current_tenant());
create policy one_tenant on audit_head for select to countersign_app, countersign_auditor
  using (tenant = current_tenant());
