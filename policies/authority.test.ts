import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ActionGroup, type ActionId } from "#/domain/action.ts";
import { ApprovalKind } from "#/domain/decision.ts";
import { type Member, Role } from "#/domain/member.ts";
import {
  AuthorityMatrix,
  ladderAuthority,
  reachOf,
  readAuthority,
  startingAuthority,
} from "./authority-matrix.ts";
import { compileAuthority } from "./compile-authority.ts";
import { checkVote, decideExecute } from "./decide.ts";
import type { ProposalFacts } from "./facts.ts";
import { approveMismatches, executeMismatches } from "./oracle/compare.ts";
import { ladderAgrees, ladderPeople } from "./oracle/oracle-of-the-ladder.ts";
import {
  createPolicySet,
  defaultTenantRules,
  defaultWorkRules,
  loadPolicySet,
  type PolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { execute, human, northwind, person, vote, withStandIns } from "./rules/case.ts";
import { whoMayApprove } from "./who-may-approve.ts";

const full = process.env["COUNTERSIGN_FULL_LATTICE"] === "1";

/** Credit notes and write-offs, as long as the catalogue has none, stand in the schema for this test. */
const withDivided = (schema: string): string =>
  ["R11", "R12"].reduce(
    (text, action) =>
      new RegExp(`action [^;]*\\b${action}\\b`).test(text)
        ? text
        : text.replace(
            "  action approve;",
            `  action ${action} in [financialWrite] appliesTo { principal: [Agent], resource: [Proposal], context: ExecuteContext };\n  action approve;`,
          ),
    schema,
  );

const setOf = (name: string, matrix: AuthorityMatrix): PolicySet =>
  loadPolicySet({
    name: `authority-${name}`,
    guardrails: shippedGuardrails,
    tenantRules: `${defaultWorkRules}\n${compileAuthority(matrix)}`,
    schema: withDivided(withStandIns(shippedSchema)),
  });

const euro = (minor: number): string =>
  `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;

describe("the matrix a firm starts with", () => {
  test("P1, P3: says at every point what the shipped rules say", { timeout: 120_000 }, () => {
    const set = setOf("start", startingAuthority);
    const question = { set, firm: "default" as const, oneIn: full ? 7 : 211 };
    expect([...approveMismatches(question)].slice(0, 3)).toEqual([]);
    expect([...executeMismatches(question)].slice(0, 3)).toEqual([]);
  });

  test("is what `npm start` loads: its rules are the default ones", () => {
    expect(
      createPolicySet({ name: "start", tenantRules: defaultTenantRules }).declared,
    ).toBeTruthy();
    expect(defaultTenantRules).toContain("T10-finance-managers-approve-money");
  });
});

describe("the ladder, at every role, boundary and kind of change", () => {
  const set = setOf("ladder", ladderAuthority);
  const steps = [100_000, 500_000, 2_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000];
  const amounts = [0, 1, ...steps.flatMap((minor) => [minor - 1, minor, minor + 1]), 900_000_000];
  const changes = [
    { action: "R08", group: "financialWrite" },
    { action: "R11", group: "financialWrite" },
    { action: "R12", group: "financialWrite" },
    { action: "standInContractChange", group: "contractChange" },
    { action: "R14", group: "clientVisible" },
  ] as const;
  const asked = (change: (typeof changes)[number], minor: number): ProposalFacts => ({
    ...vote({ amount: euro(minor) }).proposal,
    action: change.action as ActionId,
    group: change.group,
  });

  test("P3: who may agree is what the requirements say, credit notes and write-offs at a fifth", () => {
    const seen = { yes: 0, no: 0 };
    const wrong: unknown[] = [];
    for (const change of changes)
      for (const minor of amounts)
        for (const role of Role.options)
          for (const as of ApprovalKind.options) {
            const voter = human("vera", [role]);
            const got = checkVote(set, {
              ...vote({ voter, as, trusted: true }),
              proposal: asked(change, minor),
            });
            const expected = ladderAgrees({ role, as, minor, action: change.action });
            if (got.allowed !== expected) wrong.push({ change, minor, role, as, got });
            seen[expected ? "yes" : "no"] += 1;
          }
    expect(wrong).toEqual([]);
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(500);
  });

  test("P1: how many must agree is what the requirements say", () => {
    for (const change of changes)
      for (const minor of amounts) {
        const facts = { ...execute({}), proposal: asked(change, minor) };
        const got = decideExecute(set, facts);
        const need = got.effect === "require" ? got.need : got.effect;
        expect({ change, minor, need }).toEqual({
          change,
          minor,
          need: ladderPeople({ action: change.action, minor }),
        });
      }
  });

  test("over the limit it goes up, and the refusal says to whom", () => {
    const voter = human("piet", ["ProjectManager"]);
    const got = checkVote(set, {
      ...vote({ voter, trusted: true }),
      proposal: asked(changes[0], 3_000_000),
    });
    expect(got.policies.map(({ reason }) => reason)).toContain(
      "Above 25,000 a finance approval is for: practice director, finance controller, finance manager or chief financial officer",
    );
  });
});

const grant = fc.record({
  approval: fc.constantFrom(...ApprovalKind.options),
  role: fc.constantFrom(...Role.options),
  groups: fc.option(fc.subarray([...ActionGroup.options], { minLength: 1 }), { nil: undefined }),
  upTo: fc.option(fc.integer({ min: 1, max: 5_000_000 }), { nil: null }),
});
const matrices = fc
  .record({
    name: fc.constant("any"),
    grants: fc.uniqueArray(grant, {
      minLength: 1,
      maxLength: 8,
      selector: ({ approval, role }) => `${approval} ${role}`,
    }),
    quorums: fc.array(
      fc.record({
        group: fc.constantFrom(...ActionGroup.options),
        approval: fc.constantFrom(...ApprovalKind.options),
        above: fc.integer({ min: 0, max: 5_000_000 }),
        people: fc.integer({ min: 2, max: 4 }),
      }),
      { maxLength: 3 },
    ),
    divided: fc.constantFrom([], [{ actions: ["R11"], by: 5 }]),
    clients: fc.constantFrom([], [{ tier: "strategic" as const, by: 2 }]),
  })
  .map((each) => AuthorityMatrix.parse(each));

describe("any matrix", () => {
  const members = Role.options.map(
    (role): Member => ({
      tenant: northwind,
      id: person(role),
      name: role,
      email: `${role.toLowerCase()}@firm.example`,
      roles: [role],
      active: true,
    }),
  );
  const changes = ["R08", "R11", "R14", "standInContractChange"] as const;
  const groupOf = (action: string): ActionGroup =>
    action === "R14"
      ? "clientVisible"
      : action === "standInContractChange"
        ? "contractChange"
        : "financialWrite";

  test("P1: more money never lowers who must agree, nor how many (fixpoint)", {
    timeout: 120_000,
  }, () => {
    let loaded = 0;
    fc.assert(
      fc.property(
        matrices,
        fc.record({
          action: fc.constantFrom(...changes),
          clientTier: fc.constantFrom(null, "strategic" as const, "standard" as const),
        }),
        fc.array(fc.integer({ min: 0, max: 6_000_000 }), { minLength: 2, maxLength: 4 }),
        (matrix, { action, clientTier }, list) => {
          loaded += 1;
          const set = setOf(`any-${loaded % 2}`, matrix);
          const limits = matrix.grants.flatMap(({ upTo }) =>
            upTo === null ? [] : [upTo, upTo + 1],
          );
          const ordered = [...list, ...limits.slice(0, 4)].toSorted((a, b) => a - b);
          const at = ordered.map((minor) => {
            const facts: ProposalFacts = {
              ...vote({ amount: euro(minor), clientTier }).proposal,
              action: action as ActionId,
              group: groupOf(action),
            };
            const decision = decideExecute(set, { ...execute({}), proposal: facts });
            const need = decision.effect === "require" ? decision.need : {};
            const able = whoMayApprove(set, {
              proposal: facts,
              need: { finance: 1, contract: 1, delivery: 1 },
              members,
              now: execute({}).now,
              expiresAt: execute({}).expiresAt,
            }).map((each) => `${each.kind} ${each.name}`);
            return { need, able: new Set(able) };
          });
          for (const [index, higher] of at.entries()) {
            const lower = at[index - 1];
            if (!lower) continue;
            expect([...higher.able].filter((each) => !lower.able.has(each))).toEqual([]);
            for (const kind of ApprovalKind.options)
              expect(higher.need[kind] ?? 0).toBeGreaterThanOrEqual(lower.need[kind] ?? 0);
          }
        },
      ),
      { numRuns: full ? 300 : 25 },
    );
  });

  test("reads back what it was written from, and says every problem of a wrong one", () => {
    expect(readAuthority(JSON.stringify(ladderAuthority))).toEqual(ladderAuthority);
    expect(() => readAuthority("{")).toThrow("not valid JSON");
    const wrong = {
      ...ladderAuthority,
      grants: [ladderAuthority.grants[0], ladderAuthority.grants[0]],
    };
    expect(() => readAuthority(JSON.stringify(wrong))).toThrow(/ProjectManager twice for finance/);
    expect(() => readAuthority(JSON.stringify({ ...wrong, grants: [] }))).toThrow("grants");
  });

  test("a role reaches as far as the highest of its holder's roles", () => {
    const money = { approval: "finance", group: "financialWrite" } as const;
    expect(reachOf(ladderAuthority, ["ProjectManager", "DeliveryLead"], money)).toBe(2_500_000);
    expect(reachOf(ladderAuthority, ["ChiefFinancialOfficer"], money)).toBe(Infinity);
    expect(reachOf(ladderAuthority, ["Auditor"], money)).toBeNull();
  });
});
