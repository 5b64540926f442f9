import { expect, test } from "vitest";
import { PersonId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Proposal, ProposalState } from "#/domain/proposal.ts";
import {
  mayOverride,
  type OverrideNeeds,
  type OverrideRequest,
  overrideRun,
  type Sight,
} from "./override-run.ts";
import { firm, firmPolicy, now, proposalOf, release, voterOf } from "./sample-firm.ts";
import type { Override } from "./store.ts";

const policy = firmPolicy();
const ada: Principal = {
  tenant: firm.id,
  person: PersonId.parse("ada"),
  name: "Ada",
  kind: "person",
  capabilities: new Set(["read"]),
};
const receipt = {
  record: release().target,
  externalId: "RE-1",
  url: null,
  observed: { state: "issued" },
  verifiedAt: now,
};
const sights: Readonly<Record<Sight["seen"], Sight>> = {
  there: { seen: "there", receipt },
  "not-there": { seen: "not-there" },
  repeatable: { seen: "repeatable" },
  "cannot-tell": { seen: "cannot-tell" },
};

async function take(
  request: Partial<OverrideRequest>,
  {
    state,
    seen = "not-there",
    change = {},
  }: {
    state: ProposalState;
    seen?: Sight["seen"];
    change?: Partial<Proposal>;
  },
) {
  const proposal = proposalOf(release(), { state, ...change });
  const asked: Override[] = [];
  let [looked, tried] = [0, 0];
  const needs: OverrideNeeds = {
    policy: () => policy,
    start: { carryOutReplay: () => async () => undefined },
    sight: async () => {
      looked += 1;
      return sights[seen];
    },
    tryNow: () => {
      tried += 1;
    },
    store: {
      stuckRuns: async () => [],
      proposal: async () => ({ proposal, votes: [], outcome: null, auditAnchor: null }),
      overrideRun: async (_tenant, _takeover, { override }) => {
        asked.push(override);
        return { result: "moved", replay: 1 };
      },
    },
  };
  const outcome = await overrideRun(
    ada,
    {
      proposal: proposal.id,
      version: 1,
      do: "replay",
      reason: "It is up again",
      saw: null,
      ...request,
    },
    needs,
  );
  return { outcome: outcome.result, to: asked[0]?.to ?? null, looked, tried };
}

test.each<
  [OverrideRequest["do"], Sight["seen"], OverrideRequest["saw"], string, Override["to"] | null]
>([
  // What is there already is recorded, whatever was asked: nothing is sent a second time.
  ["replay", "there", null, "done", "done"],
  ["force", "there", null, "done", "done"],
  ["resolve", "there", "did-not-happen", "done", "done"],
  ["replay", "not-there", null, "replaying", "approved"],
  ["replay", "not-there", "happened", "replaying", "approved"],
  ["resolve", "not-there", null, "nothing-there", "failed"],
  ["replay", "repeatable", null, "replaying", "approved"],
  ["resolve", "repeatable", null, "somebody-must-look", null],
  ["resolve", "repeatable", "did-not-happen", "nothing-there", "failed"],
  // Class none: nothing but a person's eyes can tell.
  ["replay", "cannot-tell", null, "somebody-must-look", null],
  ["resolve", "cannot-tell", null, "somebody-must-look", null],
  ["resolve", "cannot-tell", "happened", "done", "done"],
  ["replay", "cannot-tell", "happened", "done", "done"],
  ["replay", "cannot-tell", "did-not-happen", "replaying", "approved"],
  ["resolve", "cannot-tell", "did-not-happen", "nothing-there", "failed"],
])(
  "CTL-24, P4: unknown, %s, the target shows %s, a person saw %s: %s",
  async (what, seen, saw, outcome, to) => {
    expect(await take({ do: what, saw }, { state: "unknown", seen })).toMatchObject({
      outcome,
      to,
      looked: 1,
    });
  },
);

test.each<[OverrideRequest["do"], ProposalState, string, Override["to"] | null]>([
  ["replay", "failed", "replaying", "approved"],
  ["force", "failed", "replaying", "approved"],
  ["discard", "failed", "discarded", "discarded"],
  ["resolve", "failed", "closed", null],
  ["replay", "done", "closed", null],
  ["replay", "waiting", "closed", null],
  ["replay", "approved", "closed", null],
  ["replay", "executing", "closed", null],
  ["replay", "rejected", "closed", null],
  ["resolve", "expired", "closed", null],
])("CTL-24: %s of what is %s: %s", async (what, state, outcome, to) => {
  expect(await take({ do: what }, { state })).toMatchObject({ outcome, to, looked: 0 });
});

test("CTL-26: force tries a resting system before its time; nothing else does", async () => {
  expect((await take({ do: "force" }, { state: "failed" })).tried).toBe(1);
  expect((await take({ do: "replay" }, { state: "failed" })).tried).toBe(0);
});

test("a change that is not what was approved is not looked for: a person decides", async () => {
  const altered = { payload: release({ title: "Another" }) };
  expect(await take({}, { state: "unknown", seen: "there", change: altered })).toMatchObject({
    outcome: "somebody-must-look",
    looked: 0,
  });
});

test("a reason is asked for, and an agent takes nothing over", async () => {
  await expect(take({ reason: "  " }, { state: "failed" })).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
  });
});

const stuck = proposalOf(release(), {
  state: "failed",
  requestedBy: { kind: "person", person: PersonId.parse("rita"), name: "Rita" },
  decision: {
    effect: "require",
    need: { finance: 1 },
    waits: [],
    policies: [],
    policySetHash: policy.hash,
  },
});
const may = (person: Parameters<typeof mayOverride>[1]["person"], proposal = stuck) =>
  mayOverride(policy, { proposal, person, now })[0]?.id ?? "yes";

test("CTL-26: administrators and whoever may approve it; never the requester, an editor or the inactive", () => {
  expect(may(voterOf("ada", ["Administrator"]))).toBe("yes");
  expect(may(voterOf("fiona", ["FinanceManager"]))).toBe("yes");
  expect(may(voterOf("cora", ["ContractOwner"]))).toBe("not-yours");
  expect(may(voterOf("carl", ["Consultant"]))).toBe("not-yours");
  expect(may(null)).toBe("directory");
  expect(may(voterOf("ada", ["Administrator"], { active: false }))).toBe("G05-inactive-person");
  expect(may(voterOf("ada", ["Administrator"], { tenant: "other" as never }))).toBe(
    "G01-tenant-isolation",
  );
  expect(may(voterOf("rita", ["Administrator"]))).toBe("G03-not-your-own");
  // The other account of whoever asked.
  expect(
    may(
      voterOf("rita2", ["Administrator"], {
        accounts: [PersonId.parse("rita"), PersonId.parse("rita2")],
      }),
    ),
  ).toBe("G03-not-your-own");
  const edited = { ...stuck, editedBy: [PersonId.parse("ada")] };
  expect(may(voterOf("ada", ["Administrator"]), edited)).toBe("G03-not-your-own");
  // The lead of the project may not approve its money, and so does not take its run over either.
  const led = { ...stuck, payload: release({ projectLead: PersonId.parse("fiona") }) };
  expect(may(voterOf("fiona", ["FinanceManager"]), led)).toBe("not-yours");
});
