import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "#/domain/canonical-json.ts";
import { cite } from "../kpi/intake.ts";
import { source } from "../sample-facts.ts";
import { type MeasureName, measureNames } from "./health-measures.ts";
import {
  criticalRules,
  oracleHealth,
  oracleRule,
  type Plain,
  weightedRules,
} from "./health-oracle.ts";
import { defaultRules, dimensionWeights } from "./health-rules.ts";
import { defaultSettings, type HealthFacts, projectHealth } from "./project-health.ts";
import { asOf, type Changes, calm, healthFacts, measure } from "./sample-measures.ts";

const assess = (changes: Changes = {}, rest: Partial<HealthFacts> = {}) =>
  projectHealth(healthFacts(changes, rest));
const ruleOf = (health: ReturnType<typeof assess>, id: string) => {
  const found = health.rules.find(({ rule }) => rule === id);
  if (found === undefined) throw new RangeError(id);
  return found;
};

/** Amber and red limits of each measure, and the values around them. */
const limits: Partial<Record<MeasureName, readonly number[]>> = {
  spi: [0.95, 0.85],
  spiTime: [0.95, 0.85],
  slipBusinessDays: [5, 10],
  slipPercent: [10, 20],
  overdueTaskShare: [20, 60],
  milestoneMoves: [2, 3],
  cpi: [0.95, 0.85],
  hoursUsed: [80, 90],
  percentComplete: [70, 80],
  marginErosion: [3, 7],
  workAtRiskShare: [2, 5],
  unfilledRoleStart: [10, 0],
  overloadedWeeks: [3],
  leavingWithoutCover: [1],
  utilisationVariance: [10, 20, -10, -20],
  openChangeAge: [10, 20],
  openChangeShare: [10],
  uncoveredScopeCues: [1, 3],
  unacceptedAge: [10, 20],
  reworkRate: [10, 20],
  severeTicketsPastLimit: [1],
  unbilledReadyAge: [7, 21],
  blockedInvoiceShare: [5, 15],
  overdueReceivableDays: [15, 45],
  timesheetCompliance: [95, 85],
  sponsorSilence: [30, 60],
  lowSatisfactionSigns: [1, 2],
  unmitigatedSponsorChanges: [1],
  oldestPendingApproval: [2, 5],
};
const weighted = measureNames.filter((name) => limits[name] !== undefined);
const around = (name: MeasureName): Plain[] => [
  ...(limits[name] ?? []).flatMap((limit) =>
    [limit - 1, limit - 0.0001, limit, limit + 0.0001, limit + 1].map(
      (value) => Math.round(value * 1e4) / 1e4,
    ),
  ),
  "?",
  "-",
  "none",
];
const plainCalm = Object.fromEntries(
  Object.entries(calm).map(([name, value]) => [name, typeof value === "number" ? value : "none"]),
) as Record<MeasureName, Plain>;

const changesOf = (plain: Partial<Record<MeasureName, Plain>>): Changes =>
  Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [
      name,
      value === "?"
        ? null
        : { value: value === "-" ? "zero-denominator" : value === "none" ? "none-found" : value },
    ]),
  );

const oracleBand = (colour: string) => (colour === "n/a" ? "not-applicable" : colour);

describe("each rule against an oracle written from the prose", () => {
  const rules = [...weightedRules, "APR-1"];

  test("the table holds exactly the rules of the guide, and the weights add up to 100", () => {
    const shipped = defaultRules.filter(({ dimension }) => dimension !== "hygiene");
    expect(shipped.map(({ rule }) => rule)).toEqual(rules);
    expect(shipped.filter(({ critical }) => critical).map(({ rule }) => rule)).toEqual(
      criticalRules,
    );
    expect(Object.values(dimensionWeights).reduce((a, b) => a + b)).toBe(100);
    expect(defaultRules.every(({ sourceNote, owner }) => sourceNote !== "" && owner !== "")).toBe(
      true,
    );
  });

  test.each(weighted)("%s: below, at and above each limit, unknown, undefined and none", (name) => {
    for (const value of around(name)) {
      const plain = { ...plainCalm, [name]: value };
      const health = assess(changesOf({ [name]: value }));
      for (const rule of rules)
        expect([value, rule, ruleOf(health, rule).band]).toEqual([
          value,
          rule,
          oracleBand(oracleRule(rule, plain)),
        ]);
    }
  });

  test.each([
    ["spi", "spiTime", "SCH-1"],
    ["slipBusinessDays", "slipPercent", "SCH-2"],
    ["hoursUsed", "percentComplete", "BUD-2"],
    ["overloadedWeeks", "leavingWithoutCover", "RES-2"],
    ["openChangeAge", "openChangeShare", "SCO-1"],
    ["reworkRate", "severeTicketsPastLimit", "QUA-2"],
  ] as const)("%s with %s: every pair of values for %s", (first, second, rule) => {
    for (const a of around(first))
      for (const b of around(second)) {
        const health = assess(changesOf({ [first]: a, [second]: b }));
        const expected = oracleBand(oracleRule(rule, { ...plainCalm, [first]: a, [second]: b }));
        expect([a, b, ruleOf(health, rule).band]).toEqual([a, b, expected]);
      }
  });

  test("whole projects: colour and every dimension agree, 600 of them", () => {
    const any = fc.record(
      Object.fromEntries(
        weighted.map((name) => [
          name,
          fc.oneof(
            { weight: 12, arbitrary: fc.constant(plainCalm[name]) },
            { weight: 1, arbitrary: fc.constant<Plain>("?") },
            { weight: 2, arbitrary: fc.constantFrom(...around(name)) },
          ),
        ]),
      ),
    );
    fc.assert(fc.property(any, agree), { numRuns: 400 });
    const mostlyBlind = fc.record(
      Object.fromEntries(
        weighted.map((name) => [
          name,
          fc.oneof(fc.constant<Plain>("?"), fc.constantFrom(...around(name), plainCalm[name])),
        ]),
      ),
    );
    fc.assert(fc.property(mostlyBlind, agree), { numRuns: 200 });
  });
});

function agree(plain: Record<string, Plain>): void {
  const health = assess(changesOf(plain));
  const expected = oracleHealth({ ...plainCalm, ...plain });
  expect(health.computed).toBe(expected.rag);
  for (const { dimension, status } of health.dimensions)
    expect([dimension, status]).toEqual([
      dimension,
      oracleBand(expected.dimensions[dimension] ?? ""),
    ]);
  // P6: whatever else happens, an unknown critical rule never ends in green.
  const blind = criticalRules.some((rule) => ruleOf(health, rule).band === "unknown");
  expect(blind && health.computed === "green").toBe(false);
}

describe("the overall colour", () => {
  test("a calm project is green, complete, and scores 100", () => {
    expect(assess()).toMatchObject({
      rag: "green",
      incomplete: false,
      coverage: 100,
      hygieneScore: 100,
      sorting: { rag: "green", score: 100 },
      watermelon: null,
    });
  });

  test.each([
    ["one critical red", { cpi: 0.8 }, "red"],
    [
      "two red dimensions without a critical one",
      { overdueTaskShare: 61, uncoveredScopeCues: 3 },
      "red",
    ],
    ["two reds in one dimension", { overdueTaskShare: 61, milestoneMoves: 3 }, "amber"],
    ["one red", { uncoveredScopeCues: 3 }, "amber"],
    ["two ambers", { uncoveredScopeCues: 1, sponsorSilence: 31 }, "amber"],
    ["one amber, even a critical one", { cpi: 0.9 }, "green"],
    [
      "a red approval flag and an untidy plan",
      { oldestPendingApproval: 9, itemsWithoutOwner: 7 },
      "green",
    ],
  ] as const)("%s", (_, changes, expected) => {
    expect(assess(changes).computed).toBe(expected);
  });

  test("hygiene is a score of its own", () => {
    const health = assess({ itemsWithoutOwner: 3, staleItems: null });
    expect([health.hygieneScore, health.computed]).toEqual([75, "green"]);
    expect(ruleOf(health, "HYG-5").band).toBe("unknown");
  });
});

describe("P6: unknown is never green", () => {
  /** Every measure with the same share of its inputs. */
  const covered = (present: number, rest: Changes = {}): Changes => ({
    ...Object.fromEntries(
      measureNames.map((name) => [name, { value: calm[name], present, required: 1000 }]),
    ),
    ...rest,
  });

  test("coverage of 59.9 % is unknown, 60 % is not", () => {
    expect(assess(covered(599))).toMatchObject({ computed: "unknown", coverage: 59.9 });
    expect(assess(covered(600))).toMatchObject({
      computed: "green",
      coverage: 60,
      incomplete: true,
    });
  });

  test("a share just below 60 % is never shown as 60", () => {
    const health = assess(
      covered(600, { timesheetCompliance: { value: 100, present: 599, required: 1000 } }),
    );
    expect(health).toMatchObject({ computed: "unknown", coverage: 59.9 });
  });

  test("a critical rule that is red on complete evidence stays red, and says incomplete", () => {
    const whole = assess(covered(100, { cpi: { value: 0.5, present: 9, required: 9 } }));
    expect(whole).toMatchObject({ computed: "red", incomplete: true });
    const partly = assess(covered(100, { cpi: { value: 0.5, present: 9, required: 10 } }));
    expect(partly.computed).toBe("unknown");
  });

  test("missing coverage wins over amber, green, and over reds that are not critical", () => {
    const few = (changes: Changes) => assess(covered(100, changes)).computed;
    expect(few({ sponsorSilence: 40, uncoveredScopeCues: 1 })).toBe("unknown");
    expect(few({ overdueTaskShare: 61, uncoveredScopeCues: 3 })).toBe("unknown");
  });

  test("a stale critical source is unknown, at the limit it is not", () => {
    const lastRead = (erp: string | null) => ({
      lastRead: { psa: asOf, crm: asOf, messenger: asOf, erp },
    });
    expect(assess({}, lastRead("2026-11-22T10:00:00Z")).computed).toBe("green");
    expect(assess({}, lastRead("2026-11-22T09:59:59Z"))).toMatchObject({
      computed: "unknown",
      staleSources: ["erp"],
    });
    expect(assess({}, lastRead(null)).computed).toBe("unknown");
    expect(assess({}, { lastRead: {} }).staleSources).toEqual(["erp", "psa"]);
    // Red on evidence from a source that is fresh stays red.
    expect(assess({ cpi: 0.5 }, lastRead(null))).toMatchObject({ computed: "red" });
    const fromErp = { cpi: { value: 0.5, system: "erp" as const } };
    expect(assess(fromErp, lastRead(null)).computed).toBe("unknown");
  });

  test("a stale source that is not critical takes its own rules out, and with them the green", () => {
    const health = assess(
      { sponsorSilence: { value: 1, system: "crm" } },
      { lastRead: { psa: asOf, erp: asOf, messenger: asOf, crm: "2026-11-01T00:00:00Z" } },
    );
    expect(ruleOf(health, "CLI-1")).toMatchObject({ band: "unknown", reason: "stale", value: 1 });
    expect(health.computed).toBe("unknown");
    expect(health.dimensions.find(({ dimension }) => dimension === "client")?.status).toBe(
      "unknown",
    );
  });

  test("nothing measured at all, and no rules at all, are unknown", () => {
    const nothing = Object.fromEntries(measureNames.map((name) => [name, null])) as Changes;
    expect(assess(nothing)).toMatchObject({
      computed: "unknown",
      coverage: 0,
      sorting: { score: null },
      hygieneScore: null,
    });
    const settings = { ...defaultSettings, rules: [] };
    expect(projectHealth(healthFacts(), settings).computed).toBe("unknown");
  });

  test("a project too young to judge is not green for it", () => {
    const young = Object.fromEntries(
      measureNames.map((name) => [name, { value: "too-early" as const }]),
    );
    expect(assess(young).computed).toBe("unknown");
  });
});

describe("the output of a rule", () => {
  test("P5: carries value, limits, their origin, and evidence that holds the value", () => {
    const health = assess({ slipBusinessDays: 6, slipPercent: 3 });
    const rule = ruleOf(health, "SCH-2");
    expect(rule).toMatchObject({
      rule: "SCH-2",
      version: "1",
      value: 6,
      band: "amber",
      critical: true,
      threshold: {
        amber: {
          any: [
            { measure: "slipBusinessDays", is: ">", limit: 5 },
            { measure: "slipPercent", is: ">", limit: 10 },
          ],
        },
      },
    });
    expect(rule.sourceNote).toContain("judgement");
    expect(
      cite(rule.evidence).map(({ field, value, retrievedAt }) => [field, value, retrievedAt]),
    ).toEqual(expect.arrayContaining([["slipBusinessDays", 6, "2026-11-23T10:00:00Z"]]));
  });

  test("the value shown is the one that decided", () => {
    expect(ruleOf(assess({ slipBusinessDays: 1, slipPercent: 25 }), "SCH-2")).toMatchObject({
      value: 25,
      unit: "percent",
    });
    expect(ruleOf(assess({ reworkRate: 1, severeTicketsPastLimit: 2 }), "QUA-2").value).toBe(2);
  });

  test("P5: every rule with a colour has evidence", () => {
    for (const rule of assess({ cpi: 0.5 }).rules)
      expect([rule.rule, rule.evidence.length > 0]).toEqual([rule.rule, true]);
  });

  test("a firm's own limits are used and shown", () => {
    const rules = defaultRules.map((rule) =>
      rule.rule === "CLI-1"
        ? {
            ...rule,
            version: "firm-2",
            red: { measure: "sponsorSilence" as const, is: ">" as const, limit: 10 },
          }
        : rule,
    );
    const health = projectHealth(healthFacts({ sponsorSilence: 11 }), {
      ...defaultSettings,
      rules,
    });
    expect(ruleOf(health, "CLI-1")).toMatchObject({
      band: "red",
      version: "firm-2",
      threshold: { red: { limit: 10 } },
    });
  });

  test("the trend compares with four weeks ago, in the direction that is good for the rule", () => {
    const past = (at: string, cpi: number | null, erosion: number) => ({
      asOf: at,
      values: { "BUD-1": cpi, "BUD-3": erosion },
    });
    const history = [
      past("2026-11-16T10:00:00Z", 0.97, 1),
      past("2026-10-26T10:00:00Z", 0.99, 2),
      past("2026-10-19T10:00:00Z", 1.2, 2),
    ];
    const health = assess({ cpi: 0.9, marginErosion: 2 }, { history });
    expect(ruleOf(health, "BUD-1").trend4w).toEqual({
      since: "2026-10-26T10:00:00Z",
      before: 0.99,
      change: -0.09,
      direction: "worse",
    });
    expect(ruleOf(health, "BUD-3").trend4w).toMatchObject({ change: 0, direction: "steady" });
    expect(ruleOf(health, "SCH-1").trend4w).toEqual({
      since: null,
      before: null,
      change: null,
      direction: "unknown",
    });
    const short = assess({ cpi: 1 }, { history: [past("2026-11-16T10:00:00Z", 0.97, 1)] });
    expect(ruleOf(short, "BUD-1").trend4w).toMatchObject({
      since: "2026-11-16T10:00:00Z",
      direction: "better",
    });
  });
});

describe("the score sorts and decides nothing", () => {
  test("worse values never score better, and the colour goes with it", () => {
    const score = (cpi: number) => assess({ cpi }).sorting.score ?? Number.NaN;
    const falling = [1.1, 1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.5].map(score);
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect(falling[0]).toBe(100);
    // Weight 20 of 100; the budget's worst rule is at 0.
    expect(falling.at(-1)).toBe(80);
    expect(assess({ cpi: 0.5 }).sorting.rag).toBe("red");
  });

  test("a red critical rule is red however high the score", () => {
    const health = assess({ unmitigatedSponsorChanges: 1 });
    expect([health.computed, (health.sorting.score ?? 0) > 90]).toEqual(["red", true]);
  });
});

describe("watermelon", () => {
  test.each([
    ["green", { cpi: 0.5 }, { reported: "green", computed: "red", levels: 2, rules: ["BUD-1"] }],
    [
      "green",
      { uncoveredScopeCues: 1, sponsorSilence: 31 },
      { reported: "green", computed: "amber", levels: 1, rules: ["SCO-2", "CLI-1"] },
    ],
    [
      "amber",
      { cpi: 0.5, sponsorSilence: 31 },
      { reported: "amber", computed: "red", levels: 1, rules: ["BUD-1"] },
    ],
    ["red", { cpi: 0.5 }, null],
    ["red", {}, null],
    ["green", {}, null],
    [null, { cpi: 0.5 }, null],
    ["green", { cpi: null }, null],
  ] as const)("reported %s", (reported, changes, expected) => {
    expect(assess(changes, { reported }).watermelon).toEqual(expected);
  });
});

describe("deterministic replay", () => {
  test("the same facts give the same bytes, in whatever order they were read", () => {
    const many = ["a", "b", "c", "d"].map((id) => source("psa", "milestone", id));
    const kpi = measure("slipBusinessDays", { value: 6, present: 4 });
    const inputs = many.map((from, i) => ({ source: from, field: "due", value: i }));
    const facts = healthFacts({ cpi: 0.9 });
    const withInputs = (list: typeof inputs): HealthFacts => ({
      ...facts,
      measures: { ...facts.measures, slipBusinessDays: { ...kpi, inputs: list } },
    });
    const bytes = canonicalJson(projectHealth(withInputs(inputs)));
    expect(canonicalJson(projectHealth(withInputs(inputs.toReversed())))).toBe(bytes);
    expect(canonicalJson(projectHealth(withInputs(inputs)))).toBe(bytes);
  });
});
