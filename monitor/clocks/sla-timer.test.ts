import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendar } from "../sample-facts.ts";
import { type SlaEvent, slaTimer } from "./sla-timer.ts";
import { createWorkClock } from "./work-clock.ts";
import { scheduleOf } from "./work-schedule.ts";

const clock = createWorkClock(scheduleOf(calendar));
/** Monday 23 November 2026, Ljubljana time. */
const monday = (hour: string) => `2026-11-23T${hour}:00+01:00`;
const ask = (events: readonly SlaEvent[], asOf: string, limitMinutes = 240) =>
  slaTimer(events, { clock, limitMinutes, asOf });

describe("an SLA timer", () => {
  test("runs in working time from start to stop", () => {
    const events: SlaEvent[] = [
      { at: "2026-11-20T16:00:00+01:00", kind: "start" },
      { at: monday("10:30"), kind: "stop" },
    ];
    expect(ask(events, monday("17:00"))).toEqual({
      state: "stopped",
      elapsedMinutes: 150,
      pausedMinutes: 0,
      remainingMinutes: 90,
      dueAt: null,
      breached: false,
    });
  });

  test("stands still while paused, and has no due time then", () => {
    const events: SlaEvent[] = [
      { at: monday("09:00"), kind: "start" },
      { at: monday("10:00"), kind: "pause" },
      { at: monday("12:00"), kind: "resume" },
    ];
    expect(ask(events, monday("11:00"))).toMatchObject({
      state: "paused",
      elapsedMinutes: 60,
      pausedMinutes: 60,
      dueAt: null,
    });
    expect(ask(events, monday("13:00"))).toMatchObject({
      state: "running",
      elapsedMinutes: 120,
      pausedMinutes: 120,
      dueAt: "2026-11-23T14:00:00.000Z",
    });
  });

  test.each([
    ["one minute before the limit", "12:59", false, 1],
    ["at the limit exactly", "13:00", false, 0],
    ["one minute after", "13:01", true, -1],
  ])("%s", (_, hour, breached, remainingMinutes) => {
    const timer = ask([{ at: monday("09:00"), kind: "start" }], monday(hour));
    expect(timer).toMatchObject({ breached, remainingMinutes, dueAt: "2026-11-23T12:00:00.000Z" });
  });

  test("keeps the moment of the breach after it was stopped too late", () => {
    const events: SlaEvent[] = [
      { at: monday("09:00"), kind: "start" },
      { at: monday("16:00"), kind: "stop" },
    ];
    expect(ask(events, "2026-11-25T12:00:00Z")).toMatchObject({
      state: "stopped",
      breached: true,
      elapsedMinutes: 420,
      dueAt: "2026-11-23T12:00:00.000Z",
    });
  });

  test("goes on from where it was when the case is reopened", () => {
    const events: SlaEvent[] = [
      { at: monday("09:00"), kind: "start" },
      { at: monday("10:00"), kind: "stop" },
      { at: monday("15:00"), kind: "start" },
    ];
    expect(ask(events, monday("16:00"))).toMatchObject({ state: "running", elapsedMinutes: 120 });
  });

  test("without a start nothing runs, whatever else arrives", () => {
    const timer = ask([{ at: monday("09:00"), kind: "pause" }], monday("16:00"));
    expect(timer).toMatchObject({ state: "not-started", elapsedMinutes: 0, dueAt: null });
  });

  const events = fc.array(
    fc.record({
      at: fc
        .integer({ min: 0, max: 10 * 1440 })
        .map((minute) => new Date(Date.UTC(2026, 9, 20) + minute * 60_000).toISOString()),
      kind: fc.constantFrom<SlaEvent["kind"]>("start", "pause", "resume", "stop"),
    }),
    { maxLength: 8 },
  );
  const asOf = "2026-11-02T12:00:00Z";

  test("the order and repetition of deliveries change nothing", () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat(7)), (list, seeds) => {
        const shuffled = [...list, ...list].toSorted(() => (seeds.next().value ?? 0) - 3);
        expect(ask(shuffled, asOf)).toEqual(ask(list, asOf));
      }),
    );
  });

  test("elapsed and paused never exceed the time since the first start, and never shrink", () => {
    fc.assert(
      fc.property(events, (list) => {
        const first = list
          .filter(({ kind }) => kind === "start")
          .map(({ at }) => at)
          .toSorted()[0];
        const [early, late] = [ask(list, "2026-10-27T12:00:00Z"), ask(list, asOf)];
        expect(late.elapsedMinutes + late.pausedMinutes).toBeLessThanOrEqual(
          first === undefined ? 0 : clock.minutes(first, asOf),
        );
        expect(late.elapsedMinutes).toBeGreaterThanOrEqual(early.elapsedMinutes);
        expect(late.breached).toBe(late.elapsedMinutes > 240);
      }),
    );
  });

  test("a pause takes out exactly its own working time", () => {
    const minute = fc.integer({ min: 0, max: 5 * 1440 });
    fc.assert(
      fc.property(fc.tuple(minute, minute, minute, minute), (minutes) => {
        const [a = "", b = "", c = "", d = ""] = minutes
          .toSorted((x, y) => x - y)
          .map((m) => new Date(Date.UTC(2026, 10, 20) + m * 60_000).toISOString());
        const timer = ask(
          [
            { at: a, kind: "start" },
            { at: b, kind: "pause" },
            { at: c, kind: "resume" },
            { at: d, kind: "stop" },
          ],
          asOf.replace("-02T", "-30T"),
        );
        expect(timer.elapsedMinutes).toBe(clock.minutes(a, d) - clock.minutes(b, c));
        expect(timer.pausedMinutes).toBe(clock.minutes(b, c));
      }),
    );
  });
});
