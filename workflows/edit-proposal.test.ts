import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { PersonId, type ProposalId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Argument, Payload } from "#/domain/proposal.ts";
import { castVote } from "./decide-proposal.ts";
import { type EditNeeds, editProposal } from "./edit-proposal.ts";
import { firm, firmPolicy, release } from "./sample-firm.ts";

const policy = firmPolicy();
const note = (value: string): Argument => ({
  name: "note",
  sink: "text",
  label: "TEXT",
  value,
  from: null,
});
const total: Argument = {
  name: "total",
  sink: "amount",
  label: "SOR",
  value: "EUR 18,600.00",
  from: null,
};

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let store: ReturnType<typeof createStore>;
let count = 0;
/** What the source says when it is read again. */
let source: Partial<Payload> = {};

beforeAll(async () => {
  database = await openTestDatabase(undefined);
  store = createStore(database);
  await putTenant(database, { ...firm, slackTeam: null });
  await putMembers(database, [
    sampleMember(firm.id, "rita", { roles: ["Consultant", "FinanceManager"] }),
    sampleMember(firm.id, "fiona"),
    sampleMember(firm.id, "felix"),
    sampleMember(firm.id, "lena", { roles: ["DeliveryLead"] }),
    sampleMember(firm.id, "carl", { roles: ["Consultant"] }),
    sampleMember(firm.id, "ada", { roles: ["Administrator"] }),
  ]);
});
afterAll(() => database.close());

const as = (person: string): Principal => ({
  tenant: firm.id,
  person: PersonId.parse(person),
  name: person,
  kind: "person",
  capabilities: new Set(["read", "propose"]),
});

async function waiting(): Promise<ProposalId> {
  count += 1;
  source = {};
  const target = { system: "erp", type: "invoice", id: `INV-${count}` } as const;
  const payload = release({ target, arguments: [total] });
  const made = await store.submitProposal(
    {
      ...sampleProposal(firm.id, { invoice: target.id }),
      payload,
      requestedBy: { kind: "person", person: PersonId.parse("rita"), name: "Rita" },
    },
    () => async () => undefined,
  );
  return made.id;
}

const idle = () => async () => undefined;
const needs = (): EditNeeds => ({
  store,
  policy: () => policy,
  start: { carryOut: idle, expireLater: idle },
  candidates: () => [],
  reads: () => {
    throw new Error("not read");
  },
  log: () => undefined,
  now: () => new Date().toISOString(),
  secondsToLive: 3600,
  editable: () => ["note"],
  preview: async ({ target, note: words }) => ({
    payload: release({
      target,
      arguments: [total, ...(words ? [note(words)] : [])],
      ...source,
    }),
    evidence: [],
  }),
});

const edit = (
  id: ProposalId,
  person: string,
  { version = 1, ...values }: { version?: number; [argument: string]: string | number | undefined },
) =>
  editProposal(
    as(person),
    {
      proposal: id,
      version,
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, String(value)]),
      ),
    },
    needs(),
  );

async function vote(id: ProposalId, person: string, version: number) {
  const fact = await store.proposal(firm.id, id, version);
  if (!fact) throw new Error("gone");
  const { nonce, payloadHash: shownHash } = fact.proposal;
  const cast = {
    proposal: id,
    version,
    nonce,
    shownHash,
    person: PersonId.parse(person),
    verdict: "approve" as const,
    reason: null,
    channel: "slack" as const,
    secondFactor: null,
  };
  return castVote(firm.id, cast, {
    store,
    policy: () => policy,
    start: { carryOut: idle },
    secondFactor: () => null,
  });
}

describe("P2: an edit is a new version", () => {
  test("same id, the old one superseded with its votes, judged and asked anew, in the time that was left", async () => {
    const id = await waiting();
    const old = (await store.proposal(firm.id, id, 1))?.proposal;
    expect(await edit(id, "rita", { note: "Mention order 7." })).toEqual({
      result: "edited",
      version: 2,
    });
    expect((await store.proposal(firm.id, id, 1))?.proposal).toMatchObject({
      state: "superseded",
      stateReason: "version 2 replaced it, with another note; votes for this one are void",
    });
    const fact = await store.proposal(firm.id, id, null);
    expect(fact?.proposal).toMatchObject({
      version: 2,
      state: "waiting",
      editedBy: ["rita"],
      requestedBy: { person: "rita" },
      expiresAt: old?.expiresAt,
      // Words that a person typed are free text, so policy now also wants somebody to look at them.
      decision: { effect: "require", need: { finance: 1, delivery: 1 } },
    });
    expect(fact?.votes).toEqual([]);
    expect(fact?.proposal.nonce).not.toBe(old?.nonce);
    expect(fact?.proposal.payloadHash).not.toBe(old?.payloadHash);
  });

  test("H6: a vote for the old version decides nothing, and says why", async () => {
    const id = await waiting();
    await edit(id, "rita", { note: "Other words." });
    expect(await vote(id, "fiona", 1)).toEqual({ result: "closed", state: "superseded" });
  });

  test("whoever edited it cannot approve it, though they could before", async () => {
    const id = await waiting();
    expect(await edit(id, "fiona", { note: "Other words." })).toMatchObject({ result: "edited" });
    expect(await vote(id, "fiona", 2)).toMatchObject({
      result: "refused",
      reasons: [{ id: "G22-editor-never-approves" }],
    });
    expect(await vote(id, "felix", 2)).toMatchObject({ result: "counted" });
    expect(await vote(id, "lena", 2)).toEqual({ result: "decided", state: "approved" });
  });

  test("what changed at the source since comes along, and raises who must agree", async () => {
    const id = await waiting();
    source = { amount: { minor: 3_000_000, currency: "EUR" } };
    await edit(id, "rita", { note: "Other words." });
    const decision = (await store.proposal(firm.id, id, 2))?.proposal.decision;
    expect(decision).toMatchObject({ effect: "require", need: { finance: 2, delivery: 1 } });
  });

  test("a second edit builds on the first, and both editors stay out of the vote", async () => {
    const id = await waiting();
    await edit(id, "fiona", { note: "One." });
    expect(await edit(id, "felix", { note: "Two.", version: 2 })).toEqual({
      result: "edited",
      version: 3,
    });
    expect((await store.proposal(firm.id, id, 3))?.proposal.editedBy).toEqual(["fiona", "felix"]);
    expect(await vote(id, "fiona", 3)).toMatchObject({ result: "refused" });
  });

  test("the same words again change nothing", async () => {
    const id = await waiting();
    expect(await edit(id, "rita", { note: " " })).toEqual({ result: "unchanged" });
    expect((await store.proposal(firm.id, id, null))?.proposal.version).toBe(1);
  });
});

describe("what may be edited, and by whom", () => {
  test.each(["total", "invoice", "amount", "client"])("never %s", async (name) => {
    const id = await waiting();
    await expect(edit(id, "rita", { [name]: "EUR 1.00" })).rejects.toThrow("cannot be edited");
    expect((await store.proposal(firm.id, id, null))?.proposal.version).toBe(1);
  });

  test("a money sink is refused even when an action declares it by mistake", async () => {
    const id = await waiting();
    const careless = { ...needs(), editable: () => ["note", "total"] };
    await expect(
      editProposal(
        as("rita"),
        { proposal: id, version: 1, values: { total: "EUR 1.00" } },
        careless,
      ),
    ).rejects.toThrow("total cannot be edited");
  });

  test.each([
    ["rita", "edited"],
    ["fiona", "edited"],
    ["ada", "edited"],
    ["carl", "refused"],
    ["lena", "refused"],
  ])("%s: %s", async (person, result) => {
    const id = await waiting();
    expect(await edit(id, person, { note: "Other words." })).toMatchObject({ result });
  });

  test("P10: another record or action under the same id is refused", async () => {
    const id = await waiting();
    source = { target: { system: "erp", type: "invoice", id: "INV-OTHER" } };
    await expect(edit(id, "rita", { note: "Other words." })).rejects.toThrow(
      "cannot change the action or the record",
    );
  });
});

test("P4: editing and deciding at one instant is one transition, and the loser is told which", async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = await waiting();
    const [edited, voted] = await Promise.all([
      edit(id, "rita", { note: "Other words." }),
      vote(id, "fiona", 1),
    ]);
    expect([
      [
        { result: "edited", version: 2 },
        { result: "closed", state: "superseded" },
      ],
      [
        { result: "closed", state: "approved" },
        { result: "decided", state: "approved" },
      ],
    ]).toContainEqual([edited, voted]);
  }
});
