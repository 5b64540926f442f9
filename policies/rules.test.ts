import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ActionGroup, ActionId, PlatformAction, SinkClass } from "#/domain/action.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { Role } from "#/domain/member.ts";
import { checkVote, decideExecute } from "./decide.ts";
import { actionGroups, enumeration } from "./engine.ts";
import { evaluateClosed } from "./evaluate-closed.ts";
import {
  defaultTenantRules,
  loadPolicySet,
  type PolicySet,
  shippedGuardrails,
  shippedSchema,
} from "./policy-set.ts";
import { capabilityRequest } from "./requests.ts";
import { afterHoursFreezeCases } from "./rules/after-hours-freeze.cases.ts";
import { type Case, permitEverything, withStandIns } from "./rules/case.ts";
import { guardrailPeopleCases } from "./rules/guardrails-on-people.cases.ts";
import { guardrailRunCases } from "./rules/guardrails-on-runs.cases.ts";
import { tenantDefaultCases } from "./rules/tenant-default.cases.ts";

const freeze = readFileSync(join(import.meta.dirname, "rules/after-hours-freeze.cedar"), "utf8");
const calendar: BusinessCalendar = {
  zone: "Europe/Berlin",
  days: [1, 2, 3, 4, 5],
  opensAt: 480,
  closesAt: 1080,
  holidays: [],
};

const load = (name: string, tenantRules: string): PolicySet =>
  loadPolicySet({
    name,
    tenantRules,
    guardrails: shippedGuardrails,
    schema: withStandIns(shippedSchema),
  });

const tables = [
  {
    name: "guardrails",
    cases: [...guardrailPeopleCases, ...guardrailRunCases],
    set: load("cases-guardrails", permitEverything),
    rules: (id: string) => id.startsWith("G"),
  },
  {
    name: "tenant default",
    cases: tenantDefaultCases,
    set: load("cases-default", defaultTenantRules),
    rules: (id: string) => id.startsWith("T"),
  },
  {
    name: "after-hours freeze",
    cases: afterHoursFreezeCases,
    set: load("cases-freeze", `${defaultTenantRules}\n${freeze}`),
    rules: (id: string) => id.startsWith("T05"),
  },
];

function answer(set: PolicySet, { ask }: Case) {
  if ("execute" in ask) {
    const decision = decideExecute(set, ask.execute, { businessWindow: calendar });
    return {
      expect: decision.effect,
      need: decision.effect === "require" ? decision.need : undefined,
      waits: decision.effect === "require" ? decision.waits : undefined,
      by: decision.policies.map(({ id }) => id),
    };
  }
  const { allowed, ids } =
    "vote" in ask
      ? {
          allowed: checkVote(set, ask.vote).allowed,
          ids: checkVote(set, ask.vote).policies.map(({ id }) => id),
        }
      : evaluateClosed(set, capabilityRequest(ask.right));
  return { expect: allowed ? "allow" : "deny", need: undefined, waits: undefined, by: [...ids] };
}

describe.each(tables)("$name", ({ cases, set, rules }) => {
  test.each(cases)("$says", (row) => {
    const got = answer(set, row);
    expect(got).toEqual({
      expect: row.expect,
      need: row.need,
      waits: row.waits ?? (row.expect === "require" ? [] : undefined),
      by: [...row.by],
    });
    for (const id of row.spares ?? []) expect(got.by).not.toContain(id);
  });

  test("every rule has a row that fires it and one that does not", () => {
    const ids = [...set.declared.keys()].filter(rules);
    expect(ids.length).toBeGreaterThan(0);
    const fired = new Set(cases.flatMap((row) => answer(set, row).by));
    const spared = new Set(cases.flatMap((row) => row.spares ?? []));
    expect(ids.filter((id) => !fired.has(id))).toEqual([]);
    expect(ids.filter((id) => !spared.has(id))).toEqual([]);
    const unknown = [...spared].filter((id) => !set.declared.has(id));
    expect(unknown).toEqual([]);
  });
});

describe("the schema", () => {
  test("has the roles and sink classes of the domain", () => {
    expect(enumeration(shippedSchema, "Role")).toEqual(Role.options);
    expect(enumeration(shippedSchema, "SinkClass")).toEqual(SinkClass.options);
  });

  test("has every action of the catalogue in exactly one group, and no other", () => {
    const inGroups = [...actionGroups(shippedSchema)].filter(([, groups]) =>
      groups.some((group) => ActionGroup.safeParse(group).success),
    );
    expect(inGroups.map(([id]) => id).sort()).toEqual(
      [...ActionId.options, ...PlatformAction.options].sort(),
    );
    expect(inGroups.every(([, groups]) => groups.length === 1)).toBe(true);
  });

  test("guardrails hold no permit: they can only take away", () => {
    expect(shippedGuardrails).not.toMatch(/^\s*permit\b/m);
  });
});
