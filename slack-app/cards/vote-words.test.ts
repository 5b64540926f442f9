import { expect, test } from "vitest";
import { VoteOutcome } from "#/domain/approval.ts";
import { ProposalState } from "#/domain/proposal.ts";
import { hostile } from "../test-views.ts";
import { outcomeSentence, wantsSecondFactor } from "./vote-words.ts";

const closed: VoteOutcome[] = ProposalState.options.map((state) => ({ result: "closed", state }));
const outcomes: VoteOutcome[] = [
  { result: "counted", have: { finance: 1 }, need: { finance: 2, contract: 1 } },
  { result: "already-voted", have: { finance: 1 }, need: { finance: 2 } },
  { result: "decided", state: "approved" },
  { result: "decided", state: "rejected" },
  ...closed,
  {
    result: "refused",
    reasons: [{ id: "G05-not-own-project", reason: "It is your own project." }],
  },
];

test("every outcome has its own sentence, and only a decision says so", () => {
  const said = outcomes.map((outcome) =>
    outcomeSentence(outcome, { verdict: "approve", p: "P-7K3M2Q", v: 2 }),
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "Your approval of P-7K3M2Q version 2 is recorded. Still needed: 1 finance approval and 1 contract approval.",
      "You had already voted on P-7K3M2Q version 2; one person has one vote. Still needed: 1 finance approval.",
      "Your approval decided it: P-7K3M2Q version 2 is approved and will be carried out. How it ends is reported in its thread.",
      "Your rejection decided it: P-7K3M2Q version 2 is rejected. Nothing will be changed.",
      "Your approval does not count: P-7K3M2Q version 2 could not take it at this moment. Open your inbox and look again.",
      "Your approval does not count: P-7K3M2Q version 2 was already approved by others.",
      "Your approval does not count: P-7K3M2Q version 2 was already rejected by somebody else.",
      "Your approval does not count: P-7K3M2Q version 2 has expired without a decision. Ask for a new proposal if it is still needed.",
      "Your approval does not count: P-7K3M2Q version 2 was replaced by a newer version, or what it rests on has changed. Look at the newer card.",
      "Your approval does not count: P-7K3M2Q version 2 was already withdrawn by whoever asked for it, or by an administrator.",
      "Your approval does not count: P-7K3M2Q version 2 was already approved and is being carried out.",
      "Your approval does not count: P-7K3M2Q version 2 was already approved and carried out.",
      "Your approval does not count: P-7K3M2Q version 2 was already approved, and carrying it out failed without any change.",
      "Your approval does not count: P-7K3M2Q version 2 was already approved, and its outcome is not known yet. A person is looking at it.",
      "Your approval of P-7K3M2Q version 2 was not recorded. It is your own project. (G05-not-own-project)",
    ]
  `);
  expect(new Set(said).size).toBe(outcomes.length);
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(
    new Set(VoteOutcome.options.map((option) => option.shape.result.value)),
  );
});

test("reasons of a refusal cannot ping or link", () => {
  for (const reason of hostile)
    expect(
      outcomeSentence(
        { result: "refused", reasons: [{ id: "G01", reason }] },
        { verdict: "reject", p: "P-7K3M2Q", v: 1 },
      ),
    ).not.toMatch(/<|\*/);
});

test("a one-time code is asked for when the large-money guardrail refuses, and only then", () => {
  const refused = (id: string): VoteOutcome => ({
    result: "refused",
    reasons: [{ id, reason: "" }],
  });
  expect(wantsSecondFactor(refused("G19-large-money-needs-trusted-channel"))).toBe(true);
  expect(wantsSecondFactor(refused("second-factor"))).toBe(true);
  expect(wantsSecondFactor(refused("G190"))).toBe(false);
  expect(wantsSecondFactor(refused("G05"))).toBe(false);
  expect(wantsSecondFactor({ result: "decided", state: "approved" })).toBe(false);
});
