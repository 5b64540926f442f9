import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonId, type ProposalId } from "#/domain/ids.ts";
import { legalMoves, ProposalState } from "#/domain/proposal.ts";
import { inTenant } from "./in-tenant.ts";
import { putMembers } from "./member.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal } from "./proposal-read.ts";
import { sampleMember, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const firm = sampleTenant("withdraw");
const rita = PersonId.parse("rita");
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;
let count = 0;

beforeAll(async () => {
  database = await openTestDatabase(undefined);
  store = createStore(database);
  await putTenant(database, firm);
  await putMembers(database, [sampleMember(firm.id, "rita"), sampleMember(firm.id, "fiona")]);
});
afterAll(() => database.close());

async function waiting(secondsToLive = 3600): Promise<{ id: ProposalId; version: number }> {
  count += 1;
  return store.submitProposal(
    sampleProposal(firm.id, { invoice: `INV-${count}`, secondsToLive }),
    () => async () => undefined,
  );
}

/** The shortest way into a state, by the moves that exist. */
function wayTo(state: ProposalState): ProposalState[] {
  const ways: ProposalState[][] = [["waiting"]];
  for (const way of ways) {
    const last = way.at(-1) ?? "waiting";
    if (last === state) return way.slice(1);
    for (const next of legalMoves[last]) if (!way.includes(next)) ways.push([...way, next]);
  }
  throw new Error(`no way to ${state}`);
}

const moved = (id: ProposalId, to: ProposalState): Promise<void> =>
  inTenant(database, firm.id, async (tx) => {
    const proposal = await lockProposal(tx, id, 1);
    if (!proposal) throw new Error("gone");
    await moveProposal(tx, proposal, {
      to,
      reason: null,
      kind: "proposal.superseded",
      actor: "test",
      detail: {},
      tell: false,
    });
  });

const withdraw = (id: ProposalId, may: () => { id: string; reason: string }[] = () => []) =>
  store.withdrawProposal(firm.id, { id, version: 1, person: rita, reason: "wrong client" }, may);

test.each(ProposalState.options)(
  "P2: from %s, withdrawing is the one legal move or the truth about what was first",
  async (state) => {
    const { id } = await waiting();
    for (const to of wayTo(state)) await moved(id, to);
    const open = ["waiting", "approved"].includes(state);
    expect(await withdraw(id)).toEqual(
      open ? { result: "withdrawn" } : { result: "closed", state },
    );
    const after = await store.proposal(firm.id, id, 1);
    expect(after?.proposal.state).toBe(open ? "withdrawn" : state);
    expect(await withdraw(id)).toEqual({ result: "closed", state: open ? "withdrawn" : state });
  },
);

test("a reason is kept apart from the line, and the outcome tells it", async () => {
  const { id } = await waiting();
  await withdraw(id);
  const fact = await store.proposal(firm.id, id, 1);
  expect(fact?.outcome).toBe("It was withdrawn, and nothing was changed. Reason: wrong client.");
  const [line] = await store.auditTail(firm.id, 1);
  expect(line?.body).toContain("proposal.withdrawn");
  expect(line?.body).not.toContain("wrong client");
});

test("H3: a version past its time was neither withdrawn nor rejected: it has expired", async () => {
  const { id } = await waiting(0);
  expect(await withdraw(id)).toEqual({ result: "closed", state: "expired" });
  await store.expireProposal(firm.id, id, 1);
  expect((await store.proposal(firm.id, id, 1))?.proposal.state).toBe("expired");
});

test("whoever may not is told why, and the attempt is on record", async () => {
  const { id } = await waiting();
  const reasons = [{ id: "not-yours", reason: "Not yours" }];
  expect(await withdraw(id, () => reasons)).toEqual({ result: "refused", reasons });
  expect((await store.proposal(firm.id, id, 1))?.proposal.state).toBe("waiting");
  expect((await store.auditTail(firm.id, 1))[0]?.body).toContain("not-yours");
});

test("P4: withdrawn before its run begins, it never begins", async () => {
  const { id } = await waiting();
  await moved(id, "approved");
  await withdraw(id);
  const begun = await store.beginRun(firm.id, id, 1, () => ({ go: true, record: {} }));
  expect(begun).toEqual({ stop: "the proposal is withdrawn" });
});

test("P4: withdrawing and beginning to run at one instant: one of them, and the other is told", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await waiting();
    await moved(id, "approved");
    const [withdrawn, begun] = await Promise.all([
      withdraw(id),
      store.beginRun(firm.id, id, 1, () => ({ go: true, record: {} })),
    ]);
    expect([
      [{ result: "withdrawn" }, { stop: "the proposal is withdrawn" }],
      [{ result: "closed", state: "executing" }, { payload: expect.anything() }],
    ]).toContainEqual([withdrawn, begun]);
  }
});

test("H4: the clock finds what is past its time, approved or not, and lets it run out once", async () => {
  const [waits, approved] = [await waiting(0), await waiting(0)];
  await moved(approved.id, "approved");
  const overdue = (await store.overdue(firm.id)).map(({ id }) => id);
  expect(overdue).toEqual(expect.arrayContaining([waits.id, approved.id]));
  for (const { id } of [waits, approved]) {
    const ran = await Promise.all([1, 2].map(() => store.expireProposal(firm.id, id, 1)));
    expect(ran.filter(Boolean)).toHaveLength(1);
    expect((await store.proposal(firm.id, id, 1))?.proposal.state).toBe("expired");
  }
});
