import { describe, expect, test } from "vitest";
import { type ProjectHealth } from "../health/project-health.ts";
import { assessAccount, lifecycleStage } from "./account.ts";
import { assessHealth, noMemory } from "./assess-project.ts";
import { contract, project, type Sample, sampleFirm, sponsorMet, ticket } from "./sample-firm.ts";

const booleans = [true, false];
const cases = booleans.flatMap((red) =>
  booleans.flatMap((escalated) =>
    booleans.flatMap((silent) =>
      booleans.map((inside) => [{ red, escalated, silent, inside }] as const),
    ),
  ),
);

const risk = (
  { red, escalated, silent, inside }: (typeof cases)[number][0],
  without: readonly string[] = [],
) => {
  const records: Sample[] = [
    ["contact", "K1", sponsorMet(silent ? "2026-10-01" : "2026-11-20")],
    ["contract", "CT1", contract(inside ? "2027-01-15" : "2027-05-30")],
    ...(escalated ? ([["ticket", "T1", ticket]] as const) : []),
  ];
  const known = {
    psa: "2026-11-23T09:00:00Z",
    crm: "2026-11-23T09:00:00Z",
    itsm: "2026-11-23T09:00:00Z",
    erp: "2026-11-23T09:00:00Z",
  };
  const view = sampleFirm(
    records,
    Object.fromEntries(Object.entries(known).filter(([system]) => !without.includes(system))),
  );
  const health = {
    ...assessHealth(view, "P1", noMemory),
    rag: red ? "red" : "green",
  } as ProjectHealth;
  return assessAccount(view, "C1", new Map([["P1", health]]));
};

describe("renewal risk of an account", () => {
  test.each(cases)("%o: high only when all three are there, medium for two", (signals) => {
    const present = [signals.red, signals.escalated, signals.silent].filter(Boolean).length;
    const found = risk(signals);
    expect(found.level).toBe(present === 3 ? "high" : present === 2 ? "medium" : "low");
    expect(found.inside).toBe(signals.inside);
    expect(found.drivers).toHaveLength(present);
    expect(found.intervention).toBe(present >= 2 ? "R26" : null);
  });

  test("the score rises inside 120 days and cannot lift the level", () => {
    const two = { red: true, escalated: true, silent: false };
    const [inside, outside] = [risk({ ...two, inside: true }), risk({ ...two, inside: false })];
    expect(inside.score).toBeGreaterThan(outside.score ?? 100);
    expect(inside.level).toBe("medium");
  });

  test("P6: a system that never answered leaves the level open, it does not lower it", () => {
    const all = { red: true, escalated: true, silent: true, inside: true };
    expect(risk(all, ["itsm"])).toMatchObject({ level: "unknown", between: ["medium", "high"] });
    expect(risk(all, ["crm"])).toMatchObject({ level: "unknown", between: ["medium", "high"] });
  });

  test("P5: every driver has evidence", () => {
    for (const { evidence } of risk({ red: true, escalated: true, silent: true, inside: true })
      .drivers)
      expect(evidence.length).toBeGreaterThan(0);
  });
});

describe("lifecycle stage", () => {
  test.each([
    ["delivering", []],
    ["renewing", [["contract", "CT1", contract("2027-01-15")]]],
    ["onboarding", [["project", "P1", { ...project, status: "proposed" }]]],
    ["dormant", [["project", "P1", { ...project, status: "completed" }]]],
  ] as const)("%s", (stage, records) => {
    expect(lifecycleStage(sampleFirm(records as readonly Sample[]), "C1")).toBe(stage);
  });
});
