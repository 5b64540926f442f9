import { describe, expect, test } from "vitest";
import { PersonId } from "#/domain/ids.ts";
import { effectKey, judgeStart } from "./carry-out-proposal.ts";
import type { FirmPolicy } from "./policy-facts.ts";
import {
  approvalBy,
  expiresAt,
  firm,
  firmPolicy,
  now,
  proposalOf,
  release,
  voterOf,
} from "./sample-firm.ts";
import type { CountedVote } from "./store.ts";

const policy = firmPolicy();
const fiona = voterOf("fiona", ["FinanceManager"]);
const felix = voterOf("felix", ["FinanceManager"]);
const approved = proposalOf(release(), { state: "approved" });
const reminder = proposalOf(
  release({
    action: "R01",
    group: "internalMessage",
    tier: 1,
    amount: null,
    recipientInternal: true,
  }),
  { state: "approved", requestedBy: { kind: "agent", person: null, name: "copilot" } },
);

type Situation = {
  proposal?: typeof approved;
  votes?: readonly CountedVote[];
  at?: string;
  changed?: string | null;
  sent?: number;
  by?: FirmPolicy;
};

const judge = ({ proposal = approved, votes, at = now, changed = null, sent = 0, by }: Situation) =>
  judgeStart({
    proposal,
    votes: votes ?? [approvalBy(fiona, proposal)],
    now: at,
    sentLast24h: sent,
    tenant: firm,
    policy: by ?? policy,
    changed,
  });

test("approved by the right person, unchanged and in time: it runs, and the record says why", () => {
  expect(judge({})).toMatchObject({
    go: true,
    record: {
      decision: { effect: "allow" },
      votesCounted: ["fiona"],
      votesDropped: [],
      changed: null,
    },
  });
});

describe("P3: what stops it at the moment of truth", () => {
  const dropped = (person: string, reason: string) => ({
    record: { votesCounted: [], votesDropped: [{ person, reasons: [reason] }] },
  });
  test.each<[string, Situation, object, RegExp]>([
    ["its time is over", { at: expiresAt }, { state: "expired" }, /window was over/],
    [
      "the source has changed",
      { changed: "since the approval, these changed at the source: amount" },
      { state: "superseded" },
      /^stale: .*amount/,
    ],
    ["nobody voted", { votes: [] }, { state: "superseded" }, /more votes \(1 finance\)/],
    [
      "the voter has left",
      { votes: [approvalBy({ ...fiona, active: false }, approved)] },
      dropped("fiona", "G05-inactive-person"),
      /1 finance/,
    ],
    [
      "the voter leads the project by now",
      {
        proposal: proposalOf(release({ projectLead: PersonId.parse("fiona") }), {
          state: "approved",
        }),
      },
      dropped("fiona", "G04-project-lead-never-approves-money"),
      /1 finance/,
    ],
    [
      "the voter is no longer known",
      { votes: [{ ...approvalBy(fiona, approved), voter: null }] },
      dropped("fiona", "no longer known"),
      /1 finance/,
    ],
    [
      "the vote was for another change",
      { votes: [approvalBy(fiona, approved, { shownHash: "f".repeat(64) })] },
      dropped("fiona", "G07-shown-is-voted"),
      /1 finance/,
    ],
    [
      "the votes are rejections",
      { votes: [approvalBy(fiona, approved, { verdict: "reject" })] },
      { record: { votesCounted: [], votesDropped: [] } },
      /1 finance/,
    ],
    [
      "one person voted twice where two are needed",
      {
        proposal: proposalOf(release({ amount: { minor: 2_500_001, currency: "EUR" } }), {
          state: "approved",
        }),
      },
      { state: "superseded" },
      /2 finance/,
    ],
  ])("%s", (_, situation, expected, reason) => {
    const judged = judge(situation);
    expect(judged).toMatchObject({ go: false, ...expected });
    expect(!judged.go && judged.reason).toMatch(reason);
  });

  test("policy got stricter between the approval and the run", () => {
    const stricter = firmPolicy(`
      @id("T91-two-for-everything")
      @cure("approval") @approval("finance") @count("2")
      @reason("Two finance managers for every invoice")
      forbid (principal, action in Ops::Action::"financialWrite", resource)
      unless { context.approvals.finance >= 2 };`);
    expect(judge({ by: stricter })).toMatchObject({
      go: false,
      state: "superseded",
      reason: "policy now asks for more votes (2 finance): Two finance managers for every invoice",
    });
    const two = [approvalBy(fiona, approved), approvalBy(felix, approved)];
    expect(judge({ by: stricter, votes: two })).toMatchObject({ go: true });
  });

  test("policy forbids it altogether by now: no number of votes helps", () => {
    const never = firmPolicy(`
      @id("T92-no-releases") @reason("No invoice leaves this week")
      forbid (principal, action == Ops::Action::"R08", resource);`);
    const everybody = [approvalBy(fiona, approved), approvalBy(felix, approved)];
    expect(judge({ by: never, votes: everybody })).toMatchObject({
      go: false,
      state: "superseded",
      reason: expect.stringContaining("No invoice leaves this week") as string,
    });
  });

  test("an expired proposal is expired even if it is stale too, and stale even if policy denies", () => {
    expect(judge({ at: expiresAt, changed: "all" })).toMatchObject({ state: "expired" });
    expect(judge({ votes: [], changed: "all" })).toMatchObject({ reason: "stale: all" });
  });
});

test("the sixth message of a day on one project takes a person", () => {
  expect(judge({ proposal: reminder, votes: [], sent: 4 })).toMatchObject({ go: true });
  expect(judge({ proposal: reminder, votes: [], sent: 5 })).toMatchObject({
    go: false,
    reason: expect.stringContaining("1 delivery") as string,
  });
});

test("P4: the effect's key is of tenant, proposal and version alone, and differs with each", () => {
  const { tenant, id } = approved;
  expect(effectKey(tenant, id, 1)).toBe(effectKey(tenant, id, 1));
  expect(effectKey(tenant, id, 1)).not.toBe(effectKey(tenant, id, 2));
  expect(effectKey(tenant, id, 1)).not.toBe(effectKey("other" as typeof tenant, id, 1));
  // Pinned: a key that changes with a release would let a run in flight write twice.
  expect(effectKey(tenant, id, 1)).toBe(
    "2bddf16f3eb52f7fb0a82b25f941883ae88e3f8d94c494a823e039e103348500",
  );
});
