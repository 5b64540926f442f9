import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plusDays } from "../clocks/civil-days.ts";
import { type MarginBridge, marginBridge } from "./margin-bridge.ts";
import { sampleView, type Told, told } from "./sample-project.ts";

const asOf = "2026-02-16T12:00:00Z";
/** So many full weeks of E1 from 5 January on: 40 hours each at 60.00, as planned. */
const weeks = (count: number, fields: object = {}): Told[] =>
  Array.from({ length: count }, (_, index) =>
    told("timesheet-week", `T${index}`, { week: plusDays("2026-01-05", 7 * index), ...fields }),
  );
const firm = (project: object, ...more: readonly Told[]) => [
  told("project", "P", project),
  told("contract", "CT1"),
  told("person", "E1"),
  ...more,
];
const bridgeOf = (tellings: readonly Told[]): MarginBridge => {
  const bridge = marginBridge(sampleView(asOf, tellings), "P");
  if (bridge.kind === "unknown") throw new Error(bridge.missing.join());
  return bridge;
};
const lineOf = (bridge: MarginBridge, part: string) =>
  bridge.lines.find((line) => line.part === part)?.minor;
const causes = (bridge: MarginBridge) => bridge.causes.map(({ code, minor }) => [code, minor]);

// 240 of 1,000 hours worked, so a project that is 24 % done goes exactly as planned.
const onPlan = { percentComplete: 24 };

describe("why a margin erodes", () => {
  test("a project that goes as planned has no causes and no variance", () => {
    const bridge = bridgeOf(firm(onPlan, ...weeks(6)));
    expect(bridge).toMatchObject({
      varianceMinor: 0,
      variancePoints: 0,
      causes: [],
      method: "typical",
    });
    expect(bridge.baseline.marginHundredths).toBe(4000);
  });

  test("twice the hours for the same scope is effort overrun", () => {
    const bridge = bridgeOf(firm({ percentComplete: 12 }, ...weeks(6)));
    expect(lineOf(bridge, "volume")).toBe(-6_000_000);
    expect(causes(bridge)).toEqual([["MAR-1", -6_000_000]]);
  });

  test("dearer people for the same hours are mix, not volume", () => {
    const bridge = bridgeOf([
      told("project", "P", onPlan),
      told("contract", "CT1"),
      told("person", "E1", { hourlyCostCents: 9000 }),
      ...weeks(6),
    ]);
    expect(lineOf(bridge, "volume")).toBe(0);
    expect(causes(bridge)).toEqual([["MAR-3", -3_000_000]]);
  });

  test("work outside the plan is unpaid beyond the hours of agreed change orders", () => {
    const extra = told("timesheet-week", "off", {
      week: "2026-02-09",
      loggedMinutes: 3600,
      billableMinutes: 0,
      offPlanMinutes: 3600,
    });
    const unpaid = bridgeOf(firm(onPlan, ...weeks(6), extra));
    expect(causes(unpaid)).toEqual([["MAR-2", -360_000]]);
    const agreed = bridgeOf(firm(onPlan, ...weeks(6), extra, told("change-order", "CO")));
    // 5,000.00 for 50 hours at 60.00; ten of the sixty hours stay unpaid.
    expect(lineOf(agreed, "scope")).toBe(500_000 - 300_000 - 60_000);
    expect(causes(agreed)).toEqual([["MAR-2", -60_000]]);
  });

  test("a change order that nobody approved is upside and changes no line", () => {
    const without = bridgeOf(firm(onPlan, ...weeks(6)));
    const pending = bridgeOf(
      firm(onPlan, ...weeks(6), told("change-order", "CO", { state: "client_review" })),
    );
    expect(pending.pendingUpside.minor).toBe(500_000);
    expect(pending.lines).toEqual(without.lines);
  });

  test("expenses count unless the client pays them back or the claim was refused", () => {
    const bridge = bridgeOf(
      firm(
        onPlan,
        ...weeks(6),
        told("expense", "X1"),
        told("expense", "X2", { rebillable: true }),
        told("expense", "X3", { state: "rejected" }),
      ),
    );
    expect(causes(bridge)).toEqual([["MAR-8", -100_000]]);
  });

  test("under time and materials: write-downs, rates below the contract and hours that cannot be charged", () => {
    const billed = { ...onPlan, billing: "time_and_materials" as const };
    const bridge = bridgeOf(
      firm(
        billed,
        ...weeks(6, { billableMinutes: 2100 }),
        told("rate-line", "RL"),
        told("invoice", "I1", { billing: "time_and_materials" }),
        told("invoice-line", "L1", { hourlyRateCents: 9000, netCents: 90_000 }),
        told("invoice-line", "L2", { writtenDownCents: 20_000, netCents: 80_000 }),
      ),
    );
    // 600 minutes at 10.00 an hour too little; 6 × 5 hours at 100.00 that nobody can be charged for.
    expect(lineOf(bridge, "rate")).toBe(-10_000);
    expect(lineOf(bridge, "write-down")).toBe(-20_000);
    expect(causes(bridge)).toEqual([
      ["MAR-6", -300_000],
      ["MAR-5", -20_000],
      ["MAR-4", -10_000],
    ]);
  });

  test("more hours under time and materials are sold, and erode nothing", () => {
    const bridge = bridgeOf(
      firm(
        { billing: "time_and_materials" as const, percentComplete: 12 },
        ...weeks(6),
        told("rate-line", "RL"),
      ),
    );
    expect(lineOf(bridge, "volume")).toBe(4_000_000);
    expect(bridge.causes).toEqual([]);
  });

  test("hours of the lead after the agreed end are the delay's cost", () => {
    const late = told("timesheet-week", "late", { personId: "E9", week: "2026-02-09" });
    const tellings = [
      told("project", "P", { percentComplete: 12 }),
      told("contract", "CT1", { endsOn: "2026-02-06" }),
      told("person", "E1"),
      told("person", "E9"),
      ...weeks(6),
      late,
    ];
    expect(causes(bridgeOf(tellings)).map(([code]) => code)).toContain("MAR-9");
  });

  test("a reported rest that only repeats the percentage takes no overrun back", () => {
    const report = (remainingMinutes: number) =>
      ({
        kind: "progress-report",
        id: "PR",
        at: "2026-02-13T16:00:00Z",
        fields: {
          projectId: "P",
          reportedOn: "2026-02-13",
          percentComplete: 12,
          remainingMinutes,
          reportedHealth: "green",
          forecastEndOn: "2026-03-27",
          authorId: "E9",
        },
      }) as const satisfies Told;
    const project = { percentComplete: 12 };
    expect(bridgeOf(firm(project, ...weeks(6), report(52_800))).method).toBe("typical");
    const own = bridgeOf(firm(project, ...weeks(6), report(60_000)));
    // 14,400 minutes worked and 60,000 to come: 240 hours above plan at 60.00.
    expect(own).toMatchObject({ method: "bottom-up" });
    expect(lineOf(own, "volume")).toBe(-1_440_000);
  });

  test("weeks that came in late are shown as apparent erosion and are no cause", () => {
    const bridge = bridgeOf(
      firm(
        onPlan,
        ...weeks(5),
        ...weeks(1, { week: "2026-01-12", submittedOn: "2026-02-10", dueOn: "2026-01-19" }),
      ),
    );
    expect(bridge.apparent).toMatchObject({ code: "MAR-12", minor: -240_000 });
    expect(causes(bridge).map(([code]) => code)).not.toContain("MAR-12");
  });

  test("what is missing is named, and nothing is guessed", () => {
    const unknown = (tellings: readonly Told[], lastRead?: object) =>
      marginBridge(sampleView(asOf, tellings, lastRead), "P");
    expect(unknown([])).toMatchObject({ kind: "unknown", missing: ["the project"] });
    expect(unknown(firm({ plannedCostCents: 0 }, ...weeks(6)))).toMatchObject({
      kind: "unknown",
      missing: ["the planned cost", "the cost of the people on it"],
    });
    expect(
      unknown(firm(onPlan, ...weeks(6)), { psa: asOf, hris: asOf, crm: asOf, erp: null }),
    ).toMatchObject({
      kind: "unknown",
      missing: ["the erp, which was never read in full"],
    });
    const strangers = (count: number) =>
      weeks(count, { personId: "E404" }).map((one, index) => ({ ...one, id: `S${index}` }));
    expect(unknown(firm(onPlan, ...weeks(6), ...strangers(2)))).toMatchObject({
      kind: "bridge",
      coverage: { present: 13, required: 15 },
    });
    expect(unknown(firm(onPlan, ...weeks(6), ...strangers(30))).kind).toBe("unknown");
  });

  test("whatever was worked, billed and agreed, the lines are the variance and the residual is rounding", () => {
    const week = fc.record({
      logged: fc.integer({ min: 0, max: 3000 }),
      off: fc.integer({ min: 0, max: 900 }),
      billable: fc.integer({ min: 0, max: 3000 }),
      cost: fc.integer({ min: 3001, max: 9999 }),
    });
    fc.assert(
      fc.property(
        fc.array(week, { minLength: 1, maxLength: 8 }),
        fc.constantFrom("fixed" as const, "time_and_materials" as const, "retainer" as const),
        fc.integer({ min: 1, max: 100 }),
        (worked, billing, percentComplete) => {
          const bridge = bridgeOf([
            told("project", "P", { billing, percentComplete }),
            told("contract", "CT1"),
            told("rate-line", "RL"),
            told("change-order", "CO"),
            told("expense", "X1"),
            ...worked.flatMap(({ logged, off, billable, cost }, index) => [
              told("person", `E${index}`, { hourlyCostCents: cost }),
              told("timesheet-week", `T${index}`, {
                personId: `E${index}`,
                loggedMinutes: logged,
                offPlanMinutes: off,
                billableMinutes: billable,
              }),
            ]),
          ]);
          const sum = bridge.lines.reduce((total, { minor }) => total + minor, 0);
          expect(sum).toBe(bridge.forecast.marginMinor - bridge.baseline.marginMinor);
          expect(Math.abs(lineOf(bridge, "residual") ?? 0)).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: 60 },
    );
  });
});
