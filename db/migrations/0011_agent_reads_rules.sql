-- Whoever proposes asks policy: the agent role reads the rules in force and keeps what it was told. It
-- cannot make a version of the rules.
do $$
declare t text;
begin
  foreach t in array array['policy_rules', 'policy_set', 'policy_version', 'decision_record'] loop
    execute format('grant select on %I to countersign_agent', t);
    execute format('create policy agent_one_tenant on %I to countersign_agent
      using (tenant = current_tenant()) with check (tenant = current_tenant())', t);
  end loop;
  foreach t in array array['policy_rules', 'policy_set', 'decision_record'] loop
    execute format('grant insert on %I to countersign_agent', t);
  end loop;
end $$;
