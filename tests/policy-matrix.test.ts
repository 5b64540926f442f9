import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putMembers } from "#/db/member.ts";
import { inTransaction } from "#/db/open-database.ts";
import { sampleMember, sampleProposal, sampleTenant } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import { PersonId } from "#/domain/ids.ts";
import { type Proposal, ProposalState } from "#/domain/proposal.ts";
import { cells, mayDo, openFor } from "./policy-matrix.ts";
import { shouldBeAble } from "./policy-matrix-oracle.ts";
import { policyMatrixText } from "./policy-matrix-text.ts";

describe("the matrix of roles, kinds of change, relations and states", () => {
  test("P3: is at every cell what the requirement says", { timeout: 60_000 }, () => {
    const wrong = cells.flatMap((cell) => {
      const [got, expected] = [mayDo(cell), shouldBeAble(cell)];
      return got.join() === expected.join() ? [] : [{ ...cell, got, expected }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    // Both kinds of cell, or the comparison proves nothing.
    const some = cells.filter((cell) => shouldBeAble(cell).length > 0).length;
    expect(some).toBeGreaterThan(100);
    expect(cells.length - some).toBeGreaterThan(1000);
  });

  test("is the one in the documentation", () => {
    expect(readFileSync("docs/policy-matrix.md", "utf8")).toBe(policyMatrixText());
  });
});

describe("P4: what is open in which state, asked of the database", () => {
  const firm = sampleTenant();
  const world: { database?: Awaited<ReturnType<typeof openTestDatabase>> } = {};
  const database = () => {
    if (!world.database) throw new Error("no database");
    return world.database;
  };
  beforeAll(async () => {
    world.database = await openTestDatabase(undefined);
    await putTenant(database(), firm);
    await putMembers(database(), [sampleMember(firm.id, "fiona")]);
  });
  afterAll(() => world.database?.close());

  const fiona = PersonId.parse("fiona");
  const no = [{ id: "asked", reason: "It was asked" }];
  const idle = () => async () => undefined;
  const count = { of: 0 };

  async function inState(state: ProposalState): Promise<Proposal> {
    count.of += 1;
    const store = createStore(database());
    const made = await store.submitProposal(
      sampleProposal(firm.id, { invoice: `INV-${count.of}` }),
      idle,
    );
    await inTransaction(database().pool, (tx) =>
      tx.query("update proposal set state = $2 where id = $1", [made.id, state]),
    );
    const fact = await store.proposal(firm.id, made.id, 1);
    if (!fact) throw new Error("gone");
    return fact.proposal;
  }

  const acts: Readonly<Record<keyof typeof openFor, (proposal: Proposal) => Promise<string>>> = {
    vote: async ({ id, version, nonce, payloadHash: shownHash }) =>
      (
        await createStore(database()).castVote(
          firm.id,
          {
            proposal: id,
            version,
            nonce,
            shownHash,
            person: fiona,
            verdict: "approve",
            reason: null,
            channel: "console",
          },
          () => ({ kind: "refused", reasons: no, policySetHash: "" }),
          async () => undefined,
        )
      ).result,
    withdraw: async ({ id, version }) =>
      (
        await createStore(database()).withdrawProposal(
          firm.id,
          { id, version, person: fiona, reason: "asked" },
          () => [],
        )
      ).result,
    edit: async ({ id, version, payload, decision }) =>
      (
        await createStore(database()).replaceVersion(
          firm.id,
          { id, version },
          {
            payload,
            evidence: sampleProposal(firm.id).evidence,
            decision,
            approvers: [],
            editor: fiona,
            changed: ["note"],
          },
          idle,
        )
      ).result,
  };

  test.each(ProposalState.options)("%s", async (state) => {
    for (const [act, press] of Object.entries(acts)) {
      const open: readonly ProposalState[] = openFor[act as keyof typeof openFor];
      const result = await press(await inState(state));
      expect([act, result === "closed"]).toEqual([act, !open.includes(state)]);
    }
  });
});
