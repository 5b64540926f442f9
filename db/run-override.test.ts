import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { PersonId, type ProposalId } from "#/domain/ids.ts";
import type { ProposalState } from "#/domain/proposal.ts";
import type { RunOutcome } from "#/domain/run.ts";
import { inTenant } from "./in-tenant.ts";
import { putMembers } from "./member.ts";
import { moveProposal } from "./proposal.ts";
import { lockProposal } from "./proposal-read.ts";
import { sampleMember, sampleProposal, sampleTenant } from "./sample-rows.ts";
import { createStore } from "./store.ts";
import { putTenant } from "./tenant.ts";
import { openTestDatabase } from "./test-database.ts";

const firm = sampleTenant("override");
const ada = PersonId.parse("ada");
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;
let count = 0;
let enqueued: number[] = [];

beforeAll(async () => {
  database = await openTestDatabase(undefined);
  store = createStore(database);
  await putTenant(database, firm);
  await putMembers(database, [sampleMember(firm.id, "ada", { roles: ["Administrator"] })]);
});
afterAll(() => database.close());
beforeEach(() => {
  enqueued = [];
});

const endings: Readonly<Record<"failed" | "unknown", RunOutcome>> = {
  failed: { result: "refused", reason: "the target refused" },
  unknown: { result: "unknown", reason: "no answer" },
};

/** A run that began, called the target a while ago, and ended like that. */
async function ended(as: "failed" | "unknown", calledAgo = "2 minutes"): Promise<ProposalId> {
  count += 1;
  const { id } = await store.submitProposal(
    sampleProposal(firm.id, { invoice: `INV-${count}`, secondsToLive: 3600 }),
    () => async () => undefined,
  );
  await inTenant(database, firm.id, async (tx) => {
    const proposal = await lockProposal(tx, id, 1);
    if (!proposal) throw new Error("gone");
    await moveProposal(tx, proposal, {
      to: "approved",
      reason: null,
      kind: "proposal.approved",
      actor: "test",
      detail: {},
      tell: false,
    });
  });
  await begin(id);
  await store.claimEffect(firm.id, { key: `key-${id}`, proposal: id, version: 1, step: "act" });
  await inTenant(database, firm.id, (tx) =>
    tx.query("update effect set called_at = clock_timestamp() - $2::interval where key = $1", [
      `key-${id}`,
      calledAgo,
    ]),
  );
  await store.closeRun(firm.id, id, 1, endings[as]);
  return id;
}
const begin = (id: ProposalId) => store.beginRun(firm.id, id, 1, () => ({ go: true, record: {} }));

const override = (
  id: ProposalId,
  to: Parameters<typeof store.overrideRun>[2]["override"],
  reasons: { id: string; reason: string }[] = [],
) =>
  store.overrideRun(
    firm.id,
    { id, version: 1, person: ada, reason: "the certificate was renewed" },
    { override: to, may: () => reasons },
    (replay) => async () => void enqueued.push(replay),
  );
const replay = { to: "approved", how: "replay" } as const;
const stateOf = async (id: ProposalId): Promise<ProposalState | undefined> =>
  (await store.proposal(firm.id, id, 1))?.proposal.state;
const kinds = async (): Promise<string[]> =>
  (await store.auditTail(firm.id, 1)).map(
    ({ body }) => (JSON.parse(body) as { kind: string }).kind,
  );

test.each(["failed", "unknown"] as const)(
  "CTL-24: from %s it goes back to its last check, once, with a start of its own",
  async (as) => {
    const id = await ended(as);
    expect(await override(id, replay)).toEqual({ result: "moved", replay: 1 });
    expect([await stateOf(id), enqueued]).toEqual(["approved", [1]]);
    expect(await kinds()).toEqual(["run.replayed"]);
    // The second person finds it open already, and nothing is started twice.
    expect(await override(id, replay)).toEqual({ result: "closed", state: "approved" });
    expect(enqueued).toEqual([1]);
    expect(await begin(id)).toMatchObject({ payload: { action: "R08" } });
    await store.closeRun(firm.id, id, 1, endings.failed);
    expect(await override(id, replay)).toEqual({ result: "moved", replay: 2 });
  },
);

test("CTL-24: two people at one instant: one replay", async () => {
  const id = await ended("failed");
  const both = await Promise.all([override(id, replay), override(id, replay)]);
  expect(both.map(({ result }) => result).toSorted()).toEqual(["closed", "moved"]);
  expect(enqueued).toEqual([1]);
});

test("how a replay ends is told as well: the outcome gets a message of its own", async () => {
  const id = await ended("failed");
  await override(id, replay);
  await begin(id);
  await store.closeRun(firm.id, id, 1, endings.failed);
  const told = await database.pool.query("select key from outbox where key like $1 order by id", [
    `outcome:${id}:1:failed%`,
  ]);
  expect(told.rows).toEqual([
    { key: `outcome:${id}:1:failed` },
    { key: `outcome:${id}:1:failed:replay-1` },
  ]);
});

test("P4: while the last call may still be on its way, an unknown run is neither replayed nor called failed", async () => {
  const id = await ended("unknown", "10 seconds");
  expect(await override(id, replay)).toEqual({ result: "too-early" });
  expect(await override(id, { to: "failed", how: "x", reason: "x" })).toEqual({
    result: "too-early",
  });
  expect(await stateOf(id)).toBe("unknown");
});

test("CTL-24: discarded once, with the reason kept apart, and out of the list", async () => {
  const id = await ended("failed");
  const listed = async () =>
    (await store.stuckRuns(firm.id)).filter(({ proposal }) => proposal === id);
  expect(await listed()).toMatchObject([
    { state: "failed", step: "act", reason: "the target refused", attempts: 1, replays: 0 },
  ]);
  expect(await override(id, { to: "discarded" })).toMatchObject({ result: "moved" });
  expect(await kinds()).toEqual(["run.discarded"]);
  expect((await store.auditTail(firm.id, 1))[0]?.body).not.toContain("certificate");
  expect(await listed()).toEqual([]);
  expect(await override(id, { to: "discarded" })).toEqual({ result: "closed", state: "failed" });
});

test("what nobody knows cannot be discarded: first somebody says what happened", async () => {
  const id = await ended("unknown");
  expect(await override(id, { to: "discarded" })).toEqual({ result: "closed", state: "unknown" });
});

test("a refusal changes nothing and is on record", async () => {
  const id = await ended("failed");
  const no = [{ id: "not-yours", reason: "No" }];
  expect(await override(id, replay, no)).toEqual({ result: "refused", reasons: no });
  expect([await stateOf(id), await kinds(), enqueued]).toEqual([
    "failed",
    ["run.override-refused"],
    [],
  ]);
});

test("another open proposal for the same change has taken its place", async () => {
  const id = await ended("failed");
  await store.submitProposal(
    sampleProposal(firm.id, {
      invoice: `INV-${count}`,
      requestKey: "another",
      secondsToLive: 3600,
    }),
    () => async () => undefined,
  );
  expect(await override(id, replay)).toEqual({ result: "closed", state: "superseded" });
});

test("CTL-25: what was approved and cannot begin is listed with the last error, until it begins", async () => {
  const id = await ended("failed");
  await override(id, replay);
  const trouble = {
    id,
    version: 1,
    step: "begin" as const,
    error: "SYSTEM_RESTING",
    sentence: "The ERP has failed.",
  };
  await store.noteTrouble(firm.id, trouble);
  await store.noteTrouble(firm.id, trouble);
  const listed = async () =>
    (await store.stuckRuns(firm.id)).filter(({ proposal }) => proposal === id);
  expect(await listed()).toMatchObject([
    {
      state: "approved",
      step: "begin",
      lastError: "SYSTEM_RESTING",
      reason: "it could not begin: The ERP has failed.",
    },
  ]);
  await begin(id);
  expect(await listed()).toEqual([]);
});
