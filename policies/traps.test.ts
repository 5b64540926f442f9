import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActionId } from "#/domain/action.ts";
import { checkVote, decideExecute } from "./decide.ts";
import { type Entity, evaluate, type Request, type Value } from "./engine.ts";
import { evaluateClosed } from "./evaluate-closed.ts";
import type { ExecuteFacts } from "./facts.ts";
import {
  createPolicySet,
  defaultTenantRules,
  loadPolicySet,
  type PolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { approveRequest, executeRequest } from "./requests.ts";
import { agent, execute, human, ownHash, permitEverything, proposal, vote } from "./rules/case.ts";

const firm = createPolicySet({ name: "traps", tenantRules: defaultTenantRules });
const approved = execute({ votes: { finance: 1 } });

const requestOf = (request: Request | null): Request => {
  if (!request) throw new Error("these facts were meant to be usable");
  return request;
};
const executing = requestOf(executeRequest(approved));
const voting = requestOf(approveRequest(vote()));
const without = (request: Request, type: string): Request => ({
  ...request,
  entities: request.entities.filter(({ ref }) => ref.type !== type),
});
const ids = (set: PolicySet, facts: ExecuteFacts) =>
  decideExecute(set, facts).policies.map(({ id }) => id);
const effect = (facts: ExecuteFacts) => decideExecute(firm, facts).effect;

test("the facts these traps start from are allowed", () => {
  expect(effect(approved)).toBe("allow");
  expect(checkVote(firm, vote()).allowed).toBe(true);
});

describe("an entity that is missing", () => {
  test.each(["Agent", "Proposal", "Project"])("%s: refused before the engine is asked", (type) => {
    expect(evaluateClosed(firm, without(executing, type))).toEqual({
      allowed: false,
      ids: ["F02-entity-missing"],
    });
  });

  test("the engine alone would have said yes: it skips a forbid that fails", () => {
    const raw = evaluate(firm.slot, without(executing, "Agent"));
    expect(raw?.allowed).toBe(true);
    expect(raw?.failing).toContain("G01-tenant-isolation");
  });

  test("a voter who is missing is refused", () => {
    expect(evaluateClosed(firm, without(voting, "Human")).ids).toEqual(["F02-entity-missing"]);
  });
});

test("a rule that cannot be evaluated refuses, even beside a permit", () => {
  const overflow = loadPolicySet({
    name: "traps-overflow",
    schema: shippedSchema,
    guardrails: shippedGuardrails,
    tenantRules: `${defaultTenantRules}
      @id("T90-overflow") @reason("A rule with a sum that may not fit")
      forbid (principal, action == Ops::Action::"R08", resource)
      when { context.sentLast24h + 9223372036854775807 < 0 };`,
  });
  expect(decideExecute(overflow, approved).effect).toBe("allow");
  const failing = execute({ votes: { finance: 1 }, sent: 1 });
  expect(evaluate(overflow.slot, requestOf(executeRequest(failing)))?.allowed).toBe(true);
  expect(ids(overflow, failing)).toEqual(["F05-rule-failed", "T90-overflow"]);
});

describe("malformed facts", () => {
  const malformed: readonly [string, ExecuteFacts][] = [
    ["five decimals", execute({ votes: { finance: 1 }, amount: "1.00001" })],
    ["no number", execute({ votes: { finance: 1 }, amount: "25k" })],
    ["an amount too large", execute({ votes: { finance: 1 }, amount: "999999999999999.00" })],
    ["an empty amount", execute({ votes: { finance: 1 }, amount: "" })],
    ["an impossible date", { ...approved, now: "2026-02-31T10:00:00Z" }],
    ["a local time as an instant", { ...approved, expiresAt: "2026-11-24T10:00:00" }],
    [
      "a negative count",
      { ...approved, approvals: { finance: -1, contract: 0, delivery: 0, administration: 0 } },
    ],
    ["a fractional count", { ...approved, sentLast24h: 0.5 }],
    ["not a number", { ...approved, sentLast24h: Number.NaN }],
    ["a count above 2^53", { ...approved, sentLast24h: 2 ** 53 }],
    ["a BigInt", { ...approved, sentLast24h: 1n as unknown as number }],
    ["a count as text", { ...approved, sentLast24h: "1" as unknown as number }],
    ["a minute of another day", { ...approved, local: { minuteOfDay: 1440, businessDay: true } }],
    ["a hash that is none", { ...approved, approvedHash: "approved" }],
    ["an empty payload hash", { ...approved, proposal: { ...proposal(), payloadHash: "" } }],
    [
      "a group of another action",
      { ...approved, proposal: { ...proposal(), group: "internalMessage" } },
    ],
    [
      "an action outside the catalogue",
      { ...approved, proposal: { ...proposal(), action: "R99" as ActionId } },
    ],
    [
      "a group instead of an action",
      { ...approved, proposal: { ...proposal(), action: "financialWrite" as ActionId } },
    ],
  ];
  test.each(malformed)("%s is refused", (_says, facts) => {
    expect(ids(firm, facts)).toEqual(["F01-facts-malformed"]);
  });

  test("a whole amount without a point is an amount", () => {
    expect(effect(execute({ votes: { finance: 1 }, amount: "24000" }))).toBe("allow");
    expect(effect(execute({ votes: { finance: 1 }, amount: "26000" }))).toBe("require");
  });

  test("a negative amount is under every limit, and refused", () => {
    expect(ids(firm, execute({ votes: { finance: 1 }, amount: "-1.00" }))).toEqual([
      "G11-negative-amount",
    ]);
  });

  test("instants with microseconds are cut, and never to a later time", () => {
    const at = (nowText: string, expiry: string) =>
      effect(execute({ votes: { finance: 1 }, now: nowText, expiresAt: expiry }));
    expect(at("2026-11-23T10:00:00.123456Z", "2026-11-23T10:00:00.124Z")).toBe("allow");
    expect(at("2026-11-23T10:00:00.123456Z", "2026-11-23T10:00:00.123999Z")).toBe("deny");
  });

  // What a fact may become that was lost or garbled on its way here.
  const garbled = fc.oneof(
    fc.anything(),
    fc.constantFrom(undefined, null, "", [], {}, Number.NaN, -1, 1n, "\u0000", { ref: null }),
  );
  const fieldsOf = (value: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(value));

  test("P1: money without a vote never runs, whichever fact is garbled", () => {
    const facts = execute();
    fc.assert(
      fc.property(fieldsOf(facts), garbled, (field, value) => {
        // Garbled votes are the one way in, and only as whole numbers with the right hash.
        fc.pre(field !== "approvals");
        expect(decideExecute(firm, { ...facts, [field]: value }).effect).not.toBe("allow");
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fieldsOf(facts.proposal), garbled, (field, value) => {
        const bent = { ...facts, proposal: { ...facts.proposal, [field]: value } };
        expect(decideExecute(firm, bent).effect).not.toBe("allow");
      }),
      { numRuns: 300 },
    );
  });

  test("P1: an agent never votes, whichever fact is garbled", () => {
    const facts = vote({ voter: agent() });
    fc.assert(
      fc.property(fieldsOf(facts), garbled, (field, value) => {
        expect(checkVote(firm, { ...facts, [field]: value }).allowed).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("requests that do not fit the schema", () => {
  const patched = (context: Record<string, unknown>): Request => ({
    ...executing,
    context: { ...executing.context, ...context } as Record<string, Value>,
  });
  // Which of two would count? Neither.
  const other: Entity = {
    ref: { type: "Project", id: "apollo" },
    attributes: { tenant: { ref: { type: "Tenant", id: "contoso" } } },
    parents: [],
  };
  const requests: readonly [string, Request, string][] = [
    ["a fact too many", patched({ approvedBy: "the model" }), "F04-request-invalid"],
    ["a count as text", patched({ sentLast24h: "0" }), "F04-request-invalid"],
    ["not a number", patched({ sentLast24h: Number.NaN }), "F04-request-invalid"],
    ["five decimals", patched({ sentLast24h: { decimal: "1.00001" } }), "F04-request-invalid"],
    ["no context", { ...executing, context: {} }, "F04-request-invalid"],
    ["an unknown action", { ...executing, action: "R99" }, "F04-request-invalid"],
    [
      "two of one entity",
      { ...executing, entities: [...executing.entities, other] },
      "F04-request-invalid",
    ],
    ["a BigInt", patched({ sentLast24h: 1n }), "F03-engine-failed"],
  ];
  test.each(requests)("%s is refused", (_says, request, id) => {
    expect(evaluateClosed(firm, request)).toEqual({ allowed: false, ids: [id] });
  });

  test("a role that does not exist is refused", () => {
    const voter = human("fiona", ["CFO" as "FinanceManager"]);
    const check = checkVote(firm, vote({ voter }));
    expect(check).toMatchObject({ allowed: false, policies: [{ id: "F04-request-invalid" }] });
  });
});

describe("a cure that does not cure", () => {
  const lying = (rule: string) =>
    createPolicySet({ name: "traps-lying", tenantRules: `${defaultTenantRules}\n${rule}` });

  test("a forbid that no vote can lift is a no, whatever its annotation claims", () => {
    const set = lying(`@id("T91-lie") @reason("A vote would not help")
      @cure("approval") @approval("delivery") @count("1")
      forbid (principal, action == Ops::Action::"R08", resource);`);
    expect(decideExecute(set, approved).effect).toBe("deny");
    expect(ids(set, approved)).toEqual(["F07-cure-does-not-cure", "T91-lie"]);
  });

  test("a count that is too small is a no", () => {
    const set = lying(`@id("T91-lie") @reason("Says one and wants two")
      @cure("approval") @approval("finance") @count("1")
      forbid (principal, action == Ops::Action::"R08", resource)
      unless { context.approvals.finance >= 2 };`);
    expect(ids(set, execute())).toContain("F07-cure-does-not-cure");
  });

  test("a rule that forbids what another demands is a no", () => {
    const set = lying(`@id("T91-lie") @reason("Never with a vote")
      forbid (principal, action == Ops::Action::"R08", resource)
      when { context.approvals.finance > 0 };`);
    expect(decideExecute(set, execute()).effect).toBe("deny");
  });

  test("a wait is a no while nobody says when the firm opens", () => {
    const set = lying(`@id("T91-wait") @reason("Not now")
      @cure("wait") @until("next-business-window")
      forbid (principal, action == Ops::Action::"R08", resource)
      when { context.local.minuteOfDay < 720 };`);
    expect(ids(set, approved)).toEqual(["F07-cure-does-not-cure", "T91-wait"]);
  });
});

test("P2: a payload that differs from the approved one in one character does not run", () => {
  fc.assert(
    fc.property(fc.nat(63), fc.constantFrom(..."023456789abcdef".split("")), (place, digit) => {
      const changed = `${ownHash.slice(0, place)}${digit}${ownHash.slice(place + 1)}`;
      expect(ids(firm, { ...approved, approvedHash: changed })).toEqual([
        "G08-approved-is-executed",
      ]);
    }),
    { numRuns: 100 },
  );
});

test("P1: under the worst rules, nobody runs money or reaches a client without a vote", () => {
  const worst = createPolicySet({ name: "traps-worst", tenantRules: permitEverything });
  for (const action of ["R08", "R14", "R16"] as const)
    expect(decideExecute(worst, execute({ action, amount: "900000.00" })).effect).toBe("require");
  expect(decideExecute(worst, execute({ action: "R01", internal: false })).effect).toBe("deny");
});
