import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isCountersignError } from "#/domain/errors.ts";
import { approveMismatches, executeMismatches, rightMismatches } from "./oracle/compare.ts";
import { type Mutant, mutantsOf } from "./oracle/mutants.ts";
import type { Firm } from "./oracle/oracle.ts";
import { survivingMutants } from "./oracle/surviving-mutants.ts";
import {
  defaultTenantRules,
  loadPolicySet,
  type PolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { permitEverything, withStandIns } from "./rules/case.ts";

// COUNTERSIGN_FULL_MUTATION=1 tries every mutant; a plain run tries one in 61.
const full = process.env["COUNTERSIGN_FULL_MUTATION"] === "1";
const oneIn = full ? 1 : 61;
const patience = full ? 3_600_000 : 120_000;
// A mutant dies at its first difference: most in a few hundred points, the stubborn ones see them all.
const lattices = [400, 17];

const freeze = readFileSync(join(import.meta.dirname, "rules/after-hours-freeze.cedar"), "utf8");
const targets: readonly {
  firm: Firm;
  says: string;
  mutants: Mutant[];
  assemble: (rules: string) => { guardrails: string; tenantRules: string };
}[] = [
  {
    // Under the worst firm, where nothing else stands behind a guardrail.
    firm: "floor",
    says: "guardrails",
    mutants: mutantsOf(shippedGuardrails),
    assemble: (guardrails) => ({ guardrails, tenantRules: permitEverything }),
  },
  {
    firm: "default",
    says: "the rules a firm starts with",
    mutants: mutantsOf(defaultTenantRules),
    assemble: (tenantRules) => ({ guardrails: shippedGuardrails, tenantRules }),
  },
  {
    firm: "freeze",
    says: "the after-hours freeze",
    mutants: mutantsOf(freeze),
    assemble: (rules) => ({
      guardrails: shippedGuardrails,
      tenantRules: `${defaultTenantRules}\n${rules}`,
    }),
  },
];

function survives(firm: Firm, rules: { guardrails: string; tenantRules: string }): boolean {
  let set: PolicySet;
  try {
    set = loadPolicySet({ name: `mutant-${firm}`, schema: withStandIns(shippedSchema), ...rules });
  } catch (error) {
    if (isCountersignError(error) && error.code === "POLICY_SET_INVALID") return false;
    throw error;
  }
  return lattices.every((oneInPoints) => {
    const question = { set, firm, oneIn: oneInPoints };
    return (
      approveMismatches({ ...question, oneIn: oneInPoints * 5 }).next().done === true &&
      rightMismatches(question).next().done === true &&
      executeMismatches(question).next().done === true
    );
  });
}

describe.each(targets)("$says", ({ firm, mutants, assemble }) => {
  test(
    "no small change to a rule goes unnoticed, or it is explained",
    () => {
      expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
      const tried = mutants.filter((_mutant, index) => index % oneIn === 0);
      const survivors = tried.filter(({ rules }) => survives(firm, assemble(rules)));
      if (full)
        process.stdout.write(`${firm}: ${tried.length} mutants, ${survivors.length} survive\n`);
      expect(
        survivors.map(({ name }) => name).filter((name) => !(name in survivingMutants)),
      ).toEqual([]);
    },
    patience,
  );
});

test("the explained survivors are mutants that exist", () => {
  const names = new Set(targets.flatMap(({ mutants }) => mutants.map(({ name }) => name)));
  expect(Object.keys(survivingMutants).filter((name) => !names.has(name))).toEqual([]);
});
