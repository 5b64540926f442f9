import { describe, expect, test } from "vitest";
import { decideExecute } from "./decide.ts";
import {
  createPolicySet,
  defaultTenantRules,
  loadPolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { execute, permitEverything } from "./rules/case.ts";

const load = (rule: string) => createPolicySet({ name: "loading", tenantRules: rule });
const forbid = (annotations: string, rest = "") =>
  `@id("T50-rule") @reason("Because") ${annotations}
   forbid (principal, action in Ops::Action::"execute", resource) ${rest};`;

describe("a policy set with a mistake is refused, and the mistake is named", () => {
  const refused: readonly [string, string, RegExp][] = [
    ["text that is no policy", "forbid (principal", /unexpected end of input/],
    [
      "a typo in an attribute",
      forbid("", 'when { resource.amonut.lessThan(decimal("1.0")) }'),
      /did you mean `amount`/,
    ],
    [
      "a typo in a type",
      forbid("", 'when { principal in Ops::Rol::"FinanceManager" }'),
      /did you mean `Ops::Role`/,
    ],
    [
      "a typo in a role",
      '@id("T50-rule") @reason("Because") permit (principal in Ops::Role::"FinancManager", action, resource);',
      /FinancManager/,
    ],
    [
      "an unknown sink class",
      forbid("", 'when { resource.untrustedSinks.contains(Ops::SinkClass::"iban") }'),
      /iban/,
    ],
    [
      "an amount compared as a number",
      forbid("", "when { resource.amount > 25000 }"),
      /expected Long but saw decimal/,
    ],
    [
      "a decimal that is none",
      forbid("", 'when { resource.amount.lessThan(decimal("25k")) }'),
      /25k/,
    ],
    [
      "an optional fact used without asking for it",
      forbid("", 'when { resource.requester == Ops::Human::"x" }'),
      /unable to guarantee safety of access to optional attribute/,
    ],
    [
      "a rule that can never fire",
      forbid(
        "",
        "when { resource.recipientInternal && !resource.recipientInternal && principal is Ops::Human }",
      ),
      /impossible|unable to find an applicable action/,
    ],
    [
      "an action outside the catalogue",
      '@id("T50-rule") @reason("Because") permit (principal, action == Ops::Action::"R99", resource);',
      /R99/,
    ],
    [
      "an emergency override, which does not exist",
      '@id("T50-rule") @reason("Because") permit (principal, action == Ops::Action::"breakGlass", resource);',
      /breakGlass/,
    ],
    ["no id", '@reason("Because") permit (principal, action, resource);', /a policy: has no @id/],
    [
      "no reason",
      '@id("T50-rule") permit (principal, action, resource);',
      /T50-rule: has no @reason/,
    ],
    [
      "a blank reason",
      '@id("T50-rule") @reason(" ") permit (principal, action, resource);',
      /has no @reason/,
    ],
    [
      "the id of a guardrail",
      '@id("G14-money-needs-a-human") @reason("Mine") permit (principal, action, resource);',
      /must look like T01/,
    ],
    [
      "an id used twice",
      `${permitEverything} ${permitEverything}`,
      /T99-permit-everything: another policy has the same @id/,
    ],
    [
      "an annotation nobody knows",
      forbid('@cuer("approval")'),
      /@cuer is not an annotation we know/,
    ],
    ["a cure nobody knows", forbid('@cure("prayer")'), /@cure must be "approval" or "wait"/],
    [
      "a kind of approval that does not exist",
      forbid('@cure("approval") @approval("board") @count("1")'),
      /@approval must be one of: finance, contract, delivery/,
    ],
    [
      "a cure by approval of no kind",
      forbid('@cure("approval") @count("1")'),
      /@approval must be one of/,
    ],
    [
      "a count of none",
      forbid('@cure("approval") @approval("finance") @count("0")'),
      /@count must be a whole number/,
    ],
    [
      "a count that is no number",
      forbid('@cure("approval") @approval("finance") @count("two")'),
      /@count must be a whole number/,
    ],
    [
      "a count left out",
      forbid('@cure("approval") @approval("finance")'),
      /@count must be a whole number/,
    ],
    ["a wait for nothing", forbid('@cure("wait")'), /@until must be one of: next-business-window/],
    [
      "a wait for something unknown",
      forbid('@cure("wait") @until("tomorrow")'),
      /@until must be one of/,
    ],
    [
      "a wait with a count",
      forbid('@cure("wait") @until("next-business-window") @count("1")'),
      /@count does not go with/,
    ],
    [
      "a vote with a time",
      forbid('@cure("approval") @approval("finance") @count("1") @until("next-business-window")'),
      /@until does not go with/,
    ],
    ["a count without a cure", forbid('@count("2")'), /@count means nothing without @cure/],
    [
      "a cure on a permit",
      '@id("T50-rule") @reason("Because") @cure("approval") @approval("finance") @count("1") permit (principal, action, resource);',
      /@cure belongs on a forbid/,
    ],
    [
      "an obligation on a forbid",
      forbid('@obligation("tell-security")'),
      /@obligation belongs on a permit/,
    ],
    [
      "an empty obligation",
      '@id("T50-rule") @reason("Because") @obligation("a;;b") permit (principal, action, resource);',
      /empty part/,
    ],
    [
      "a template",
      '@id("T50-rule") @reason("Because") permit (principal == ?principal, action, resource);',
      /templates are not supported/,
    ],
  ];
  test.each(refused)("%s", (_says, rules, problem) => {
    expect(() => load(rules)).toThrow(problem);
    expect(() => load(rules)).toThrow(expect.objectContaining({ code: "POLICY_SET_INVALID" }));
  });

  test("every mistake is reported at once", () => {
    const rules = `${forbid('@cure("prayer")')} @id("T51-other") permit (principal, action, resource);`;
    expect(() => load(rules)).toThrow(/T50-rule: @cure must be .*T51-other: has no @reason/);
  });

  test("a set without guardrails is refused", () => {
    const bare = { name: "bare", tenantRules: permitEverything, schema: shippedSchema };
    expect(() => loadPolicySet({ ...bare, guardrails: "// nothing\n" })).toThrow(/no guardrails/);
  });

  test("the set loaded before stays in force", () => {
    const before = load(defaultTenantRules);
    expect(() => load("forbid (")).toThrow(/refused/);
    expect(decideExecute(before, execute({ votes: { finance: 1 } })).effect).toBe("allow");
  });
});

describe("the hash of a set", () => {
  const hashOf = (tenantRules: string) => createPolicySet({ name: "hashing", tenantRules }).hash;

  test("names the rules, and not the firm", () => {
    expect(hashOf(defaultTenantRules)).toMatch(/^[0-9a-f]{64}$/);
    expect(createPolicySet({ name: "other", tenantRules: defaultTenantRules }).hash).toBe(
      hashOf(defaultTenantRules),
    );
    expect(hashOf(permitEverything)).not.toBe(hashOf(defaultTenantRules));
  });

  test("changes with a guardrail and with the schema", () => {
    const shipped = { guardrails: shippedGuardrails, schema: shippedSchema };
    const of = (changed: Partial<typeof shipped>) =>
      loadPolicySet({ name: "hashing", tenantRules: permitEverything, ...shipped, ...changed })
        .hash;
    const hashes = [
      of({}),
      of({ guardrails: shippedGuardrails.replace("25000.00", "24000.00") }),
      of({ schema: `${shippedSchema}\n// changed\n` }),
    ];
    expect(new Set(hashes).size).toBe(3);
  });

  test("is the same on a checkout with other line ends", () => {
    expect(hashOf(defaultTenantRules.replaceAll("\n", "\r\n"))).toBe(hashOf(defaultTenantRules));
  });

  test("stands in every decision", () => {
    const set = createPolicySet({ name: "hashing", tenantRules: defaultTenantRules });
    expect(decideExecute(set, execute()).policySetHash).toBe(set.hash);
  });
});

describe("replacing a set", () => {
  const numbered = (n: number) => `${permitEverything}\n// ${n}\n`;
  const swap = (n: number) => createPolicySet({ name: "swapping", tenantRules: numbered(n) });
  const decide = (set: ReturnType<typeof swap>) =>
    decideExecute(set, execute({ votes: { finance: 1 } }));

  test("a decision under way finishes with the set it began with", () => {
    const first = swap(1);
    const second = swap(2);
    expect(first.slot.id).not.toBe(second.slot.id);
    expect([decide(first).effect, decide(second).effect]).toEqual(["allow", "allow"]);
  });

  test("a set that was replaced twice refuses instead of answering with other rules", () => {
    const stale = swap(3);
    swap(4);
    swap(5);
    expect(decide(stale)).toMatchObject({
      effect: "deny",
      policies: [{ id: "F03-engine-failed" }],
    });
  });

  test("loading the same rules again takes no other slot", () => {
    const slots = [swap(6), swap(6), swap(6)].map(({ slot }) => slot.id);
    expect(new Set(slots).size).toBe(1);
  });
});
