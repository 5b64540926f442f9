import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  lowSatisfactionSigns,
  severeTicketsPastLimit,
  unmitigatedSponsorChanges,
} from "./client-signals.ts";
import {
  blockedInvoiceShare,
  openChangeAge,
  openChangeShare,
  overdueReceivableDays,
  unacceptedAge,
  unbilledReadyAge,
  uncoveredScopeCues,
} from "./commercial-signals.ts";
import { hygiene } from "./hygiene-signals.ts";
import { cite, createIntake, distinctInputs } from "./intake.ts";
import { amount, quotient } from "./kpi.ts";
import { bandOf, kpiBands } from "./kpi-bands.ts";
import { milestoneSlip } from "./milestone-slip.ts";
import { onTimeMilestones } from "./on-time-milestones.ts";
import { context, contextAt, eur, listing, record } from "./sample-context.ts";
import { hoursUsed, milestoneMoves, overdueTaskShare } from "./schedule-signals.ts";
import { leavingWithoutCover, unfilledRoleStart } from "./staffing-signals.ts";

describe("milestones", () => {
  const plan = {
    source: record("M"),
    plannedStart: "2026-10-12",
    originalDue: "2026-11-06",
    rebaselinedDue: null,
    forecast: "2026-12-01",
    deliveredOn: null,
  };

  test("slip in business days and of the planned duration; a re-baseline keeps the original", () => {
    const slip = milestoneSlip(
      { ...plan, forecast: "2026-11-27", rebaselinedDue: "2026-11-20" },
      context,
    );
    // 15 of 19 days; 5 of 29 against the new date.
    expect([
      slip.days.value,
      slip.percent.value,
      slip.rebaselinedDays.value,
      slip.rebaselinedPercent.value,
    ]).toEqual([15, 78.9474, 5, 17.2414]);
    expect(
      milestoneSlip({ ...plan, forecast: null, deliveredOn: "2026-11-04" }, context).days.value,
    ).toBe(-2);
  });

  test("a forecast that has passed slips until today", () => {
    expect(milestoneSlip({ ...plan, forecast: "2026-11-06" }, context).days.value).toBe(11);
    expect(
      milestoneSlip({ ...plan, forecast: "2026-11-06" }, contextAt("2026-11-24T10:00:00Z")).days
        .value,
    ).toBe(12);
  });

  test("P6: a missing date is missing, not a slip of 0", () => {
    expect(milestoneSlip({ ...plan, forecast: null }, context).days).toMatchObject({
      value: null,
      reason: "missing-input",
      coverage: { present: 1, required: 2 },
    });
    expect(milestoneSlip({ ...plan, plannedStart: null }, context).percent.reason).toBe(
      "missing-input",
    );
    expect(milestoneSlip({ ...plan, plannedStart: "2026-11-06" }, context).percent.reason).toBe(
      "zero-denominator",
    );
  });

  test("on time counts overdue open ones, and nothing that is not due", () => {
    const due = (id: string, on: string | null, acceptedOn: string | null) => ({
      source: record(id),
      due: on,
      acceptedOn,
    });
    const milestones = listing([
      due("A", "2026-11-06", "2026-11-06"),
      due("B", "2026-11-06", "2026-11-09"),
      due("C", "2026-11-22", null),
      due("D", "2026-11-23", null),
      due("E", "2026-10-31", null),
      due("F", null, null),
    ]);
    const kpi = onTimeMilestones(milestones, { from: "2026-11-01", to: "2026-11-30" }, context);
    expect(kpi).toMatchObject({
      value: 33.3333,
      numerator: 1,
      denominator: 3,
      coverage: { present: 9, required: 10 },
    });
    expect(
      onTimeMilestones(listing([]), { from: "2026-11-01", to: "2026-11-30" }, context).reason,
    ).toBe("zero-denominator");
  });

  test("moves of one milestone within thirty days, the thirtieth included", () => {
    const move = (milestoneId: string, movedOn: string) => ({
      source: record(milestoneId + movedOn),
      milestoneId,
      movedOn,
    });
    const moves = listing([
      move("A", "2026-11-20"),
      move("A", "2026-10-24"),
      move("A", "2026-10-23"),
      move("B", "2026-11-21"),
    ]);
    expect(milestoneMoves(moves, context).value).toBe(2);
    expect(milestoneMoves(listing([]), context).value).toBe(0);
    expect(milestoneMoves(null, context).reason).toBe("missing-input");
  });
});

describe("plan and people", () => {
  test("overdue tasks of the open ones; undated ones lower the coverage", () => {
    const task = (id: string, dueOn: string | null, finishedOn: string | null = null) => ({
      source: record(id),
      dueOn,
      finishedOn,
    });
    const kpi = overdueTaskShare(
      listing([
        task("A", "2026-11-22"),
        task("B", "2026-11-23"),
        task("C", "2026-11-01", "2026-11-02"),
        task("D", null),
      ]),
      context,
    );
    expect(kpi).toMatchObject({
      value: 50,
      numerator: 1,
      denominator: 2,
      coverage: { present: 3, required: 4 },
    });
    expect(overdueTaskShare(listing([]), context).reason).toBe("zero-denominator");
  });

  test("hours used, and no budget to use", () => {
    expect(
      hoursUsed({ source: record("P"), budgetMinutes: 6000, actualMinutes: 4800 }, context).value,
    ).toBe(80);
    expect(
      hoursUsed({ source: record("P"), budgetMinutes: 0, actualMinutes: 60 }, context).reason,
    ).toBe("zero-denominator");
    expect(
      hoursUsed({ source: record("P"), budgetMinutes: null, actualMinutes: 60 }, context).reason,
    ).toBe("missing-input");
  });

  test("the first unfilled role decides; no unfilled role is none found", () => {
    const role = (id: string, startsOn: string | null, filled: boolean | null) => ({
      source: record(id),
      startsOn,
      filled,
    });
    expect(
      unfilledRoleStart(
        listing([role("A", "2026-12-03", false), role("B", "2026-11-22", true)]),
        context,
      ).value,
    ).toBe(10);
    expect(unfilledRoleStart(listing([role("A", "2026-11-22", false)]), context).value).toBe(-1);
    expect(unfilledRoleStart(listing([role("A", "2026-11-22", true)]), context).reason).toBe(
      "none-found",
    );
    expect(unfilledRoleStart(listing([role("A", "2026-11-22", null)]), context).reason).toBe(
      "missing-input",
    );
    expect(unfilledRoleStart(null, context).reason).toBe("missing-input");
  });

  test("leaving with nobody named; unclear cover is unclear", () => {
    const person = (id: string, leavesOn: string | null, covered: boolean | null) => ({
      source: record(id),
      leavesOn,
      covered,
    });
    expect(
      leavingWithoutCover(
        listing([
          person("A", "2026-12-31", false),
          person("B", "2026-12-31", true),
          person("C", null, null),
        ]),
        context,
      ).value,
    ).toBe(1);
    expect(leavingWithoutCover(listing([person("A", "2026-12-31", null)]), context).reason).toBe(
      "missing-input",
    );
  });

  test("hygiene counts open items only", () => {
    const item = (id: string, change: object) => ({
      source: record(id),
      kind: "task" as const,
      ownerId: "E-1",
      dueOn: "2026-12-01",
      dependsOn: [],
      done: false,
      updatedAt: "2026-11-20T10:00:00Z",
      ...change,
    });
    const plan = listing([
      item("A", { ownerId: null }),
      item("B", { dueOn: null, dependsOn: ["A", "gone"] }),
      item("C", { kind: "milestone", dueOn: "2027-01-02", updatedAt: "2026-11-08T10:00:00Z" }),
      item("D", { done: true, ownerId: null, dueOn: null }),
      item("E", { updatedAt: "2026-11-09T10:00:00Z" }),
    ]);
    const found = hygiene(plan, "2027-01-01", context);
    expect(Object.values(found).map((kpi) => kpi.value)).toEqual([1, 1, 1, 1, 1]);
    expect(hygiene(plan, null, context).milestonesAfterGoLive.coverage).toEqual({
      present: 4,
      required: 5,
    });
    expect(hygiene(null, null, context).withoutOwner.reason).toBe("missing-input");
  });
});

describe("contract and billing", () => {
  const order = (
    id: string,
    state: "proposed" | "approved" | "client_review",
    raisedOn: string | null,
    units: number | null = 1000,
  ) => ({ source: record(id), state, raisedOn, amount: units === null ? null : eur(units) });

  test("open change orders: age of the oldest and share of the budget", () => {
    const orders = listing([
      order("A", "proposed", "2026-11-06"),
      order("B", "client_review", "2026-11-13", 4000),
      order("C", "approved", "2026-01-01"),
    ]);
    // Ten full days since the evening of the 6th, and the two hours of this morning.
    expect(openChangeAge(orders, context).value).toBe(10.25);
    const intake = createIntake();
    intake.saw(record("BAC"), "budget", eur(50_000));
    const bac = amount(
      { kpi: "bac", unit: "minor units", asOf: context.asOf, from: [intake] },
      5_000_000,
    );
    expect(openChangeShare(orders, bac, context).value).toBe(10);
    expect(openChangeAge(listing([order("C", "approved", null)]), context).reason).toBe(
      "none-found",
    );
    expect(openChangeAge(listing([order("A", "proposed", null)]), context).reason).toBe(
      "missing-input",
    );
    expect(
      openChangeShare(listing([order("A", "proposed", null, null)]), bac, context).reason,
    ).toBe("missing-input");
  });

  test("a scope cue counts after fourteen days without a change order", () => {
    const cue = (on: string) => ({ source: record(on), field: "date", on });
    const cues = listing([cue("2026-11-09"), cue("2026-11-08"), cue("2026-10-01")]);
    expect(uncoveredScopeCues(cues, listing([]), context).value).toBe(2);
    expect(
      uncoveredScopeCues(cues, listing([order("A", "proposed", "2026-10-15")]), context).value,
    ).toBe(1);
    expect(
      uncoveredScopeCues(cues, listing([order("A", "proposed", "2026-10-16")]), context).value,
    ).toBe(2);
    expect(uncoveredScopeCues(cues, null, context).reason).toBe("missing-input");
  });

  test("delivered and not accepted, unless silence is acceptance", () => {
    const milestone = (
      deliveredOn: string | null,
      acceptedOn: string | null,
      days: number | null,
    ) => ({ source: record("M"), deliveredOn, acceptedOn, deemedAcceptedAfterDays: days });
    expect(unacceptedAge(listing([milestone("2026-11-06", null, null)]), context).value).toBe(
      10.25,
    );
    expect(unacceptedAge(listing([milestone("2026-11-06", null, 10)]), context).reason).toBe(
      "none-found",
    );
    expect(unacceptedAge(listing([milestone("2026-11-06", null, 11)]), context).value).toBe(10.25);
    expect(
      unacceptedAge(
        listing([milestone("2026-11-06", "2026-11-09", null), milestone(null, null, null)]),
        context,
      ).reason,
    ).toBe("none-found");
  });

  test("unbilled, blocked and overdue", () => {
    expect(
      unbilledReadyAge(
        listing([
          { source: record("A"), readyOn: "2026-11-16" },
          { source: record("B"), readyOn: "2026-11-20" },
        ]),
        context,
      ).value,
    ).toBe(7);
    const invoice = (id: string, units: number, blocked: boolean | null) => ({
      source: record(id),
      value: eur(units),
      on: "2026-11-01",
      blocked,
    });
    expect(
      blockedInvoiceShare(
        listing([invoice("A", 850, false), invoice("B", 150, true), invoice("C", 99, null)]),
        context,
      ).value,
    ).toBe(15);
    expect(blockedInvoiceShare(listing([]), context).reason).toBe("zero-denominator");
    const owed = (id: string, dueOn: string | null, units: number) => ({
      source: record(id),
      open: eur(units),
      issuedOn: "2026-09-01",
      dueOn,
    });
    expect(
      overdueReceivableDays(
        listing([
          owed("A", "2026-11-08", 10),
          owed("B", "2026-09-01", 0),
          owed("C", "2026-11-23", 10),
        ]),
        context,
      ).value,
    ).toBe(15);
    expect(overdueReceivableDays(listing([owed("C", "2026-11-23", 10)]), context).reason).toBe(
      "none-found",
    );
  });

  test("client signs: recent low answers, sponsor changes, severe tickets", () => {
    const sign = (on: string, score: number | null, kind: "csat" | "negative-trend" = "csat") => ({
      source: record(on + score),
      on,
      score,
      kind,
    });
    expect(
      lowSatisfactionSigns(
        listing([
          sign("2026-11-01", 3),
          sign("2026-11-01", 4),
          sign("2026-10-23", 1),
          sign("2026-11-02", null, "negative-trend"),
        ]),
        context,
      ).value,
    ).toBe(2);
    const change = (mitigated: boolean | null) => ({ source: record(`${mitigated}`), mitigated });
    expect(
      unmitigatedSponsorChanges(listing([change(true), change(false), change(null)]), context)
        .value,
    ).toBe(2);
    const ticket = (dueAt: string | null) => ({ source: record(`${dueAt}`), dueAt });
    expect(
      severeTicketsPastLimit(
        listing([ticket("2026-11-23T09:59:59Z"), ticket("2026-11-23T10:00:00Z")]),
        context,
      ).value,
    ).toBe(1);
    expect(severeTicketsPastLimit(listing([ticket(null)]), context).reason).toBe("missing-input");
  });
});

describe("colours of a KPI", () => {
  const cpi = kpiBands["cpi"] ?? { amber: null, red: null, sourceNote: "" };
  const of = (n: number, d: number, [present, required] = [1, 1]) => {
    const intake = createIntake();
    for (let i = 0; i < required; i += 1)
      intake.need(record(`${i}`), "value", i < present ? 1 : null);
    return bandOf(
      quotient({ kpi: "cpi", unit: "ratio", asOf: context.asOf, from: [intake] }, n, d),
      cpi,
    );
  };

  test("limits are compared exactly: a value that only rounds to the limit is below it", () => {
    expect([
      of(95, 100),
      of(949_999_999, 1_000_000_000),
      of(85, 100),
      of(849_999_999, 1_000_000_000),
    ]).toEqual(["green", "amber", "amber", "red"]);
  });

  test("P6: too little coverage has no colour, and neither has a value that is not defined", () => {
    expect([of(1, 1, [599, 1000]), of(1, 1, [600, 1000]), of(1, 0), of(1, 1, [0, 3])]).toEqual([
      "unknown",
      "green",
      "not-applicable",
      "unknown",
    ]);
  });

  test("every default says where it comes from", () => {
    for (const bands of Object.values(kpiBands)) expect(bands.sourceNote).not.toBe("");
  });
});

test("P5: each input is cited once, with its own value, in an order that does not depend on reading", () => {
  const value = fc.record({
    id: fc.constantFrom("A", "B", "C"),
    field: fc.constantFrom("x", "y"),
    minor: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.uniqueArray(value, { selector: ({ id, field }) => id + field }), (rows) => {
      const inputs = rows.map(({ id, field, minor }) => ({
        source: record(id),
        field,
        value: { minor, currency: "EUR" },
      }));
      expect(cite(inputs.toReversed())).toEqual(cite([...inputs, ...inputs]));
      expect(distinctInputs(inputs.toReversed())).toEqual(distinctInputs(inputs));
      expect(new Set(cite(inputs).map((f) => `${f.record.id} ${f.field} ${f.value}`))).toEqual(
        new Set(rows.map(({ id, field, minor }) => `${id} ${field} EUR 0.0${minor}`)),
      );
    }),
  );
});
