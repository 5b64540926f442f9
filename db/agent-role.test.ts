import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProposalId } from "#/domain/ids.ts";
import { asAgent, inTenant } from "./in-tenant.ts";
import { putMembers } from "./member.ts";
import { sampleMember, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const firm = sampleTenant("agent");
const other = sampleTenant("other");
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let agents: ReturnType<typeof createStore>;
let id: ProposalId;

beforeAll(async () => {
  database = await openTestDatabase(undefined);
  agents = createStore(database, undefined, asAgent);
  for (const each of [firm, other]) {
    await putTenant(database, each);
    await putMembers(database, [
      sampleMember(each.id, "ada", { roles: ["Administrator"] }),
      { ...sampleMember(each.id, "fiona"), secondFactor: "SECRET" },
    ]);
  }
  const made = await agents.submitProposal(sampleProposal(firm.id), () => async () => undefined);
  ({ id } = made);
});
afterAll(() => database.close());

const sql = (text: string) => asAgent(database, firm.id, (tx) => tx.query(text));

test("whoever answers may propose, answer and read, and every proposal waits for people", async () => {
  expect((await agents.proposal(firm.id, id, null))?.proposal.state).toBe("waiting");
  expect(await agents.members(firm.id)).toHaveLength(2);
  expect(await agents.proposals(firm.id, {})).toHaveLength(1);
  expect(await agents.stuckRuns(firm.id)).toEqual([]);
  expect(
    await agents.saveAnswer(firm.id, {
      person: "fiona",
      question: "Why?",
      thread: null,
      signalKey: null,
      body: {
        sentences: [],
        evidence: [],
        droppedClaims: 0,
        proposals: [],
        producedBy: { mind: "rules-1", promptHash: null },
      },
    }),
  ).toBeGreaterThan(0);
  const [line] = await agents.auditTail(firm.id, 1);
  expect(line?.seq).toBeGreaterThan(0);
});

const vote = `insert into vote (tenant, proposal_id, version, person, kind, verdict, shown_hash, channel,
  channel_trusted, policy_set_hash) values ('agent', 'P', 1, 'fiona', 'finance', 'approve', 'h', 'slack', true, 'h')`;
const copy = (state: string): string =>
  `insert into proposal select (p).* from (select jsonb_populate_record(proposal,
     '{"id": "P-FORGED01", "state": "${state}"}') as p from proposal) made`;

test.each<[string, string]>([
  ["votes", vote],
  ["approves", "update proposal set state = 'approved'"],
  ["submits what is approved already", copy("approved")],
  ["changes what was submitted", "update proposal set payload = '{}'"],
  [
    "begins a run",
    "insert into run (tenant, proposal_id, version, action, state) values ('agent', 'P', 1, 'R08', 'running')",
  ],
  ["ends a run", "update run set state = 'done'"],
  [
    "writes an effect",
    "insert into effect (tenant, key, proposal_id, version, step) values ('agent', 'k', 'P', 1, 'act')",
  ],
  ["claims that an effect is there", "update effect set receipt = '{}'"],
  ["pauses", "insert into pause (tenant, id, reason, by) values ('agent', 'S', 'r', 'b')"],
  ["resumes", "update pause set ended_at = now()"],
  [
    "delegates",
    "insert into delegation (tenant, id, delegator, delegate, starts_at, ends_at, made_by) values ('agent', 'D', 'ada', 'fiona', now(), now() + interval '1 day', 'ada')",
  ],
  [
    "breaks glass",
    "insert into break_glass (tenant, id, action, incident, obligations, by, expires_at) values ('agent', 'B', 'R08', 'INC-1', '{}', 'ada', now())",
  ],
  ["makes itself an administrator", "update member set roles = '{Administrator}'"],
  [
    "hires",
    "insert into member (tenant, id, name, email, roles, active) values ('agent', 'x', 'x', 'x@y', '{}', true)",
  ],
  ["reads the secret of a second factor", "select second_factor from member"],
  [
    "makes rules",
    "insert into policy_version (tenant, number, rules_hash, source, approved_by, reason) values ('agent', 9, 'h', 'settings', '{}', 'r')",
  ],
  [
    "writes the audit past its function",
    "insert into audit_event (tenant, seq, at, subject, body, prev, hash) values ('agent', 99, now(), 's', '{}', '', '')",
  ],
  ["changes who serves", "update worker set seen_at = now()"],
  ["reaches the workflow engine", "create schema dbos2"],
])("P1: the database itself refuses when it %s", async (_what, text) => {
  await expect(sql(text)).rejects.toMatchObject({
    message: expect.stringMatching(/permission denied|row-level security/),
  });
});

test("the same statements are not refused for want of a table: the worker's role may do them", async () => {
  const allowed = (text: string) => inTenant(database, firm.id, (tx) => tx.query(text));
  await expect(allowed("update run set state = 'done'")).resolves.toMatchObject({ rowCount: 0 });
  await expect(allowed("update effect set receipt = '{}'")).resolves.toMatchObject({ rowCount: 0 });
  await expect(allowed(vote)).rejects.toMatchObject({
    message: expect.stringContaining("foreign key"),
  });
});

test("what policy lets run without a vote it may submit as approved; money never, whatever it says", async () => {
  const decision = {
    effect: "allow" as const,
    obligations: [],
    policies: [],
    policySetHash: "0".repeat(64),
  };
  const submit = (group: "internalMessage" | "financialWrite", invoice: string) => {
    const proposal = sampleProposal(firm.id, { invoice });
    return agents.submitProposal(
      { ...proposal, decision, payload: { ...proposal.payload, group } },
      () => async () => undefined,
    );
  };
  expect(await submit("internalMessage", "INV-7")).toMatchObject({ created: true });
  await expect(submit("financialWrite", "INV-8")).rejects.toMatchObject({
    message: expect.stringContaining("row-level security"),
  });
});

test("it sees who voted, without what proves them", async () => {
  await inTenant(database, firm.id, (tx) =>
    tx.query(
      `insert into vote (tenant, proposal_id, version, person, kind, verdict, shown_hash, channel,
         channel_trusted, policy_set_hash) values ('agent', $1, 1, 'fiona', 'finance', 'approve', $2, 'slack', true, '')`,
      [id, "a".repeat(64)],
    ),
  );
  const fact = await agents.proposal(firm.id, id, null);
  expect(fact?.votes).toMatchObject([
    { voter: { id: "fiona", accounts: ["fiona"], secondFactor: null } },
  ]);
});

test("P8: it sees one firm", async () => {
  const seen = await sql("select distinct tenant from member");
  expect(seen.rows).toEqual([{ tenant: "agent" }]);
  await expect(
    asAgent(database, other.id, (tx) => tx.query("select id from proposal")),
  ).resolves.toMatchObject({ rows: [] });
});
