import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cashConversion, lockUp, salesOutstanding } from "./days-sales-outstanding.ts";
import { daysToAcceptance, daysToInvoice, type InvoiceClock } from "./days-to-invoice.ts";
import { createIntake } from "./intake.ts";
import { billingReadiness, invoiceCorrectionRate } from "./invoice-quality.ts";
import { amount, noValue } from "./kpi.ts";
import { type EarnedItem, leakage, leakageCauses } from "./leakage.ts";
import { projectMargin } from "./project-margin.ts";
import { realisation, type SettledTime } from "./realisation.ts";
import { context, eur, listing, record } from "./sample-context.ts";
import { workInProgress } from "./work-in-progress.ts";

const about = (kpi: string) => {
  const intake = createIntake();
  intake.saw(record(kpi), "value", 1);
  return { kpi, unit: "minor units", asOf: context.asOf, from: [intake], currency: "EUR" } as const;
};

describe("realisation", () => {
  const entry = (id: string, change: Partial<SettledTime>): SettledTime => ({
    source: record(id),
    on: "2026-11-10",
    workedMinutes: 600,
    billedMinutes: 600,
    standardRate: eur(100),
    billed: eur(1000),
    ...change,
  });

  test("by hand: 2,000 at standard, 1,620 billed; 200 written down, 180 given as discount", () => {
    const result = realisation(
      listing([
        entry("A", { billed: eur(900) }),
        entry("B", { billedMinutes: 480, billed: eur(720) }),
      ]),
      context,
    );
    expect(result.realisation.value).toBe(81);
    expect([result.writeDown.value, result.rateDiscount.value]).toEqual([20_000, 18_000]);
  });

  test("write-down and discount add up to the gap for any entries", () => {
    const any = fc.array(
      fc.record({
        worked: fc.nat(6000),
        part: fc.nat(100),
        rate: fc.nat(50_000),
        fee: fc.nat(900_000),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(any, (rows) => {
        const result = realisation(
          listing(
            rows.map(({ worked, part, rate, fee }, i) =>
              entry(`E${i}`, {
                workedMinutes: worked,
                billedMinutes: Math.floor((worked * part) / 100),
                standardRate: { minor: rate, currency: "EUR" },
                billed: { minor: fee, currency: "EUR" },
              }),
            ),
          ),
          context,
        );
        const gap = (result.realisation.denominator ?? 0) - (result.realisation.numerator ?? 0);
        expect((result.writeDown.value ?? 0) + (result.rateDiscount.value ?? 0)).toBe(gap);
      }),
    );
  });

  test("no entries: nothing to divide by; unread or all unknown: missing", () => {
    expect(realisation(listing([]), context).realisation.reason).toBe("zero-denominator");
    expect(realisation(null, context).realisation.reason).toBe("missing-input");
    const unknown = realisation(listing([entry("A", { billed: null })]), context);
    expect(unknown.realisation).toMatchObject({
      value: null,
      reason: "missing-input",
      coverage: { present: 4, required: 5 },
    });
  });
});

describe("project margin", () => {
  const order = (
    id: string,
    state: "approved" | "proposed" | "rejected" | "executed",
    units: number,
  ) => ({
    source: record(id),
    state,
    amount: eur(units),
    raisedOn: "2026-11-02",
  });
  const facts = {
    project: record("P"),
    contract: eur(90_000),
    revenueToDate: eur(50_000),
    costToDate: eur(30_000),
    estimateAtCompletion: amount(about("eac"), 7_000_000),
    baseline: { percent: 35 },
    changeOrders: listing([
      order("C1", "approved", 6000),
      order("C2", "executed", 4000),
      order("C3", "proposed", 50_000),
      order("C4", "rejected", 9000),
    ]),
    provisional: true,
  };

  test("by hand: 100k with approved orders, 70k at completion; pending work is upside only", () => {
    const margin = projectMargin(facts, context);
    expect([margin.toDate.value, margin.forecast.value, margin.erosion.value]).toEqual([40, 30, 5]);
    expect(margin.pendingUpside.value).toBe(5_000_000);
    expect(margin.forecast.notes).toEqual(["provisional"]);
    const without = projectMargin(
      { ...facts, changeOrders: listing(facts.changeOrders.items.slice(0, 2)) },
      context,
    );
    expect(without.forecast.value).toBe(30);
  });

  test("P6: unread orders or an unknown estimate leave the forecast without a value", () => {
    expect(projectMargin({ ...facts, changeOrders: null }, context).forecast.reason).toBe(
      "missing-input",
    );
    const early = { ...facts, estimateAtCompletion: noValue(about("eac"), "too-early") };
    expect(projectMargin(early, context).erosion).toMatchObject({
      value: null,
      reason: "too-early",
    });
    expect(projectMargin({ ...facts, revenueToDate: eur(0) }, context).toDate.reason).toBe(
      "zero-denominator",
    );
  });
});

describe("leakage", () => {
  const item = (
    id: string,
    earned: number,
    billed: number | null,
    cause: EarnedItem["cause"],
  ): EarnedItem => ({
    source: record(id),
    on: "2026-11-10",
    earned: eur(earned),
    billed: billed === null ? null : eur(billed),
    cause,
  });

  test("by cause, with what nobody explains; a surplus hides nothing", () => {
    const result = leakage(
      listing([
        item("A", 1000, 900, "rate-below-contract"),
        item("B", 500, 0, "time-not-approved"),
        item("C", 400, 400, null),
        item("D", 100, 50, null),
        item("E", 1000, 1500, null),
        item("F", 999, null, null),
      ]),
      context,
    );
    expect(result.amount.value).toBe(65_000);
    expect(
      Object.fromEntries([...result.byCause].map(([cause, kpi]) => [cause, kpi.value])),
    ).toEqual({
      "rate-below-contract": 10_000,
      "time-not-approved": 50_000,
      unexplained: 5000,
    });
    expect([result.overBilled.value, result.share.value]).toEqual([50_000, 21.6667]);
    expect(result.amount.coverage).toEqual({ present: 12, required: 13 });
  });

  test("the causes always add up to the whole", () => {
    const any = fc.array(
      fc.record({
        earned: fc.nat(1e6),
        billed: fc.nat(1e6),
        cause: fc.constantFrom(...leakageCauses, null),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(any, (rows) => {
        const result = leakage(
          listing(rows.map((r, i) => item(`I${i}`, r.earned / 100, r.billed / 100, r.cause))),
          context,
        );
        const parts = [...result.byCause.values()].reduce(
          (sum, { value }) => sum + (value ?? 0),
          0,
        );
        expect(result.amount.value).toBe(parts);
        const net = rows.reduce((sum, r) => sum + r.earned - r.billed, 0);
        expect(parts - (result.overBilled.value ?? 0)).toBe(net);
      }),
    );
  });
});

describe("work in progress", () => {
  const months = Array.from({ length: 12 }, (_, i) => ({
    source: record(`M${i}`),
    month: `2025-${String(i + 1).padStart(2, "0")}-01`,
    revenue: eur(100_000),
  }));
  const facts = {
    items: listing([
      { source: record("A"), value: eur(100_000), since: "2026-10-24" },
      { source: record("B"), value: eur(30_000), since: "2026-10-23" },
      { source: record("C"), value: eur(20_000), since: "2026-09-24" },
      { source: record("D"), value: eur(10_000), since: "2026-08-25" },
      { source: record("E"), value: eur(5000), since: "2026-08-24" },
      { source: record("F"), value: eur(-40_000), since: "2026-11-01" },
    ]),
    provisions: { source: record("L"), amount: eur(15_000) },
    revenue: listing(months),
  };

  test("by hand: (165k - 15k) / 1.2m × 365 = 45.625 days; buckets end at 30, 60 and 90 days", () => {
    const wip = workInProgress(facts, context);
    expect(wip.days.value).toBe(45.625);
    expect(Object.values(wip.buckets).map(({ value }) => value)).toEqual([
      10_000_000, 5_000_000, 1_000_000, 500_000,
    ]);
    expect(wip.deferred.value).toBe(-4_000_000);
  });

  test("no revenue, no days; an unread source leaves nothing to say", () => {
    expect(workInProgress({ ...facts, revenue: listing([]) }, context).days.reason).toBe(
      "zero-denominator",
    );
    expect(workInProgress({ ...facts, items: null }, context).days.reason).toBe("missing-input");
    expect(workInProgress({ ...facts, items: null }, context).buckets["90+"].reason).toBe(
      "missing-input",
    );
    expect(
      workInProgress({ ...facts, provisions: { source: record("L"), amount: null } }, context).days
        .reason,
    ).toBe("missing-input");
  });
});

describe("days to invoice", () => {
  const clock = (id: string, startsOn: string | null, issuedOn: string | null): InvoiceClock => ({
    source: record(id),
    basis: "period-close",
    startsOn,
    issuedOn,
  });

  test("medians count the invoices that are still open", () => {
    // 5, 5 and, open since 30 October, 15.25 business days.
    const result = daysToInvoice(
      listing([
        clock("A", "2026-10-30", "2026-11-06"),
        clock("B", "2026-10-30", "2026-11-06"),
        clock("C", "2026-10-30", null),
      ]),
      context,
    );
    expect([result.p50.value, result.p90.value, result.count, result.pending]).toEqual([
      5, 15.25, 3, 1,
    ]);
    expect(result.p50.notes).toEqual(["includes-pending"]);
    expect([result.civilDays.value, result.civilDays.unit]).toEqual([7, "days"]);
  });

  test("a clock that has not begun is no invoice in time, one without a start is missing", () => {
    expect(daysToInvoice(listing([clock("A", "2026-11-23", null)]), context).p50.reason).toBe(
      "none-found",
    );
    expect(daysToInvoice(listing([clock("A", null, null)]), context).p50.reason).toBe(
      "missing-input",
    );
    expect(daysToInvoice(null, context).p50.reason).toBe("missing-input");
  });

  test("delivered to accepted is a wait of its own", () => {
    const result = daysToAcceptance(
      listing([
        { source: record("A"), deliveredOn: "2026-11-06", acceptedOn: "2026-11-13" },
        { source: record("B"), deliveredOn: "2026-11-20", acceptedOn: null },
        { source: record("C"), deliveredOn: null, acceptedOn: null },
      ]),
      context,
    );
    expect([result.p50.value, result.count, result.pending]).toEqual([2.625, 2, 1]);
  });
});

describe("days sales outstanding", () => {
  const owed = (id: string, units: number, dueOn: string | null) => ({
    source: record(id),
    open: eur(units),
    issuedOn: "2026-10-01",
    dueOn,
  });
  const month = (name: string, units: number | null) => ({
    source: record(name),
    month: `${name}-01`,
    revenue: units === null ? null : eur(units),
  });
  const facts = {
    receivables: listing([owed("A", 60_000, "2026-11-23"), owed("B", 30_000, "2026-11-22")]),
    revenue: listing([
      month("2026-09", 60_000),
      month("2026-10", 62_000),
      month("2026-11", 46_000),
    ]),
  };

  test("by hand: 90k of 168k over 84 days; 60k of it not overdue; counted back 23 + 22 days", () => {
    const result = salesOutstanding(facts, context);
    expect([result.dso.value, result.bestPossible.value, result.countBack.value]).toEqual([
      45, 30, 45,
    ]);
  });

  test("count-back follows the seasons and says when history is too short", () => {
    const low = {
      ...facts,
      revenue: listing([month("2026-09", 60_000), month("2026-10", 0), month("2026-11", 60_000)]),
    };
    expect(salesOutstanding(low, context).countBack.value).toBe(23 + 31 + 15);
    const short = { ...facts, revenue: listing([month("2026-11", 46_000)]) };
    expect(salesOutstanding(short, context).countBack.reason).toBe("history-too-short");
    const gap = { ...facts, revenue: listing([month("2026-11", null)]) };
    expect(salesOutstanding(gap, context).dso.reason).toBe("missing-input");
    expect(salesOutstanding({ ...facts, revenue: listing([]) }, context).dso.reason).toBe(
      "zero-denominator",
    );
  });

  test("lock-up and cash conversion add what they stand on, or say why not", () => {
    const { dso } = salesOutstanding(facts, context);
    expect(lockUp(dso, dso).value).toBe(90);
    expect(lockUp(noValue(about("wip"), "missing-input"), dso).reason).toBe("missing-input");
    expect(cashConversion(dso, dso).coverage.required).toBe(2 * dso.coverage.required);
  });
});

describe("invoice quality and billing readiness", () => {
  test("corrections of all issued; those nobody links lower the coverage", () => {
    const issued = [true, false, false, false, null].map((corrected, i) => ({
      source: record(`I${i}`),
      corrected,
    }));
    expect(invoiceCorrectionRate(listing(issued), context)).toMatchObject({
      value: 25,
      numerator: 1,
      denominator: 4,
      coverage: { present: 5, required: 6 },
    });
    expect(invoiceCorrectionRate(listing([]), context).reason).toBe("zero-denominator");
    expect(invoiceCorrectionRate(listing(issued.slice(4)), context).reason).toBe("missing-input");
  });

  test("P6: value nobody has checked is neither ready nor blocked", () => {
    const value = (id: string, units: number, blockers: number | null) => ({
      source: record(id),
      value: eur(units),
      on: "2026-11-10",
      blockers,
    });
    const kpi = billingReadiness(
      listing([value("A", 300, 0), value("B", 100, 2), value("C", 5000, null)]),
      context,
    );
    expect(kpi).toMatchObject({
      value: 75,
      numerator: 30_000,
      denominator: 40_000,
      coverage: { present: 6, required: 7 },
    });
    expect(billingReadiness(listing([value("C", 5000, null)]), context).reason).toBe(
      "missing-input",
    );
    expect(billingReadiness(null, context).reason).toBe("missing-input");
  });
});
