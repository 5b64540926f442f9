-- A case is about any finding, not only about a late invoice.

alter table exception_case alter column delay drop not null;
alter table exception_case add column key text;
alter table exception_case add column finding jsonb;
alter table exception_case add column close_reason text;
update exception_case set key = kind || ' ' || subject;
alter table exception_case alter column key set not null;
alter table exception_case add check (delay is not null or finding is not null);

-- One open case per key: kind, record, and what tells two of the same apart, such as a threshold.
drop index exception_case_open;
create unique index exception_case_open on exception_case (tenant, key) where state = 'open';
create index exception_case_told on exception_case (tenant, (finding ->> 'repeat'), key);
