-- What the firm's systems tell of its work: events as they came, and the records they amount to.

-- Append-only. Who may see it is decided by row-level security; no foreign keys, because rows come in
-- by the hundred thousand and the policy already ties each to its tenant.
create table operations_event (
  tenant text not null,
  -- In the order of arrival; pages are read by it.
  number bigint generated always as identity,
  connection text not null,
  id text not null,
  system text not null,
  type text not null,
  occurred_at timestamptz not null,
  -- When its system learned of it, and when we did.
  recorded_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  kind text not null,
  subject text not null,
  sequence int not null check (sequence > 0),
  -- Nobody told us: we looked at the source.
  observed boolean not null generated always as (type like '%.observed') stored,
  objects jsonb not null,
  attributes jsonb not null,
  primary key (tenant, connection, id),
  unique (tenant, number)
);
create index operations_event_subject on operations_event (tenant, kind, subject, sequence);
create index operations_event_recorded on operations_event (tenant, recorded_at);

-- Which events concern an object, as an indexed read. Containment in jsonb would not be: its operator
-- is not leakproof, so row-level security keeps it from the index.
create table operations_event_object (
  tenant text not null,
  type text not null,
  id text not null,
  event bigint not null,
  primary key (tenant, type, id, event)
);

-- Folded from the events, never written otherwise. The columns after `version` are what dossiers are
-- read by, taken from the fields by the database itself.
create table twin_record (
  tenant text not null,
  kind text not null,
  id text not null,
  connection text not null,
  system text not null,
  fields jsonb not null,
  -- field → the source version that left it so
  versions jsonb not null,
  version int not null,
  -- Versions below the highest that never arrived.
  holes int not null,
  changed_at timestamptz not null,
  recorded_at timestamptz not null,
  project_id text generated always as
    (case kind when 'project' then id else fields ->> 'projectId' end) stored,
  client_id text generated always as
    (case kind when 'client' then id else fields ->> 'clientId' end) stored,
  person_id text generated always as
    (case kind when 'person' then id when 'project' then fields ->> 'leadId' else fields ->> 'personId' end) stored,
  approver_id text generated always as
    (case kind when 'approval' then fields ->> 'approverId' end) stored,
  parent_kind text generated always as
    (case kind when 'rate-line' then 'contract' when 'invoice-line' then 'invoice'
       when 'approval-comment' then 'approval' when 'approval' then fields ->> 'subjectType'
       when 'sync-attempt' then fields ->> 'subjectType' when 'project' then 'opportunity'
       when 'opportunity' then 'contract' end) stored,
  parent_id text generated always as
    (case kind when 'rate-line' then fields ->> 'contractId' when 'invoice-line' then fields ->> 'invoiceId'
       when 'approval-comment' then fields ->> 'approvalId' when 'approval' then fields ->> 'subjectId'
       when 'sync-attempt' then fields ->> 'subjectId' when 'project' then fields ->> 'opportunityId'
       when 'opportunity' then fields ->> 'renewalOfContractId' end) stored,
  -- The last civil day it is about; null: it is still going on, or has no such day.
  last_day text generated always as
    (case kind when 'timesheet-week' then fields ->> 'week' when 'leave' then fields ->> 'to'
       when 'assignment' then fields ->> 'to' when 'approval' then left(fields ->> 'decidedAt', 10) end) stored,
  primary key (tenant, kind, id)
);
create index twin_record_project on twin_record (tenant, project_id) where project_id is not null;
create index twin_record_client on twin_record (tenant, client_id) where client_id is not null and project_id is null;
create index twin_record_person on twin_record (tenant, person_id, last_day) where person_id is not null;
create index twin_record_approver on twin_record (tenant, approver_id, last_day) where approver_id is not null;
create index twin_record_parent on twin_record (tenant, parent_kind, parent_id) where parent_id is not null;
create index twin_record_holes on twin_record (tenant, kind, id) where holes > 0;

-- How far each system was read. Without `last_read` it never answered in full.
create table source_reading (
  tenant text not null references tenant,
  system text not null,
  cursor text,
  last_read timestamptz,
  problem text,
  problem_since timestamptz,
  primary key (tenant, system)
);

-- What could not be taken in, whole and with the reason: nothing is dropped without a trace.
create table operations_quarantine (
  tenant text not null references tenant,
  number bigint generated always as identity,
  -- The same thing for the same reason is one row.
  digest text not null,
  connection text,
  event text,
  reason text not null,
  -- What arrived, verbatim. Never shown unfenced.
  body text not null,
  received_at timestamptz not null default clock_timestamp(),
  times int not null default 1,
  primary key (tenant, number),
  unique (tenant, digest)
);

-- The last assessment of each project, and what rules must remember between two of them.
create table project_assessment (
  tenant text not null references tenant,
  project_id text not null,
  as_of timestamptz not null,
  body jsonb not null,
  memory jsonb not null,
  primary key (tenant, project_id)
);

-- Event logs that somebody imported: processes of any system, for forecasts and process questions.
create table process_log (
  tenant text not null references tenant,
  name text not null,
  format text not null,
  -- OCEL: names and types of attributes, per type of event and of object.
  declared jsonb,
  created_at timestamptz not null default clock_timestamp(),
  imported_at timestamptz not null default clock_timestamp(),
  primary key (tenant, name)
);
create table process_event (
  tenant text not null,
  log text not null,
  number bigint generated always as identity,
  -- Its id, or the hash of all it says where the format has no ids.
  key text not null,
  -- null in an object-centric log.
  case_id text,
  activity text not null,
  at timestamptz not null,
  resource text,
  role text,
  org_group text,
  attributes jsonb not null,
  objects jsonb not null default '[]',
  primary key (tenant, log, key)
);
create index process_event_number on process_event (tenant, log, number);
create table process_object (
  tenant text not null,
  log text not null,
  type text not null,
  id text not null,
  attributes jsonb not null,
  objects jsonb not null,
  primary key (tenant, log, id)
);

do $$
declare t text;
begin
  foreach t in array array['operations_event', 'operations_event_object', 'twin_record', 'source_reading',
    'operations_quarantine', 'project_assessment', 'process_log', 'process_event', 'process_object'] loop
    execute format('grant select, insert, update on %I to countersign_app', t);
    execute format('alter table %I enable row level security', t);
    execute format('create policy one_tenant on %I to countersign_app
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
end $$;
-- What was told stays told.
revoke update on operations_event, operations_event_object, process_event from countersign_app;
