import { expect, test } from "vitest";
import { PersonId } from "#/domain/ids.ts";
import { firm, proposalOf, release, voterOf } from "./sample-firm.ts";
import type { Voter } from "./store.ts";
import { mayWithdraw, withdrawProposal } from "./withdraw-proposal.ts";

const proposal = proposalOf(release());
const byClock = proposalOf(release(), {
  requestedBy: { kind: "agent", person: null, name: "copilot" },
});
const invoked = proposalOf(release(), {
  requestedBy: { kind: "agent", person: PersonId.parse("rita"), name: "copilot" },
});
const other = { tenant: "other" as Voter["tenant"] };

test.each([
  ["whoever asked", proposal, voterOf("rita", ["Consultant"]), null],
  ["whoever invoked the agent", invoked, voterOf("rita", ["Consultant"]), null],
  [
    "another account of whoever asked",
    proposal,
    voterOf("rita-2", [], { accounts: [PersonId.parse("rita"), PersonId.parse("rita-2")] }),
    null,
  ],
  ["an administrator", proposal, voterOf("ada", ["Administrator"]), null],
  ["an administrator, of the clock's own", byClock, voterOf("ada", ["Administrator"]), null],
  ["anybody else", proposal, voterOf("fiona", ["FinanceManager"]), "not-yours"],
  ["anybody, of the clock's own", byClock, voterOf("rita", ["FinanceManager"]), "not-yours"],
  ["who has left", proposal, voterOf("rita", [], { active: false }), "G05-inactive-person"],
  [
    "an administrator of another firm",
    proposal,
    voterOf("ada", ["Administrator"], other),
    "G01-tenant-isolation",
  ],
  ["nobody we know", proposal, null, "directory"],
])("%s: may it be taken back?", (_, subject, person, refusal) => {
  expect(mayWithdraw({ proposal: subject, person }).map(({ id }) => id)).toEqual(
    refusal === null ? [] : [refusal],
  );
});

test("a withdrawal without a reason is refused before anything is touched", async () => {
  const asked = { proposal: proposal.id, version: 1, person: PersonId.parse("rita"), reason: "  " };
  await expect(
    withdrawProposal(firm.id, asked, {
      store: { withdrawProposal: () => Promise.reject(new Error("touched")) },
    }),
  ).rejects.toThrow("a withdrawal needs a reason");
});
