import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatMoney } from "#/domain/money.ts";
import { earnedValue } from "./earned-value.ts";
import type { CostItem, EarnedValueFacts, WorkPackage } from "./earned-value-facts.ts";
import { cite } from "./intake.ts";
import type { Kpi } from "./kpi.ts";
import { context, contextAt, eur, listing, record } from "./sample-context.ts";

const work = (id: string, change: Partial<WorkPackage>): WorkPackage => ({
  source: record(id),
  scope: "baseline",
  budget: eur(10_000),
  dueOn: "2026-11-30",
  percentComplete: 0,
  selfReported: false,
  startedOn: null,
  finishedOn: null,
  ...change,
});
const cost = (id: string, change: Partial<CostItem>): CostItem => ({
  source: record(id),
  scope: "baseline",
  kind: "effort",
  state: "approved",
  cost: eur(1000),
  on: "2026-11-10",
  ...change,
});
const facts = (change: Partial<EarnedValueFacts> = {}): EarnedValueFacts => ({
  project: record("P"),
  startsOn: "2026-11-02",
  finishedOn: null,
  packages: listing([
    work("A", { budget: eur(40_000), dueOn: "2026-11-13", percentComplete: 100 }),
    work("B", { budget: eur(40_000), dueOn: "2026-11-20", percentComplete: 50 }),
    work("C", { budget: eur(20_000), dueOn: "2026-12-11", percentComplete: 0 }),
  ]),
  costs: listing([
    cost("K1", { cost: eur(50_000) }),
    cost("K2", { cost: eur(30_000), state: "submitted" }),
  ]),
  authorised: null,
  estimateToComplete: null,
  selfReported: "percent",
  ...change,
});
const values = (set: Record<string, unknown>, ...names: string[]) =>
  names.map((name) => (set[name] as Kpi).value);
const fails = (kpi: Kpi) => [kpi.value, kpi.reason];

describe("earned value, by hand: BAC 100k, PV 80k, EV 60k, AC 80k", () => {
  const set = earnedValue(facts(), context);

  test("the sums and the indices", () => {
    expect(values(set, "bac", "pv", "ev", "ac", "cv", "sv")).toEqual(
      [100_000, 80_000, 60_000, 80_000, -20_000, -20_000].map((units) => units * 100),
    );
    expect(values(set, "cpi", "spi", "tcpi", "percentComplete", "burn", "burnGap")).toEqual([
      0.75, 0.75, 2, 60, 80, 20,
    ]);
    expect(set.cpi).toMatchObject({ numerator: 6_000_000, denominator: 8_000_000, unit: "ratio" });
    expect(set.ev).toMatchObject({ unit: "minor units", currency: "EUR", reason: null });
  });

  test("the estimates, as a range", () => {
    // 100/0.75; 80+40; 80 + 40/(0.75·0.75)
    expect(values(set, "eacTypical", "eacAtypical", "eacScheduleBound")).toEqual([
      13_333_333, 12_000_000, 15_111_111,
    ]);
    expect(values(set, "eac", "eacLow", "eacHigh", "vac", "vacShare")).toEqual([
      13_333_333, 12_000_000, 15_111_111, -3_333_333, -33.3333,
    ]);
    expect(fails(set.eacBottomUp)).toEqual([null, "none-found"]);
  });

  test("P5: every index cites each budget, percentage and cost it stands on", () => {
    const cited = cite(set.cpi.inputs).map(({ record: at, field, value }) => [at.id, field, value]);
    expect(cited).toContainEqual(["B", "percentComplete", 50]);
    expect(cited).toContainEqual(["B", "budget", formatMoney(eur(40_000))]);
    expect(cited).toContainEqual(["K2", "cost", formatMoney(eur(30_000))]);
    expect(cited).toContainEqual(["all", "count", 3]);
    expect(set.cpi.coverage).toEqual({ present: 10, required: 10 });
  });
});

describe("what may not be counted", () => {
  test("unsigned change work is out of the budget, in the cost, and shown as at risk", () => {
    const base = facts();
    const set = earnedValue(
      facts({
        packages: listing([
          ...(base.packages?.items ?? []),
          work("X", { scope: "unapproved-change", percentComplete: 100 }),
          work("Y", { scope: "approved-change", budget: eur(5000), dueOn: "2026-12-20" }),
        ]),
        costs: listing([
          ...(base.costs?.items ?? []),
          cost("K3", { cost: eur(2100), scope: "unapproved-change" }),
          cost("K4", { cost: eur(9999), state: "draft" }),
          cost("K5", { cost: eur(9999), state: "rejected" }),
        ]),
      }),
      context,
    );
    expect(values(set, "bac", "ac", "workAtRisk", "workAtRiskShare")).toEqual([
      10_500_000, 8_210_000, 210_000, 2,
    ]);
  });

  test("work due today is not due yet", () => {
    expect(earnedValue(facts(), contextAt("2026-11-20T15:00:00Z")).pv.value).toBe(4_000_000);
    expect(earnedValue(facts(), contextAt("2026-11-20T23:00:00Z")).pv.value).toBe(8_000_000);
  });

  test.each([
    ["percent", [6_000_000]],
    ["0/100", [4_000_000]],
    ["50/50", [6_000_000]],
  ] as const)("self-reported progress by %s", (selfReported, expected) => {
    const packages = listing([
      work("A", {
        budget: eur(40_000),
        percentComplete: 100,
        selfReported: true,
        finishedOn: "2026-11-12",
      }),
      work("B", {
        budget: eur(40_000),
        percentComplete: 50,
        selfReported: true,
        startedOn: "2026-11-13",
      }),
      work("C", { budget: eur(20_000), percentComplete: 0, selfReported: true }),
    ]);
    expect(values(earnedValue(facts({ packages, selfReported }), context), "ev")).toEqual(expected);
  });
});

describe("no value, and the reason", () => {
  const spent = (units: number) =>
    earnedValue(facts({ costs: listing([cost("K", { cost: eur(units) })]) }), context);

  test("CPI needs 2 % of the budget spent: 1,999.99 is too early, 2,000 is not", () => {
    expect(fails(spent(1999.99).cpi)).toEqual([null, "too-early"]);
    expect(fails(spent(1999.99).eacTypical)).toEqual([null, "too-early"]);
    expect(spent(2000).cpi.value).toBe(30);
  });

  test("TCPI has none once the budget is spent", () => {
    expect(spent(99_999.99).tcpi.value).toBe(4_000_000);
    expect(fails(spent(100_000).tcpi)).toEqual([null, "budget-exhausted"]);
  });

  test("SPI has none before anything was due, EAC none while nothing is earned", () => {
    const early = earnedValue(facts(), contextAt("2026-11-10T10:00:00Z"));
    expect(fails(early.spi)).toEqual([null, "zero-denominator"]);
    const idle = earnedValue(
      facts({ packages: listing([work("A", { percentComplete: 0 })]) }),
      context,
    );
    expect(fails(idle.eacTypical)).toEqual([null, "zero-denominator"]);
    expect(idle.cpi.value).toBe(0);
  });

  test("an empty plan is no budget of 0 to divide by", () => {
    const set = earnedValue(facts({ packages: listing([]) }), context);
    expect(fails(set.cpi)).toEqual([null, "zero-denominator"]);
    expect(fails(set.percentComplete)).toEqual([null, "zero-denominator"]);
    expect(fails(set.burnGap)).toEqual([null, "zero-denominator"]);
  });

  test("P6: unread costs make no cost of 0", () => {
    const set = earnedValue(facts({ costs: null }), context);
    for (const kpi of [set.ac, set.cpi, set.eac, set.burn, set.tcpi, set.workAtRisk])
      expect(fails(kpi)).toEqual([null, "missing-input"]);
    expect(set.spi.value).toBe(0.75);
    const nameless = earnedValue(facts({ costs: listing([cost("K", { cost: null })]) }), context);
    expect(fails(nameless.ac)).toEqual([null, "missing-input"]);
  });

  test("one missing percentage lowers the coverage, all of them remove the value", () => {
    const items = facts().packages?.items ?? [];
    const some = earnedValue(
      facts({
        packages: listing(items.map((w, i) => (i === 0 ? { ...w, percentComplete: null } : w))),
      }),
      context,
    );
    expect([some.ev.value, some.ev.coverage]).toEqual([2_000_000, { present: 6, required: 7 }]);
    const none = earnedValue(
      facts({ packages: listing(items.map((w) => ({ ...w, percentComplete: null }))) }),
      context,
    );
    expect(fails(none.ev)).toEqual([null, "missing-input"]);
    expect(fails(none.cpi)).toEqual([null, "missing-input"]);
  });
});

test("burn is of the authorised cap where there is one", () => {
  const set = earnedValue(
    facts({ authorised: { source: record("PO"), amount: eur(160_000) } }),
    context,
  );
  expect(values(set, "burn", "burnGap")).toEqual([50, -10]);
  expect(set.burn.notes).toEqual(["share-of-authorised-budget"]);
});

test("amounts are exact to the last minor unit, up to the largest there is", () => {
  const set = earnedValue(
    facts({
      costs: listing([cost("K", { cost: { minor: 9_007_199_244_740_991, currency: "EUR" } })]),
    }),
    context,
  );
  expect([set.ac.value, set.cv.value]).toEqual([9_007_199_244_740_991, -9_007_199_238_740_991]);
});

test("an absurd index gives no estimate instead of an inexact one, and stops nothing else", () => {
  const set = earnedValue(
    facts({
      packages: listing([
        work("A", { budget: eur(1_000_000) }),
        work("B", {
          budget: { minor: 1, currency: "EUR" },
          percentComplete: 100,
          dueOn: "2026-11-02",
        }),
      ]),
      costs: listing([cost("K", { cost: eur(90_000_000_000) })]),
    }),
    context,
  );
  expect(fails(set.eacTypical)).toEqual([null, "out-of-range"]);
  expect(set.ac.value).toBe(9_000_000_000_000);
});

test.each([
  ["2026-11-09", 14, 11_000_000, null],
  ["2026-11-08", 15, null, "estimate-too-old"],
])("a bottom-up estimate of %s (%i days old)", (madeOn, _, value, reason) => {
  const set = earnedValue(
    facts({ estimateToComplete: { source: record("ETC"), amount: eur(30_000), madeOn } }),
    context,
  );
  expect(fails(set.eacBottomUp)).toEqual([value, reason]);
  expect(set.eac.value).toBe(value ?? 13_333_333);
});

describe("SPI(t)", () => {
  test("by hand: 60k of a plan of 40k by day 10 and 80k by day 15, after 15.25 days", () => {
    // Earned schedule: 10 days and half of the next five. Actual: 2 to 23 November, 11:00.
    const set = earnedValue(facts(), context);
    expect(set.spiTime.value).toBe(0.8197);
    expect([set.spiTime.numerator, set.spiTime.denominator]).toEqual([50, 61]);
  });

  test("stays below 1 when late work is finally done, where SPI forgets", () => {
    const done = facts({
      packages: listing([work("A", { dueOn: "2026-11-06", percentComplete: 100 })]),
      finishedOn: "2026-11-13",
    });
    const set = earnedValue(done, context);
    expect([set.spi.value, set.spiTime.value]).toEqual([1, 0.5]);
  });

  test("has no value before the start, and is missing without one", () => {
    expect(fails(earnedValue(facts(), contextAt("2026-11-01T10:00:00Z")).spiTime)).toEqual([
      null,
      "zero-denominator",
    ]);
    expect(fails(earnedValue(facts({ startsOn: null }), context).spiTime)).toEqual([
      null,
      "missing-input",
    ]);
  });
});

describe("money in several currencies", () => {
  test("uses the newest rate that is not later, and rounds once", () => {
    const usd = (minor: number) => ({ minor, currency: "USD" });
    const set = earnedValue(
      facts({
        costs: listing([
          cost("K1", { cost: usd(10_001), on: "2026-11-14" }),
          cost("K2", { cost: usd(10_001), on: "2026-11-15" }),
          cost("K3", { cost: { minor: 1000, currency: "JPY" } }),
        ]),
      }),
      context,
    );
    // 9000.9 + 9200.92 + 610 cents
    expect(set.ac.value).toBe(18_812);
  });

  test("P6: an amount without a rate is missing, not 0", () => {
    const set = earnedValue(
      facts({ costs: listing([cost("K", { cost: { minor: 5, currency: "CHF" } })]) }),
      context,
    );
    expect(fails(set.ac)).toEqual([null, "missing-input"]);
    expect(set.ac.coverage).toEqual({ present: 2, required: 3 });
  });
});

test("identities hold for any plan: CV, SV, VAC, and nothing depends on the order of records", () => {
  const packages = fc.array(
    fc.record({
      budget: fc.nat(10_000_000),
      percent: fc.nat(100),
      due: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(packages, fc.array(fc.nat(5_000_000), { maxLength: 5 }), (plan, spent) => {
      const items = plan.map(({ budget, percent, due }, i) =>
        work(`W${i}`, {
          budget: { minor: budget, currency: "EUR" },
          percentComplete: percent,
          dueOn: `2026-11-${String(due).padStart(2, "0")}`,
        }),
      );
      const costs = spent.map((minor, i) => cost(`K${i}`, { cost: { minor, currency: "EUR" } }));
      const set = earnedValue(facts({ packages: listing(items), costs: listing(costs) }), context);
      const turned = earnedValue(
        facts({ packages: listing(items.toReversed()), costs: listing(costs.toReversed()) }),
        context,
      );
      const [bac = 0, pv = 0, ev = 0, ac = 0] = values(set, "bac", "pv", "ev", "ac").map(Number);
      expect(values(set, "cv", "sv")).toEqual([ev - ac, ev - pv]);
      expect(ev).toBeLessThanOrEqual(bac);
      expect(pv).toBeLessThanOrEqual(bac);
      expect(set.vac.value).toBe(set.eac.value === null ? null : bac - set.eac.value);
      for (const name of Object.keys(set) as (keyof typeof set)[])
        expect([turned[name].value, turned[name].reason]).toEqual([
          set[name].value,
          set[name].reason,
        ]);
    }),
    { numRuns: 300 },
  );
});
