import { describe, expect, test } from "vitest";
import { judgeVote, type VoteNeeds } from "./decide-proposal.ts";
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
import type { CastVote } from "./services.ts";
import type { Acting, CountedVote, Voter } from "./store.ts";

const policy = firmPolicy();
const fiona = voterOf("fiona", ["FinanceManager"]);
const felix = voterOf("felix", ["FinanceManager"]);
const small = proposalOf(release());
const large = proposalOf(release({ amount: { minor: 3_718_750, currency: "EUR" } }));
const chase = proposalOf(
  release({ action: "R14", group: "clientVisible", tier: 3, amount: null }),
  {
    decision: {
      effect: "require",
      need: { delivery: 1 },
      waits: [],
      policies: [],
      policySetHash: "0".repeat(64),
    },
  },
);

type Situation = {
  voter?: Voter | null;
  votes?: readonly CountedVote[];
  proposal?: typeof small;
  cast?: Partial<CastVote>;
  at?: string;
  code?: VoteNeeds["secondFactor"];
  delegations?: readonly Acting[];
  sent?: number;
};

function judge({
  voter = fiona,
  votes = [],
  proposal = small,
  cast = {},
  at = now,
  code,
  delegations = [],
  sent = 0,
}: Situation) {
  return judgeVote({
    proposal,
    voter,
    votes,
    delegations,
    sentLast24h: sent,
    now: at,
    tenant: firm,
    policy,
    secondFactor: code ?? (() => 77),
    cast: {
      proposal: proposal.id,
      version: proposal.version,
      nonce: proposal.nonce,
      shownHash: proposal.payloadHash,
      person: voter?.id ?? fiona.id,
      verdict: "approve",
      reason: null,
      channel: "slack",
      secondFactor: null,
      ...cast,
    },
  });
}

describe("P3: who may not vote, and what they are told", () => {
  const refusals: readonly [string, Situation, string][] = [
    ["somebody who is not in the directory", { voter: null }, "directory"],
    [
      "somebody who was deactivated",
      { voter: voterOf("gareth", ["FinanceManager"], { active: false }) },
      "G05-inactive-person",
    ],
    [
      "the person who asked for it",
      { voter: voterOf("rita", ["FinanceManager"]) },
      "G03-requester-never-approves",
    ],
    [
      "the project's own lead, though a finance manager",
      { voter: voterOf("dana", ["FinanceManager", "DeliveryLead"]) },
      "G04-project-lead-never-approves-money",
    ],
    [
      "a finance manager of another firm",
      { voter: voterOf("fay", ["FinanceManager"], { tenant: "other" as Voter["tenant"] }) },
      "G01-tenant-isolation",
    ],
    ["anybody after the time is over", { at: expiresAt }, "G06-vote-expired"],
    ["anybody with another card", { cast: { shownHash: "f".repeat(64) } }, "G07-shown-is-voted"],
    ["a click alone above 25,000", { proposal: large }, "G19-large-money-needs-second-factor"],
    [
      "a code that is not valid",
      { proposal: large, cast: { secondFactor: "000000" }, code: () => null },
      "second-factor",
    ],
    [
      "a wrong code, even where none is needed",
      { cast: { secondFactor: "000000" }, code: () => null },
      "second-factor",
    ],
  ];
  test.each(refusals)("%s", (_, situation, id) => {
    const judged = judge(situation);
    expect(judged).toMatchObject({ kind: "refused", policySetHash: policy.hash });
    expect(judged.kind === "refused" && judged.reasons.map((reason) => reason.id)).toContain(id);
  });

  test.each(["DeliveryLead", "ContractOwner", "Consultant", "Administrator", "Auditor"] as const)(
    "a %s cannot give a finance approval",
    (role) => {
      const judged = judge({ voter: voterOf("someone", [role]) });
      expect(judged).toMatchObject({ kind: "refused" });
      expect(judged.kind === "refused" && judged.reasons.length).toBeGreaterThan(0);
    },
  );

  test("the same refusals hold for a rejection: who may not speak may not veto either", () => {
    for (const [, situation, id] of refusals) {
      const judged = judge({
        ...situation,
        cast: { verdict: "reject", reason: "No.", ...situation.cast },
      });
      expect(judged.kind === "refused" ? judged.reasons.map((each) => each.id) : judged).toContain(
        id,
      );
    }
  });
});

describe("what a vote that counts leads to", () => {
  test("one finance manager is enough up to 25,000, and decides", () => {
    expect(judge({})).toMatchObject({
      kind: "accepted",
      as: "finance",
      trusted: false,
      usedStep: null,
      have: { finance: 1 },
      need: {},
      decides: true,
    });
  });

  test("25,000.00 exactly is not above it; one cent more is", () => {
    const of = (minor: number) => proposalOf(release({ amount: { minor, currency: "EUR" } }));
    expect(judge({ proposal: of(2_500_000) })).toMatchObject({ kind: "accepted", decides: true });
    expect(judge({ proposal: of(2_500_001) })).toMatchObject({ kind: "refused" });
  });

  test("an amount in another currency counts as above it", () => {
    const proposal = proposalOf(release({ amount: { minor: 100, currency: "USD" } }));
    expect(judge({ proposal })).toMatchObject({
      kind: "refused",
      reasons: [{ id: "G19-large-money-needs-second-factor" }],
    });
  });

  test("above it the first vote with a code counts, uses the code up, and leaves one to give", () => {
    expect(judge({ proposal: large, cast: { secondFactor: "123456" } })).toMatchObject({
      kind: "accepted",
      trusted: true,
      usedStep: 77,
      have: { finance: 1 },
      need: { finance: 2 },
      decides: false,
    });
  });

  test("the second, by somebody else, decides", () => {
    const votes = [approvalBy(felix, large, { channelTrusted: true })];
    expect(judge({ proposal: large, votes, cast: { secondFactor: "123456" } })).toMatchObject({
      kind: "accepted",
      have: { finance: 2 },
      decides: true,
    });
  });

  test("the same person twice is one person", () => {
    const votes = [approvalBy(fiona, large, { channelTrusted: true })];
    expect(judge({ proposal: large, votes, cast: { secondFactor: "123456" } })).toMatchObject({
      kind: "accepted",
      have: { finance: 1 },
      decides: false,
    });
  });

  test.each([
    ["has left since", { voter: { ...felix, active: false } }],
    ["lost the role since", { voter: { ...felix, roles: ["Consultant" as const] } }],
    ["is no longer known", { voter: null }],
    ["saw another change", { vote: { shownHash: "e".repeat(64) } }],
    ["gave no code", { vote: { channelTrusted: false } }],
  ])("P3: a first vote of somebody who %s does not count with the second", (_, change) => {
    const first = approvalBy(felix, large, { channelTrusted: true });
    const votes = [
      {
        voter: "voter" in change ? change.voter : first.voter,
        vote: { ...first.vote, ...("vote" in change ? change.vote : {}) },
      },
    ];
    expect(judge({ proposal: large, votes, cast: { secondFactor: "123456" } })).toMatchObject({
      kind: "accepted",
      have: { finance: 1 },
      decides: false,
    });
  });

  test("one rejection decides, whatever was approved before", () => {
    const votes = [approvalBy(felix, large, { channelTrusted: true })];
    const cast = { verdict: "reject" as const, reason: "No.", secondFactor: "123456" };
    expect(judge({ proposal: large, votes, cast })).toMatchObject({
      kind: "accepted",
      have: { finance: 1 },
      decides: true,
    });
  });

  test("a message a client will see takes a delivery lead, the project's own included", () => {
    const dana = voterOf("dana", ["DeliveryLead"]);
    expect(judge({ proposal: chase, voter: dana })).toMatchObject({
      kind: "accepted",
      as: "delivery",
      decides: true,
    });
    expect(judge({ proposal: chase, voter: fiona })).toMatchObject({ kind: "refused" });
  });

  test("a project whose lead is unknown excludes nobody by name, but the requester still", () => {
    const proposal = proposalOf(release({ projectLead: null }));
    expect(judge({ proposal, voter: fiona })).toMatchObject({ kind: "accepted" });
    expect(judge({ proposal, voter: voterOf("rita", ["FinanceManager"]) })).toMatchObject({
      kind: "refused",
    });
  });
});
