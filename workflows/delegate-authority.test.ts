import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putMembers } from "#/db/member.ts";
import { sampleMember, sampleProposal } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import type { Delegation } from "#/domain/delegation.ts";
import { PersonId } from "#/domain/ids.ts";
import type { Member, Principal } from "#/domain/member.ts";
import { whoMayApprove } from "#/policies/who-may-approve.ts";
import { castVote, judgeVote } from "./decide-proposal.ts";
import { delegateAuthority, delegationsFor, revokeDelegation } from "./delegate-authority.ts";
import { mayVote, proposalFacts, tally } from "./policy-facts.ts";
import { approvalBy, firm, firmPolicy, now, proposalOf, release, voterOf } from "./sample-firm.ts";
import type { Acting, CountedVote, Voter } from "./store.ts";

const policy = firmPolicy();
const proposal = proposalOf(release());
const large = proposalOf(release({ amount: { minor: 3_000_000, currency: "EUR" } }));
const fiona = voterOf("fiona", ["FinanceManager"]);
const felix = voterOf("felix", ["FinanceManager"]);
const maya = voterOf("maya", ["Consultant"]);

const delegation = (change: Partial<Delegation> = {}): Delegation => ({
  id: "D-1",
  delegator: fiona.id,
  delegate: maya.id,
  startsAt: "2026-11-23T00:00:00.000Z",
  endsAt: "2026-11-30T00:00:00.000Z",
  madeBy: fiona.id,
  revokedAt: null,
  ...change,
});
const acting = (change: Partial<Delegation> = {}, delegator: Voter = fiona): Acting => ({
  delegation: delegation(change),
  delegator,
});
const ask = (by: Acting | null, voter: Voter = maya, subject = proposal) =>
  mayVote(policy, subject, {
    voter,
    acting: by,
    as: "finance",
    at: now,
    now,
    shownHash: subject.payloadHash,
    channelTrusted: true,
  });

describe("P3: a delegate acts within the authority of whoever is away, and gains none", () => {
  const rita = voterOf("rita", ["FinanceManager"]);
  const dana = voterOf("dana", ["FinanceManager"]);
  const byDana = { delegator: dana.id };
  test.each<[string, Acting | null, Voter, string | null]>([
    ["for a finance manager, in those days", acting(), maya, null],
    ["before the first day", acting({ startsAt: "2026-11-24T00:00:00.000Z" }), maya, "delegation"],
    ["after the last day", acting({ endsAt: now }), maya, "delegation"],
    ["once revoked", acting({ revokedAt: now }), maya, "delegation"],
    ["by a delegation to somebody else", acting({ delegate: felix.id }), maya, "delegation"],
    ["by a delegation of somebody else", acting({ delegator: felix.id }), maya, "delegation"],
    ["by one that is gone", null, maya, "delegation"],
    [
      "for somebody who has no such right, though they have it themselves",
      acting({ delegator: maya.id, delegate: felix.id }, maya),
      felix,
      "F06-no-rule-allows",
    ],
    [
      "for somebody who has left",
      acting({}, { ...fiona, active: false }),
      maya,
      "G05-inactive-person",
    ],
    ["having left", acting(), { ...maya, active: false }, "G05-inactive-person"],
    [
      "for the project's lead, who may not",
      acting(byDana, dana),
      maya,
      "G04-project-lead-never-approves-money",
    ],
    [
      "being the project's lead",
      acting({ delegate: dana.id }),
      dana,
      "G04-project-lead-never-approves-money",
    ],
    [
      "for whoever asked",
      acting({ delegator: rita.id }, rita),
      maya,
      "G03-requester-never-approves",
    ],
    ["having asked", acting({ delegate: rita.id }), rita, "G03-requester-never-approves"],
  ])("%s", (_, by, voter, refusal) => {
    const { allowed, policies } = ask(by, voter);
    expect(allowed).toBe(refusal === null);
    expect([null, ...policies.map(({ id }) => id)]).toContain(refusal);
  });

  test("it never chains: whoever acts for a delegate has only what the delegate has alone", () => {
    const second = acting({ delegator: maya.id, delegate: felix.id, id: "D-2" }, maya);
    expect(ask(second, { ...felix, roles: [] }).allowed).toBe(false);
  });
});

describe("one human, and one authority, counts once", () => {
  const byMaya: CountedVote = {
    ...approvalBy(maya, large, {
      channelTrusted: true,
      actingFor: { person: fiona.id, delegation: "D-1" },
      at: now,
    }),
    acting: acting(),
  };
  const own = (voter: Voter) => approvalBy(voter, large, { channelTrusted: true });
  const count = (votes: CountedVote[]) => tally(policy, large, { votes, now }).approvals.finance;

  test("a delegate's vote counts, and is dropped once the delegation is revoked", () => {
    expect(count([byMaya])).toBe(1);
    expect(count([{ ...byMaya, acting: acting({ revokedAt: now }) }])).toBe(0);
    expect(count([{ ...byMaya, acting: null }])).toBe(0);
  });

  test("whoever is away and their delegate are one of two", () => {
    expect(count([byMaya, own(fiona)])).toBe(1);
    expect(count([own(fiona), byMaya])).toBe(1);
    expect(count([byMaya, own(felix)])).toBe(2);
  });

  test("two accounts of one human are one of two", () => {
    const accounts = [PersonId.parse("fi"), fiona.id];
    const fi = voterOf("fi", ["FinanceManager"], { accounts });
    expect(count([own({ ...fiona, accounts }), own(fi)])).toBe(1);
    expect(count([own({ ...fiona, accounts }), own(fi), own(felix)])).toBe(2);
  });

  test("an authority that was used is not taken a second time, and the presser hears why", () => {
    const judged = judgeVote({
      proposal: large,
      voter: fiona,
      votes: [byMaya],
      delegations: [],
      sentLast24h: 0,
      now,
      tenant: firm,
      policy,
      secondFactor: () => 77,
      cast: {
        proposal: large.id,
        version: 1,
        nonce: "nonce",
        shownHash: large.payloadHash,
        person: fiona.id,
        verdict: "approve",
        reason: null,
        channel: "slack",
        secondFactor: "123456",
      },
    });
    expect(judged).toMatchObject({ kind: "refused", reasons: [{ id: "authority-used" }] });
  });
});

test("whoever is named gets a card, under both names", () => {
  const members: Member[] = [fiona, maya].map(({ id, tenant, name, email, roles, active }) => ({
    id,
    tenant,
    name,
    email,
    roles,
    active,
  }));
  const asked = whoMayApprove(policy, {
    proposal: proposalFacts(policy, proposal),
    need: { finance: 1 },
    members,
    delegations: [delegation(), delegation({ id: "D-2", revokedAt: now })],
    now,
    expiresAt: proposal.expiresAt,
  });
  expect(asked.map(({ name, actingFor }) => [name, actingFor])).toEqual([
    ["fiona", null],
    ["maya for fiona", "fiona"],
  ]);
});

describe("naming, seeing and ending it", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let store: ReturnType<typeof createStore>;
  const today = new Date().toISOString();
  const day = (days: number): string =>
    Temporal.Now.plainDateISO(firm.calendar.zone).add({ days }).toString();
  beforeAll(async () => {
    database = await openTestDatabase(undefined);
    store = createStore(database);
    await putTenant(database, { ...firm, slackTeam: null });
    await putMembers(
      database,
      ["fiona", "maya", "ada", "fi"].map((id) => ({
        ...sampleMember(firm.id, id),
        roles:
          id === "ada"
            ? ["Administrator" as const]
            : id === "maya"
              ? []
              : ["FinanceManager" as const],
        ...(id === "fi" ? { sameHumanAs: fiona.id } : {}),
      })),
    );
  });
  afterAll(() => database.close());
  const as = (person: string): Principal => ({
    tenant: firm.id,
    person: PersonId.parse(person),
    name: person,
    kind: "person",
    capabilities: new Set(["read"]),
  });
  const needs = () => ({ store, now: () => today });
  const to = (name: string) => ({ to: `${name}@firm.example`, from: day(0), until: day(3) });

  test.each([
    ["to oneself", "fiona", to("fiona"), "own stand-in"],
    ["to one's other account", "fiona", to("fi"), "own stand-in"],
    ["to a stranger", "fiona", to("nobody"), "nobody active"],
    ["for somebody else", "maya", { ...to("ada"), away: "fiona@firm.example" }, "may not delegate"],
    ["backwards", "fiona", { ...to("maya"), until: day(-1) }, "before the first"],
    ["in the past", "fiona", { ...to("maya"), from: day(-9), until: day(-8) }, "are over"],
    ["for a year", "fiona", { ...to("maya"), until: day(365) }, "at most 92 days"],
    ["on no day", "fiona", { ...to("maya"), from: "soon" }, "2026-12-01"],
  ])("not %s", async (_, who, request, problem) => {
    await expect(delegateAuthority(as(who), request, needs())).rejects.toThrow(problem);
  });

  test("the delegate decides under both names, the record says so, and the end of it ends it", async () => {
    const made = await delegateAuthority(as("fiona"), to("maya"), needs());
    expect(made).toMatchObject({ away: "fiona", standIn: "maya" });
    expect(await delegationsFor(as("maya"), needs())).toEqual([made]);
    expect(await delegationsFor(as("fi"), needs())).toEqual([]);
    const { id, version } = await store.submitProposal(
      { ...sampleProposal(firm.id), payload: release() },
      () => async () => undefined,
    );
    const fact = await store.proposal(firm.id, id, version);
    const cast = {
      proposal: id,
      version,
      nonce: fact?.proposal.nonce ?? "",
      shownHash: fact?.proposal.payloadHash ?? "",
      person: maya.id,
      verdict: "approve" as const,
      reason: null,
      channel: "slack" as const,
      secondFactor: null,
    };
    const voting = {
      store,
      policy: () => policy,
      start: { carryOut: () => async () => undefined },
      secondFactor: () => null,
    };
    expect(await castVote(firm.id, cast, voting)).toEqual({ result: "decided", state: "approved" });
    const after = await store.proposal(firm.id, id, version);
    expect(after?.votes[0]?.vote.actingFor).toEqual({ person: "fiona", delegation: made.id });
    expect((await store.auditTail(firm.id, 1))[0]?.body).toContain('"actingFor":{"delegation":');
    await expect(revokeDelegation(as("fi"), made.id, needs())).rejects.toThrow("of yours in force");
    await revokeDelegation(as("ada"), made.id, needs());
    expect(await delegationsFor(as("ada"), needs())).toEqual([]);
    const votes = (await store.proposal(firm.id, id, version))?.votes ?? [];
    expect(tally(policy, proposalOf(release()), { votes, now: today }).counted).toEqual([]);
  });
});
