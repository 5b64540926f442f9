import { describe, expect, test } from "vitest";
import type { KeptDecision } from "#/domain/decision-record.ts";
import type { Member } from "#/domain/member.ts";
import { ladderAuthority } from "./authority-matrix.ts";
import { compileAuthority } from "./compile-authority.ts";
import { diffPolicies, lockedOut } from "./policy-diff.ts";
import { answerOf, recordExecute, replayDecision } from "./policy-replay.ts";
import { createPolicySet, defaultTenantRules, defaultWorkRules } from "./policy-set.ts";
import { type CaseAction, execute, northwind, now, person } from "./rules/case.ts";

const inForce = createPolicySet({ name: "in force", tenantRules: defaultTenantRules });
const candidate = (tenantRules: string) => createPolicySet({ name: "other", tenantRules });
const rule = (text: string) => candidate(`${defaultTenantRules}\n${text}`);

const member = (id: string, ...roles: Member["roles"]): Member => ({
  tenant: northwind,
  id: person(id),
  name: id,
  email: `${id}@firm.example`,
  roles,
  active: true,
});
const members = [
  member("fiona", "FinanceManager"),
  member("paul", "PracticeDirector"),
  member("ada", "Administrator"),
  member("omar", "Administrator"),
];

const request = (id: number, action: CaseAction, amount: string): KeptDecision => {
  const question = { facts: execute({ action, amount }), businessWindow: null };
  return {
    ...recordExecute(inForce, question, answerOf(inForce, question)),
    id,
    at: now,
    asked: "proposed",
    subject: `proposal:P-00000${id}:1`,
  };
};
const records = [
  request(1, "R08", "1000.00"),
  request(2, "R08", "24000.00"),
  request(3, "R08", "30000.00"),
  request(4, "R01", "0.00"),
  request(5, "R14", "0.00"),
];
const diff = (other: ReturnType<typeof candidate>) =>
  diffPolicies({ inForce, candidate: other, records, members });

describe("a candidate beside the rules in force", () => {
  test("the same rules differ in nothing", () => {
    expect(diff(rule("// a comment"))).toEqual({ requests: 5, changed: 0, differences: [] });
  });

  test("more people: an approval changes, counted with the requests that it is about", () => {
    const two =
      rule(`@id("T41-two") @cure("approval") @approval("finance") @count("2") @reason("Two")
      forbid (principal, action == Ops::Action::"R08", resource)
      unless { context.approvals.finance >= 2 };`);
    expect(diff(two)).toMatchObject({
      changed: 2,
      differences: [
        {
          change: "approval changes",
          action: "R08",
          from: "1 finance",
          to: "2 finance",
          count: 2,
          examples: ["proposal:P-000001:1", "proposal:P-000002:1"],
        },
      ],
    });
  });

  test("a new denial appears, and a new approval for what ran by itself", () => {
    const harsh = rule(`@id("T42-no-chasing") @reason("We do not chase")
      forbid (principal, action == Ops::Action::"R14", resource);
      @id("T43-look-first") @cure("approval") @approval("delivery") @count("1") @reason("Look")
      forbid (principal, action == Ops::Action::"R01", resource)
      unless { context.approvals.delivery >= 1 };`);
    expect(diff(harsh).differences.map(({ change, action, to }) => [change, action, to])).toEqual([
      ["approval appears", "R01", "1 delivery"],
      ["denial appears", "R14", "denied by T42-no-chasing"],
    ]);
    const back = diffPolicies({ inForce: harsh, candidate: inForce, records, members });
    expect(back.differences.map(({ change }) => change)).toEqual([
      "approval disappears",
      "denial disappears",
    ]);
  });

  test("other people: who may approve changes, though the count does not", () => {
    const ladder = candidate(`${defaultWorkRules}\n${compileAuthority(ladderAuthority)}`);
    expect(diff(ladder).differences).toContainEqual({
      change: "approvers change",
      action: "R08",
      from: "finance: FinanceManager",
      to: "finance: FinanceManager, PracticeDirector",
      count: 3,
      examples: ["proposal:P-000001:1", "proposal:P-000002:1", "proposal:P-000003:1"],
    });
  });

  test("an answer on record comes back byte for byte under its own rules, and not under others", () => {
    for (const record of records) expect(replayDecision(record, inForce)).toBe(record.answer);
    const others = rule("// other");
    expect(records.filter((record) => replayDecision(record, others) === record.answer)).toEqual(
      [],
    );
  });
});

describe("rules that lock a firm out of its own rules", () => {
  const locked = (tenantRules: string, people = members) =>
    lockedOut(candidate(tenantRules), { tenant: northwind, members: people, now });

  test("the shipped ones do not", () => {
    expect(locked(defaultTenantRules)).toBeNull();
  });

  test("one administrator is too few, and two accounts of one human are one", () => {
    expect(locked(defaultTenantRules, members.slice(0, 3))).toMatch(/^under these rules 1 /);
    const twin = { ...member("ada-2", "Administrator"), sameHumanAs: person("ada") };
    expect(locked(defaultTenantRules, [...members.slice(0, 3), twin])).toMatch(/rules 1 of/);
  });

  test("a rule that refuses every change of the rules is named", () => {
    const frozen = `${defaultTenantRules}\n@id("T44-frozen") @reason("For ever")
      forbid (principal, action == Ops::Action::"P01", resource);`;
    expect(locked(frozen)).toContain("T44-frozen");
  });
});
