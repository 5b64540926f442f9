import { describe, expect, test } from "vitest";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { Decision } from "#/domain/decision.ts";
import type { Member } from "#/domain/member.ts";
import { capabilitiesOf } from "./capability.ts";
import { checkVote, decideExecute } from "./decide.ts";
import { createPolicySet, defaultTenantRules } from "./policy-set.ts";
import {
  agent,
  contoso,
  execute,
  human,
  later,
  lead,
  northwind,
  now,
  person,
  proposal,
  vote,
} from "./rules/case.ts";
import { nextBusinessWindow } from "./wait.ts";
import { whoMayApprove } from "./who-may-approve.ts";

const set = createPolicySet({ name: "decide", tenantRules: defaultTenantRules });

describe("a decision", () => {
  test("is one that the rest of the house can read", () => {
    for (const facts of [
      execute(),
      execute({ votes: { finance: 1 } }),
      execute({ amount: "-1.00" }),
    ])
      expect(Decision.parse(decideExecute(set, facts))).toEqual(decideExecute(set, facts));
  });

  test("says who must agree and why, in words", () => {
    expect(decideExecute(set, execute({ amount: "48200.00", sinks: ["text"] }))).toEqual({
      effect: "require",
      need: { finance: 2, delivery: 1 },
      waits: [],
      policies: [
        { id: "G14-money-needs-a-human", reason: "Every financial write needs a finance approval" },
        {
          id: "G16-free-text-needs-a-human",
          reason: "Part of this was taken from free text, so a person must look at it",
        },
        {
          id: "T03-large-money-needs-two",
          reason: "Above 25,000 two different finance managers must approve",
        },
      ],
      policySetHash: set.hash,
    });
  });

  test("carries what must be recorded before the effect", () => {
    const obliging = createPolicySet({
      name: "decide-obliging",
      tenantRules: `${defaultTenantRules}
        @id("T60-tell") @reason("Releases are told to controlling")
        @obligation("tell-controlling; keep-a-copy")
        permit (principal is Ops::Agent, action == Ops::Action::"R08", resource);`,
    });
    expect(decideExecute(obliging, execute({ votes: { finance: 1 } }))).toMatchObject({
      effect: "allow",
      obligations: ["tell-controlling", "keep-a-copy"],
    });
  });

  test("is the same for the same facts", () => {
    expect(decideExecute(set, execute())).toEqual(decideExecute(set, execute()));
  });
});

test("P3: a role taken away after the click no longer counts", () => {
  expect(checkVote(set, vote()).allowed).toBe(true);
  expect(checkVote(set, vote({ voter: human("fiona", []) })).allowed).toBe(false);
});

test("a refused voter hears why", () => {
  expect(checkVote(set, vote({ requester: person("fiona") }))).toEqual({
    allowed: false,
    policies: [
      {
        id: "G03-requester-never-approves",
        reason: "The person who asked for a change cannot approve it",
      },
    ],
  });
});

describe("who may approve", () => {
  const member = (id: string, roles: Member["roles"], words: Partial<Member> = {}): Member => ({
    tenant: northwind,
    id: person(id),
    name: id,
    email: `${id}@northwind.example`,
    roles,
    active: true,
    ...words,
  });
  const members = [
    member("fiona", ["FinanceManager"]),
    member("frank", ["FinanceManager"]),
    member("gone", ["FinanceManager"], { active: false }),
    member("foreign", ["FinanceManager"], { tenant: contoso }),
    member(lead, ["FinanceManager", "DeliveryLead"]),
    member("anna", ["Auditor"]),
  ];
  const ask = (amount: string) =>
    whoMayApprove(set, {
      proposal: proposal({ amount, requester: person("frank") }),
      need: { finance: 1, delivery: 1 },
      members,
      now,
      expiresAt: later,
    }).map(({ person: id, kind, secondFactor }) => `${id} ${kind}${secondFactor ? " +code" : ""}`);

  test("names those whose vote would count, by kind", () => {
    expect(ask("1000.00")).toEqual(["fiona finance", `${lead} delivery`]);
  });

  test("says when a one-time code is needed", () => {
    expect(ask("48200.00")).toEqual(["fiona finance +code", `${lead} delivery`]);
  });

  test("names nobody once the time is over", () => {
    const late = {
      proposal: proposal(),
      need: { finance: 1 },
      members,
      now: later,
      expiresAt: now,
    };
    expect(whoMayApprove(set, late)).toEqual([]);
  });
});

describe("rights at a door", () => {
  const rights = (...who: Parameters<typeof human>) => [
    ...capabilitiesOf(set, human(...who), northwind),
  ];

  test("follow the role", () => {
    expect(rights("dora", ["DeliveryLead"])).toEqual(["read", "propose"]);
    expect(rights("anna", ["Auditor"])).toEqual(["read"]);
    expect([...capabilitiesOf(set, agent(), northwind)]).toEqual(["read", "propose"]);
  });

  test("P8: end at the firm, and with the account", () => {
    expect(rights("dora", ["DeliveryLead"], { tenant: contoso })).toEqual([]);
    expect(rights("dora", ["DeliveryLead"], { active: false })).toEqual([]);
  });
});

describe("the next business window", () => {
  const berlin: BusinessCalendar = {
    zone: "Europe/Berlin",
    days: [1, 2, 3, 4, 5],
    opensAt: 480,
    closesAt: 1080,
    holidays: ["2026-12-25"],
  };
  const opens = (at: string, calendar = berlin) => nextBusinessWindow(calendar, at);

  test.each([
    ["before opening, it is today", "2026-11-23T05:00:00Z", "2026-11-23T07:00:00.000Z"],
    ["at opening, it is now", "2026-11-23T07:00:00Z", "2026-11-23T07:00:00.000Z"],
    ["during the day, it is tomorrow", "2026-11-23T12:00:00Z", "2026-11-24T07:00:00.000Z"],
    ["on a Friday evening, it is Monday", "2026-11-27T20:00:00Z", "2026-11-30T07:00:00.000Z"],
    ["holidays are passed over", "2026-12-24T20:00:00Z", "2026-12-28T07:00:00.000Z"],
    ["summer time is the firm's", "2026-07-01T20:00:00Z", "2026-07-02T06:00:00.000Z"],
    ["over a change of the clocks", "2026-10-23T20:00:00Z", "2026-10-26T07:00:00.000Z"],
  ])("%s", (_says, at, expected) => {
    expect(opens(at)).toBe(expected);
  });

  test("is never, when the firm never opens", () => {
    const date = Temporal.PlainDate.from("2026-11-23");
    const holidays = Array.from({ length: 400 }, (_, days) => date.add({ days }).toString());
    expect(opens("2026-11-23T05:00:00Z", { ...berlin, holidays })).toBeNull();
  });
});
