-- What policy lets run without a vote is submitted as approved; its run asks policy again. Never money,
-- contracts or the rules: those wait for people, whatever the submission says of itself.
drop policy agent_asks on proposal;
create policy agent_asks on proposal for insert to countersign_agent
  with check (tenant = current_tenant() and (state = 'waiting' or (state = 'approved'
    and decision ->> 'effect' = 'allow'
    and payload ->> 'group' in ('internalMessage', 'internalRecord', 'clientVisible'))));
