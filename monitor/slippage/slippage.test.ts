import { describe, expect, test } from "vitest";
import { changed, sampleView, type Told, told } from "../erosion/sample-project.ts";
import { type Slippage, slippageOf } from "./slippage.ts";

const asOf = "2026-04-20T12:00:00Z";
const plan = (...more: readonly Told[]) => [
  told("project", "P", { percentComplete: 0, reportedOn: "2026-04-17" }),
  told("contract", "CT1"),
  ...more,
];
/** Delivered on 10 April: ten business days after 27 March. */
const tenLate = told("milestone", "M", { deliveredOn: "2026-04-10", forecastOn: "2026-04-10" });
const task = (id: string, fields: object = {}): Told => ({
  ...told("task", id, { dueOn: "2026-03-20", doneOn: "2026-04-10", state: "done", ...fields }),
  milestone: "M",
});
/** Open, then blocked from one day to another, then done. */
const blockedFor = (
  id: string,
  [from, to]: readonly [string, string],
  fields: object = {},
): Told[] => [
  task(id, { doneOn: null, state: "open", ...fields }),
  changed(["task", id], `${from}T10:00:00Z`, { state: "blocked" }),
  changed(["task", id], `${to}T10:00:00Z`, { state: "done", doneOn: to }),
];
const slipOf = (...tellings: readonly Told[]): Slippage => {
  const slip = slippageOf(sampleView(asOf, tellings), "P");
  if (slip.kind === "unknown") throw new Error(slip.missing.join());
  const explained = slip.causes.reduce((sum, { days }) => sum + days, 0);
  expect(explained + slip.unexplainedDays).toBe(Math.max(0, slip.slipDays));
  return slip;
};
const causes = (slip: Slippage) => slip.causes.map(({ code, days }) => [code, days]);

describe("why a date slips", () => {
  test("nothing in the records explains it: all of its days are unexplained", () => {
    expect(slipOf(...plan(tenLate, task("T")))).toMatchObject({
      slipDays: 10,
      causes: [],
      unexplainedDays: 10,
    });
  });

  test("an early delivery has no causes, whatever was blocked on the way", () => {
    const early = told("milestone", "M", { deliveredOn: "2026-03-25", forecastOn: "2026-03-25" });
    const slip = slipOf(
      ...plan(early, ...blockedFor("T", ["2026-02-02", "2026-02-16"], { owner: "client" })),
    );
    expect(slip).toMatchObject({ slipDays: -2, causes: [], unexplainedDays: 0 });
  });

  test.each([
    ["client", "SLP-3"],
    ["third_party", "SLP-9"],
    ["us", "SLP-8"],
  ])(
    "a task blocked on the chain and owned by %s is %s for as long as it was blocked",
    (owner, code) => {
      const slip = slipOf(
        ...plan(tenLate, ...blockedFor("T", ["2026-02-02", "2026-02-10"], { owner })),
      );
      expect(causes(slip)).toEqual([[code, 6]]);
      expect(slip.unexplainedDays).toBe(4);
    },
  );

  test("what blocks a task beside the driving chain gets no days", () => {
    const slip = slipOf(
      ...plan(
        tenLate,
        task("T1", { doneOn: "2026-03-01" }),
        task("T2", { dependsOnTaskId: "T1" }),
        ...blockedFor("beside", ["2026-02-02", "2026-02-16"], { owner: "client" }),
      ),
    );
    expect(slip.driving.taskIds).toEqual(["T1", "T2"]);
    expect(slip).toMatchObject({ causes: [], unexplainedDays: 10 });
  });

  test("what blocked a task that the last one waited for counts", () => {
    const slip = slipOf(
      ...plan(
        tenLate,
        ...blockedFor("T1", ["2026-02-02", "2026-02-09"], { owner: "client" }),
        task("T2", { dependsOnTaskId: "T1" }),
      ),
    );
    expect(causes(slip)).toEqual([["SLP-3", 5]]);
  });

  test("plans that wait for each other end", () => {
    const slip = slipOf(
      ...plan(
        tenLate,
        task("T1", { dependsOnTaskId: "T2" }),
        task("T2", { dependsOnTaskId: "T1" }),
      ),
    );
    expect(slip.driving.taskIds).toHaveLength(2);
  });

  test("a contract signed after the start holds the work until it begins; slow hand-over has its own name", () => {
    const late = { kickoffOn: "2026-01-12" };
    const unsigned = [
      told("project", "P", late),
      told("contract", "CT1", { signedOn: "2026-01-09" }),
      tenLate,
    ];
    expect(causes(slipOf(...unsigned))).toEqual([["SLP-10", 5]]);
    expect(causes(slipOf(told("project", "P", late), told("contract", "CT1"), tenLate))).toEqual([
      ["SLP-5", 5],
    ]);
  });

  test("an empty seat is a staffing gap; one that somebody sat on before is a loss", () => {
    const request = told("staffing-request", "S", { filledOn: "2026-02-09", state: "filled" });
    expect(causes(slipOf(...plan(tenLate, request)))).toEqual([["SLP-1", 5]]);
    expect(causes(slipOf(...plan(tenLate, request, told("assignment", "A"))))).toEqual([
      ["SLP-2", 5],
    ]);
    const cancelled = told("staffing-request", "S", { state: "cancelled" });
    expect(slipOf(...plan(tenLate, cancelled)).causes).toEqual([]);
  });

  test("more hours than planned explain what is left, and never more", () => {
    const overrun = [
      told("project", "P", { status: "completed", percentComplete: 100 }),
      told("person", "E1"),
      told("timesheet-week", "W", { loggedMinutes: 90_000 }),
      told("contract", "CT1"),
    ];
    const slip = slipOf(
      ...overrun,
      tenLate,
      ...blockedFor("T", ["2026-02-02", "2026-02-10"], { owner: "client" }),
    );
    expect(causes(slip)).toEqual([
      ["SLP-3", 6],
      ["SLP-7", 4],
    ]);
    expect(slip.causes[1]?.confidence).toBe("medium");
  });

  test("a date that passed and that nobody moved slips until today, and the plan is stale", () => {
    const slip = slipOf(
      told("project", "P", { percentComplete: 0, reportedOn: "2026-03-20" }),
      told("contract", "CT1"),
      told("milestone", "M"),
    );
    // From 27 March to Monday 20 April.
    expect(slip).toMatchObject({ slipDays: 16, endOn: "2026-04-20" });
    expect(causes(slip)).toEqual([["SLP-13", 16]]);
  });

  test("slow acceptance is told apart from the slip", () => {
    const waiting = told("milestone", "M", { deliveredOn: "2026-03-27" });
    const slip = slipOf(...plan(waiting));
    expect(slip.slipDays).toBe(0);
    // Due on 10 April.
    expect(slip.acceptance).toMatchObject({ code: "SLP-4", days: 6, open: true });
    expect(
      slipOf(
        ...plan(told("milestone", "M", { deliveredOn: "2026-03-27", acceptedOn: "2026-04-09" })),
      ).acceptance,
    ).toBeNull();
  });

  test("a re-baseline keeps the first date, and a milestone says what it inherited", () => {
    const slip = slipOf(
      ...plan(
        told("milestone", "A", { baselineOn: "2026-02-27", deliveredOn: "2026-03-06" }),
        told("milestone", "M"),
        changed(["milestone", "M"], "2026-03-20T09:00:00Z", {
          baselineOn: "2026-04-10",
          forecastOn: "2026-04-24",
        }),
      ),
    );
    expect(slip).toMatchObject({ baselineOn: "2026-03-27", endOn: "2026-04-24", slipDays: 20 });
    expect(slip.milestones.map(({ inheritedDays }) => inheritedDays)).toEqual([0, 5]);
  });

  test("no project, no milestones or no source: unknown, and why", () => {
    const of = (tellings: readonly Told[], lastRead?: object) =>
      slippageOf(sampleView(asOf, tellings, lastRead), "P");
    expect(of([])).toMatchObject({ kind: "unknown", missing: ["the project"] });
    expect(of(plan())).toMatchObject({ missing: ["milestones with dates"] });
    expect(of(plan(tenLate), {})).toMatchObject({
      missing: ["the psa, which was never read in full"],
    });
  });
});
