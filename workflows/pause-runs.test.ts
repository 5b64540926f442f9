import { afterAll, beforeAll, expect, test } from "vitest";
import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { PersonId, type ProposalId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { judgeStart } from "./carry-out-proposal.ts";
import { proposalView } from "./create-services.ts";
import { pauseRuns, resumeRuns } from "./pause-runs.ts";
import { approvalBy, firm, firmPolicy, now, proposalOf, release, voterOf } from "./sample-firm.ts";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;
let count = 0;
beforeAll(async () => {
  database = await openTestDatabase(undefined);
  store = createStore(database);
  await putTenant(database, { ...firm, slackTeam: null });
  await putMembers(database, [
    sampleMember(firm.id, "lena", { roles: ["DeliveryLead"] }),
    sampleMember(firm.id, "dora", { roles: ["DeliveryLead"] }),
    sampleMember(firm.id, "ada", { roles: ["Administrator"] }),
    sampleMember(firm.id, "carl", { roles: ["Consultant"] }),
  ]);
});
afterAll(() => database.close());

const as = (person: string): Principal => ({
  tenant: firm.id,
  person: PersonId.parse(person),
  name: person,
  kind: "person",
  capabilities: new Set(["read"]),
});
async function approved(): Promise<ProposalId> {
  count += 1;
  const { id } = await store.submitProposal(
    {
      ...sampleProposal(firm.id, { invoice: `INV-${count}` }),
      decision: { effect: "allow", obligations: [], policies: [], policySetHash: "0".repeat(64) },
    },
    () => async () => undefined,
  );
  return id;
}
const begin = (id: ProposalId) => store.beginRun(firm.id, id, 1, () => ({ go: true, record: {} }));

test("paused, nothing begins and everybody is told why; resumed, it begins", async () => {
  const id = await approved();
  await pauseRuns(as("lena"), "wrong rates in the ERP", { store });
  expect(await begin(id)).toEqual({ stop: "paused: wrong rates in the ERP" });
  expect((await store.proposal(firm.id, id, 1))?.proposal.state).toBe("approved");
  const viewing = { store, policy: () => firmPolicy(), now: () => new Date().toISOString() };
  expect((await proposalView(firm.id, { id, version: 1 }, viewing)).paused).toMatchObject({
    by: "lena",
    reason: "wrong rates in the ERP",
  });
  const refreshed = await database.pool.query("select 1 from outbox where key like $1", [
    `card-refresh:${id}:1:pause:%`,
  ]);
  expect(refreshed.rowCount).toBe(1);
  const later = await approved();
  expect(await begin(later)).toEqual({ stop: "paused: wrong rates in the ERP" });
  await database.pool.query("update proposal set moved_at = moved_at - interval '1 hour'");
  expect(await store.restartStalled(firm.id, () => async () => undefined)).toBe(0);

  await expect(resumeRuns(as("dora"), { store })).rejects.toThrow("what somebody else paused");
  expect(await resumeRuns(as("ada"), { store })).toBe(true);
  expect(await resumeRuns(as("ada"), { store })).toBe(false);
  expect(await store.restartStalled(firm.id, () => async () => undefined)).toBe(2);
  expect(await begin(id)).toMatchObject({ payload: { title: "Release invoice INV-1" } });
  const tail = (await store.auditTail(firm.id, 30)).map(({ body }) => body).join("\n");
  expect(tail).toContain("tenant.paused");
  expect(tail).toContain("tenant.resumed");
});

test("a consultant cannot pause, and nobody without a reason", async () => {
  await expect(pauseRuns(as("carl"), "no", { store })).rejects.toThrow("carl may not pause");
  await expect(pauseRuns(as("ada"), " ", { store })).rejects.toThrow("needs a reason");
});

test("a pause that has been committed lets nothing begin that was on its way", async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await approved();
    const [, begun] = await Promise.all([pauseRuns(as("ada"), "stop", { store }), begin(id)]);
    const state = (await store.proposal(firm.id, id, 1))?.proposal.state;
    expect(state).toBe("stop" in begun ? "approved" : "executing");
    const next = await approved();
    expect(await begin(next)).toEqual({ stop: "paused: stop" });
    await resumeRuns(as("ada"), { store });
  }
});

test("P4: too many runs within an hour pause the firm by themselves, before the one that is too much", async () => {
  const id = await approved();
  const proposal = proposalOf(release(), { state: "approved" });
  const judged = judgeStart({
    proposal,
    votes: [approvalBy(voterOf("fiona", ["FinanceManager"]), proposal)],
    now,
    sentLast24h: 0,
    tenant: firm,
    policy: firmPolicy(),
    changed: null,
    begunLastHour: 10,
    mostRunsPerHour: 10,
  });
  expect(judged).toMatchObject({ go: false, state: "paused" });
  expect(await store.beginRun(firm.id, id, 1, () => judged)).toEqual({
    stop: "paused: 10 changes began within an hour, and 10 is the most",
  });
  expect(await store.pause(firm.id)).toMatchObject({ by: "system:worker" });
  expect((await store.proposal(firm.id, id, 1))?.proposal.state).toBe("approved");
  await resumeRuns(as("ada"), { store });
});
