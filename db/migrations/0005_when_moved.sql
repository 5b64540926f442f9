-- When a proposal came into its present state: an approved one that nobody carries out is picked up again.
alter table proposal add column moved_at timestamptz not null default clock_timestamp();
