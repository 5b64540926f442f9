import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  approveMismatches,
  executeMismatches,
  rightMismatches,
  type Tally,
} from "./oracle/compare.ts";
import {
  approveLattice,
  executeLattice,
  points,
  rightLattice,
  windowLattice,
} from "./oracle/lattice.ts";
import type { Firm } from "./oracle/oracle.ts";
import {
  defaultTenantRules,
  loadPolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { permitEverything, withStandIns } from "./rules/case.ts";

// COUNTERSIGN_FULL_LATTICE=1 asks every point; a plain run asks one in 83, always the same.
const full = process.env["COUNTERSIGN_FULL_LATTICE"] === "1";
const oneIn = full ? 1 : 83;
const patience = full ? 1_800_000 : 120_000;

const freeze = readFileSync(join(import.meta.dirname, "rules/after-hours-freeze.cedar"), "utf8");
const firms: readonly { firm: Firm; says: string; tenantRules: string }[] = [
  { firm: "default", says: "the shipped rules", tenantRules: defaultTenantRules },
  { firm: "floor", says: "a firm that permits everything", tenantRules: permitEverything },
  {
    firm: "freeze",
    says: "a firm with an after-hours freeze",
    tenantRules: `${defaultTenantRules}\n${freeze}`,
  },
];

const load = (firm: Firm, tenantRules: string) =>
  loadPolicySet({
    name: `lattice-${firm}`,
    tenantRules,
    guardrails: shippedGuardrails,
    schema: withStandIns(shippedSchema),
  });

describe.each(firms)("$says", ({ firm, tenantRules }) => {
  const set = load(firm, tenantRules);

  test(
    "P1, P2: runs nothing that the requirements do not, and asks for exactly the votes they ask for",
    () => {
      const tally: Tally = {};
      expect([...executeMismatches({ set, firm, oneIn }, tally)].slice(0, 3)).toEqual([]);
      // The sample must have seen every kind of answer, or the comparison proves nothing.
      expect(Object.keys(tally).sort()).toEqual(["allow", "deny", "require"]);
      if (full) process.stdout.write(`${firm} execute ${JSON.stringify(tally)}\n`);
    },
    patience,
  );

  test("P8: gives nobody a right to read or propose that the requirements do not", () => {
    const tally: Tally = {};
    expect([...rightMismatches({ set, firm }, tally)].slice(0, 3)).toEqual([]);
    expect(Object.keys(tally).sort()).toEqual(["allow", "deny"]);
  });
});

// The freeze says nothing about votes.
describe.each(firms.filter(({ firm }) => firm !== "freeze"))("$says", ({ firm, tenantRules }) => {
  const set = load(firm, tenantRules);

  test(
    "P3: lets nobody vote whom the requirements do not",
    () => {
      const tally: Tally = {};
      expect([...approveMismatches({ set, firm, oneIn }, tally)].slice(0, 3)).toEqual([]);
      expect(Object.keys(tally).sort()).toEqual(["allow", "deny"]);
      if (full) process.stdout.write(`${firm} approve ${JSON.stringify(tally)}\n`);
    },
    patience,
  );
});

test("the order of points visits each point once", () => {
  const seen = new Set([...points(rightLattice)].map((point) => JSON.stringify(point)));
  expect(seen.size).toBe(rightLattice.size);
});

test("a sample meets every value of every axis", () => {
  const sampled = (used: { axes: Readonly<Record<string, readonly unknown[]>>; size: number }) => {
    const sample = [...points(used, Math.ceil(used.size / 17))];
    return Object.keys(used.axes).map((axis) => new Set(sample.map((point) => point[axis])).size);
  };
  for (const used of [executeLattice, windowLattice, approveLattice])
    expect(sampled(used)).toEqual(Object.values(used.axes).map((values) => values.length));
});
