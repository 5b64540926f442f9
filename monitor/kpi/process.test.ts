import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWorkClock } from "../clocks/work-clock.ts";
import { personalSchedule } from "../clocks/work-schedule.ts";
import { calendar } from "../sample-facts.ts";
import type { ApprovalCase } from "./approval-case.ts";
import { approvalAgeing, approvalPerformance } from "./approval-performance.ts";
import { kickoffCycle } from "./kickoff-cycle.ts";
import { exceptionRate, handoffWait, processLatency, reworkRate } from "./process-performance.ts";
import { queueState, queueStates } from "./queue-depth.ts";
import { context, contextAt, listing, record } from "./sample-context.ts";

const approval = (
  id: string,
  assignedAt: string,
  decidedAt: string | null,
  change: Partial<ApprovalCase> = {},
): ApprovalCase => ({
  source: record(id),
  approverId: "lead",
  stage: "time",
  assignedAt,
  openedAt: null,
  decidedAt,
  obsolete: false,
  slaMinutes: 480,
  ...change,
});
const noClocks = new Map();
const perform = (items: ApprovalCase[], at = context) =>
  approvalPerformance({ approvals: listing(items), clocks: noClocks }, at);

describe("approvals", () => {
  const onTime = approval("A", "2026-11-16T08:00:00Z", "2026-11-16T16:00:00Z", {
    openedAt: "2026-11-16T15:00:00Z",
  });
  const late = approval("B", "2026-11-16T08:00:00Z", "2026-11-18T08:00:00Z");
  const overdue = approval("C", "2026-11-19T08:00:00Z", null);
  const waiting = approval("D", "2026-11-23T08:00:00Z", null);

  test("by hand: the cycle counts pending ones, split into wait and touch", () => {
    // 1, 2, 2.25 and 0.25 business days.
    const result = perform([onTime, late, overdue, waiting]);
    expect([result.cycle.p50.value, result.cycle.p90.value, result.cycle.pending]).toEqual([
      1.5, 2.25, 2,
    ]);
    expect([result.touch.p50.value, result.touch.count]).toEqual([0.125, 1]);
    expect(result.wait.p50.value).toBe(1.4375);
    expect(result.oldestPending.value).toBe(2.25);
  });

  test("on time has no survivor bias: pending past the limit counts, pending within it does not", () => {
    const result = perform([onTime, late, overdue, waiting]);
    expect(result.onTime).toMatchObject({ numerator: 1, denominator: 3 });
    expect(result.missed.value).toBe(2);
    const lazy = perform([onTime, overdue]);
    expect(lazy.onTime.value).toBe(50);
  });

  test("exactly the limit is on time; a minute later it is not", () => {
    const one = (decidedAt: string) =>
      perform([approval("A", "2026-11-16T08:00:00Z", decidedAt)]).onTime.value;
    expect(one("2026-11-17T08:00:00Z")).toBe(100);
    expect(one("2026-11-17T08:01:00Z")).toBe(0);
  });

  test("an approver's own hours count: away on leave is not slow", () => {
    const away = createWorkClock(
      personalSchedule(calendar, { leave: [{ from: "2026-11-19", to: "2026-11-20", part: null }] }),
    );
    const result = approvalPerformance(
      { approvals: listing([overdue]), clocks: new Map([["lead", away]]) },
      context,
    );
    expect(result.oldestPending.value).toBe(0.25);
    expect(result.onTime.reason).toBe("zero-denominator");
  });

  test("nothing pending is none found, nothing read is missing", () => {
    expect(perform([onTime]).oldestPending.reason).toBe("none-found");
    const unread = approvalPerformance({ approvals: null, clocks: noClocks }, context);
    for (const kpi of [unread.onTime, unread.missed, unread.oldestPending, unread.cycle.p50])
      expect([kpi.value, kpi.reason]).toEqual([null, "missing-input"]);
  });

  test.each([
    ["2026-11-20T10:00:00Z", "green"],
    ["2026-11-20T09:59:00Z", "waiting"],
    ["2026-11-19T10:00:00Z", "waiting"],
    ["2026-11-19T09:59:00Z", "amber"],
    ["2026-11-16T10:00:00Z", "amber"],
    ["2026-11-16T09:59:00Z", "red"],
    ["2026-10-24T10:00:00Z", "red"],
    ["2026-10-23T10:00:00Z", "zombie"],
  ])("pending since %s is %s", (since, band) => {
    const ageing = approvalAgeing(
      { approvals: listing([approval("A", since, null)]), clocks: noClocks },
      context,
    );
    expect(ageing.items.map((item) => item.band)).toEqual([band]);
  });

  test("a request whose reason is gone is a zombie at any age, and slows nobody's figures", () => {
    const gone = approval("Z", "2026-11-19T08:00:00Z", null, { obsolete: true });
    expect(
      approvalAgeing({ approvals: listing([gone]), clocks: noClocks }, context).counts.zombie,
    ).toBe(1);
    expect(perform([onTime, gone]).onTime.value).toBe(100);
  });

  test("the past is answered as it was: a later decision changes no earlier figure", () => {
    const day = fc
      .integer({ min: 0, max: 20 * 1440 })
      .map((m) => new Date(Date.UTC(2026, 10, 1) + m * 60_000).toISOString());
    const cases = fc.array(fc.tuple(day, fc.option(day, { nil: null })), { maxLength: 6 });
    fc.assert(
      fc.property(cases, day, (rows, at) => {
        const items = rows.map(([assigned, decided], i) =>
          approval(`A${i}`, assigned, decided !== null && decided >= assigned ? decided : null),
        );
        const undecided = items.map((item) =>
          item.decidedAt !== null && item.decidedAt > at ? { ...item, decidedAt: null } : item,
        );
        const [now, then] = [perform(items, contextAt(at)), perform(undecided, contextAt(at))];
        expect([now.onTime.value, now.oldestPending.value, now.cycle.p50.value]).toEqual([
          then.onTime.value,
          then.oldestPending.value,
          then.cycle.p50.value,
        ]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("queues", () => {
  const item = (id: string, queue: string, enteredAt: string, leftAt: string | null) => ({
    source: record(id),
    queue,
    enteredAt,
    leftAt,
  });
  const items = listing([
    item("A", "lead", "2026-11-16T08:00:00Z", "2026-11-17T08:00:00Z"),
    item("B", "lead", "2026-11-16T12:00:00Z", null),
    item("C", "cfo", "2026-11-20T08:00:00Z", null),
  ]);

  test.each([
    ["2026-11-16T07:59:59Z", 0, null],
    ["2026-11-16T08:00:00Z", 1, 0],
    ["2026-11-17T07:59:59Z", 2, 1],
    ["2026-11-17T08:00:00Z", 1, 0.5],
    ["2026-11-23T10:00:00Z", 2, 4.75],
  ])("at %s stood %i items", (at, depth, oldest) => {
    const state = queueState(items, contextAt(at));
    expect([state.depth.value, state.oldest.value]).toEqual([depth, oldest]);
  });

  test("by approver, and the depths add up to the whole", () => {
    const states = queueStates(items, context);
    expect([...states].map(([queue, { depth }]) => [queue, depth.value])).toEqual([
      ["cfo", 1],
      ["lead", 1],
    ]);
    expect(queueState(null, context).depth.reason).toBe("missing-input");
  });
});

describe("process", () => {
  const step = (caseId: string, activity: string, at: string) => ({
    source: record(`${caseId}-${activity}-${at}`),
    caseId,
    activity,
    at,
  });

  test("latency per edge in business time, whatever order the steps come in; open cases stand apart", () => {
    const steps = [
      step("1", "submit", "2026-11-20T15:00:00Z"),
      step("1", "approve", "2026-11-23T09:00:00Z"),
      step("2", "submit", "2026-11-16T08:00:00Z"),
      step("2", "approve", "2026-11-18T08:00:00Z"),
      step("2", "pay", "2026-11-30T08:00:00Z"),
      step("3", "submit", "2026-11-23T08:00:00Z"),
    ];
    for (const order of [steps, steps.toReversed()]) {
      const { edges, openSince } = processLatency(
        listing(order),
        { isOpen: (id) => id !== "1" },
        context,
      );
      // 120 and 960 minutes; the payment has not happened yet.
      expect(
        edges.map(({ from, to, latency }) => [
          from,
          to,
          latency.p50.value,
          latency.p90.value,
          latency.count,
        ]),
      ).toEqual([["submit", "approve", 1.125, 2, 2]]);
      expect([...openSince].map(([activity, { p50 }]) => [activity, p50.value])).toEqual([
        ["approve", 3.25],
        ["submit", 0.25],
      ]);
    }
  });

  test("exceptions and rework per case; what nobody counts lowers the coverage", () => {
    const cases = listing(
      [
        [0, 1],
        [3, 0],
        [0, null],
        [null, 0],
      ].map(([exceptions = null, resubmissions = null], i) => ({
        source: record(`C${i}`),
        exceptions,
        resubmissions,
      })),
    );
    expect(exceptionRate(cases, context)).toMatchObject({
      value: 33.3333,
      numerator: 1,
      denominator: 3,
    });
    expect(reworkRate(cases, context)).toMatchObject({
      value: 33.3333,
      coverage: { present: 4, required: 5 },
    });
    expect(exceptionRate(listing([]), context).reason).toBe("zero-denominator");
    expect(reworkRate(null, context).reason).toBe("missing-input");
  });

  test("a handoff has two ends; one that nobody took keeps ageing", () => {
    const handoffs = listing([
      { source: record("H1"), sentAt: "2026-11-20T08:00:00Z", acceptedAt: "2026-11-20T12:00:00Z" },
      { source: record("H2"), sentAt: "2026-11-20T08:00:00Z", acceptedAt: null },
      { source: record("H3"), sentAt: null, acceptedAt: null },
    ]);
    const wait = handoffWait(handoffs, context);
    expect([wait.p50.value, wait.count, wait.pending]).toEqual([0.875, 2, 1]);
    expect(wait.p50.coverage).toEqual({ present: 6, required: 7 });
  });

  test("kickoff: won to held, in three stretches, with the ones still waiting", () => {
    const path = (id: string, ...times: (string | null)[]) => ({
      source: record(id),
      wonAt: times[0] ?? null,
      handedOverAt: times[1] ?? null,
      staffedAt: times[2] ?? null,
      kickoffAt: times[3] ?? null,
    });
    const paths = listing([
      path(
        "A",
        "2026-11-02T08:00:00Z",
        "2026-11-03T08:00:00Z",
        "2026-11-05T08:00:00Z",
        "2026-11-10T08:00:00Z",
      ),
      path("B", "2026-11-16T08:00:00Z", "2026-11-17T08:00:00Z"),
      path("C"),
    ]);
    const cycle = kickoffCycle(paths, context);
    expect([cycle.total.p50.value, cycle.total.p90.value, cycle.total.pending]).toEqual([
      5.625, 6, 1,
    ]);
    expect([cycle.handoff.p50.value, cycle.staffing.p50.value, cycle.clientDate.p50.value]).toEqual(
      [1, 3.125, 3],
    );
    expect(cycle.total.p50.coverage).toEqual({ present: 9, required: 10 });
  });
});
