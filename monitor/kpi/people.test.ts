import { describe, expect, test } from "vitest";
import { week as sampleWeek } from "../sample-facts.ts";
import { clientEngagement, customerSatisfaction, netPromoterScore } from "./client-engagement.ts";
import { bandOf, kpiBands } from "./kpi-bands.ts";
import { context, contextAt, listing, record } from "./sample-context.ts";
import { reportingDelay, timesheetCompliance } from "./timesheet-compliance.ts";
import { type PersonWeek, utilisation, utilisationBy, weeksAbove } from "./utilisation.ts";

describe("utilisation", () => {
  const week = (
    personId: string,
    monday: string,
    change: Partial<PersonWeek> = {},
  ): PersonWeek => ({
    source: record(`${personId}-${monday}`),
    personId,
    role: "consultant",
    week: monday,
    contractMinutes: 2400,
    leaveMinutes: 0,
    holidayMinutes: 0,
    billableMinutes: 1800,
    workedMinutes: 2400,
    targetPercent: 75,
    ...change,
  });

  test("by hand: leave and holidays leave the base, part-time has its own", () => {
    // 1,800 of 2,400 and 720 of 1,440 - 480 - 0.
    const weeks = listing([
      week("ana", "2026-11-09"),
      week("bor", "2026-11-09", {
        contractMinutes: 1440,
        leaveMinutes: 480,
        billableMinutes: 720,
        targetPercent: 80,
      }),
    ]);
    const all = utilisation(weeks, context);
    expect(all.utilisation).toMatchObject({ value: 75, numerator: 2520, denominator: 3360 });
    // Target: (0.75·2,400 + 0.8·960) / 3,360.
    expect([all.variance.value, all.ofTarget.value]).toEqual([-1.4286, 98.1308]);
    expect(
      bandOf(
        all.ofTarget,
        kpiBands["utilisation-of-target"] ?? { amber: null, red: null, sourceNote: "" },
      ),
    ).toBe("green");
    const each = utilisationBy("personId", weeks, context);
    expect([...each].map(([id, own]) => [id, own.utilisation.value])).toEqual([
      ["ana", 75],
      ["bor", 75],
    ]);
  });

  test("somebody on leave all week has no utilisation, and changes nobody else's", () => {
    const away = week("bor", "2026-11-09", { leaveMinutes: 2400, billableMinutes: 0 });
    expect(utilisation(listing([away]), context).utilisation).toMatchObject({
      value: null,
      reason: "zero-denominator",
    });
    expect(utilisation(listing([away, week("ana", "2026-11-09")]), context).utilisation.value).toBe(
      75,
    );
  });

  test("P6: missing hours lower the coverage and are no zero", () => {
    const unknown = week("bor", "2026-11-09", { billableMinutes: null });
    const kpi = utilisation(listing([week("ana", "2026-11-09"), unknown]), context).utilisation;
    expect(kpi).toMatchObject({ value: 75, coverage: { present: 8, required: 9 } });
    expect(utilisation(listing([unknown]), context).utilisation.reason).toBe("missing-input");
    expect(utilisation(null, context).variance.reason).toBe("missing-input");
  });

  test("overload counts weeks in a row up to the newest; exactly 110 % is none", () => {
    const busy = (monday: string, workedMinutes: number | null) =>
      week("ana", monday, { workedMinutes });
    const run = (...minutes: (number | null)[]) =>
      weeksAbove(
        110,
        listing(
          ["2026-11-16", "2026-11-09", "2026-11-02", "2026-10-26"].flatMap((monday, i) =>
            minutes[i] === undefined ? [] : [busy(monday, minutes[i])],
          ),
        ),
        context,
      ).value;
    expect(run(2641, 2641, 2641)).toBe(3);
    expect(run(2641, 2640, 2641)).toBe(1);
    expect(run(2400, 2641, 2641)).toBe(0);
    expect(run(2641, null, 2641)).toBe(1);
    const gap = listing([busy("2026-11-16", 2700), busy("2026-11-02", 2700)]);
    expect(weeksAbove(110, gap, context).value).toBe(1);
    expect(weeksAbove(110, null, context).reason).toBe("missing-input");
  });
});

describe("timesheet compliance", () => {
  const week = (id: string, change: Partial<typeof sampleWeek>) => ({
    ...sampleWeek,
    source: record(id),
    ...change,
  });

  test("by hand: person-weeks on time, and hours without help from overtime", () => {
    const weeks = listing([
      week("on-time", {}),
      week("late", { personId: "E-2", submittedOn: "2026-11-03", loggedMinutes: 3000 }),
      week("missing", { personId: "E-3", state: "missing", submittedOn: null, loggedMinutes: 0 }),
      week("leave", { personId: "E-4", expectedMinutes: 0, state: "missing", submittedOn: null }),
      week("not due", {
        personId: "E-5",
        dueOn: "2026-11-23",
        state: "missing",
        submittedOn: null,
      }),
      week("rejected", { personId: "E-6", state: "rejected" }),
    ]);
    const result = timesheetCompliance(weeks, context);
    expect(result.personWeeks).toMatchObject({ value: 25, numerator: 1, denominator: 4 });
    expect(result.hours).toMatchObject({ value: 50, numerator: 4800, denominator: 9600 });
  });

  test("one late project makes the person's week late; an unknown day is unknown", () => {
    const late = listing([
      week("A", {}),
      week("B", { projectId: "P-2", submittedOn: "2026-11-09" }),
    ]);
    expect(timesheetCompliance(late, context).personWeeks).toMatchObject({
      value: 0,
      denominator: 1,
    });
    const unknown = listing([week("A", { submittedOn: null })]);
    expect(timesheetCompliance(unknown, context).personWeeks.reason).toBe("missing-input");
    expect(timesheetCompliance(listing([]), context).personWeeks.reason).toBe("zero-denominator");
    expect(timesheetCompliance(null, context).hours.reason).toBe("missing-input");
  });

  test("delay in reporting is weighted by hours, and grows while time is unreported", () => {
    const time = (id: string, submittedOn: string | null, billableMinutes: number | null) => ({
      source: record(id),
      workedOn: "2026-11-16",
      submittedOn,
      billableMinutes,
    });
    // (1·60 + 4·180) / 240
    const done = listing([time("A", "2026-11-17", 60), time("B", "2026-11-20", 180)]);
    expect(reportingDelay(done, context)).toMatchObject({ value: 3.25, notes: [] });
    const open = listing([time("A", "2026-11-17", 60), time("B", null, 60)]);
    expect(reportingDelay(open, context)).toMatchObject({ value: 4, notes: ["includes-pending"] });
    expect(reportingDelay(open, contextAt("2026-11-24T10:00:00Z")).value).toBe(4.5);
    expect(reportingDelay(listing([time("A", "2026-11-17", 0)]), context).reason).toBe(
      "zero-denominator",
    );
    expect(reportingDelay(listing([time("A", null, null)]), context).reason).toBe("missing-input");
  });
});

describe("the client's side", () => {
  const contact = (at: string, by: "sponsor" | "client-team", automatic = false) => ({
    source: record(at),
    at,
    by,
    automatic,
  });
  const start = { source: record("P"), field: "startsOn", on: "2026-09-24" };

  test.each([
    ["2026-11-18T09:00:00Z", 5, "high"],
    ["2026-11-17T09:00:00Z", 6, "medium"],
    ["2026-11-13T09:00:00Z", 10, "medium"],
    ["2026-11-12T09:00:00Z", 11, "low"],
  ])("last heard %s: %i days, %s", (at, days, level) => {
    const result = clientEngagement(
      listing([contact(at, "client-team"), contact("2026-11-22T09:00:00Z", "sponsor", true)]),
      start,
      context,
    );
    expect([result.silence.value, result.level]).toEqual([days, level]);
    // The sponsor never wrote: silent since the start.
    expect(result.sponsorSilence.value).toBe(60);
  });

  test("P6: unread contacts are no silence of 0 and no high engagement", () => {
    expect(clientEngagement(null, start, context)).toMatchObject({
      level: null,
      silence: { value: null, reason: "missing-input" },
    });
    expect(clientEngagement(listing([]), { ...start, on: null }, context).silence.reason).toBe(
      "missing-input",
    );
  });

  test("surveys: shares by hand, and a warning below five answers", () => {
    const answers = (...scores: number[]) =>
      listing(scores.map((score, i) => ({ source: record(`S${i}`), score, on: "2026-11-01" })));
    expect(customerSatisfaction(answers(5, 4, 3, 1, 4), context)).toMatchObject({
      value: 60,
      notes: [],
    });
    expect(netPromoterScore(answers(10, 9, 8, 6), context)).toMatchObject({
      value: 25,
      notes: ["few-answers"],
    });
    expect(customerSatisfaction(answers(), context).reason).toBe("zero-denominator");
  });
});
