import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ApprovalCauseCode, ApprovalDelay } from "#/domain/approval-delay.ts";
import { approvalDelayOf } from "./approval-delay.ts";
import {
  approval,
  day,
  person,
  project,
  sampleFirm,
  type Told,
  told,
  viewOf,
} from "./sample-firm.ts";

const explain = (...events: readonly Told[]) =>
  approvalDelayOf(viewOf([...sampleFirm, ...events]), "A-1");
const act = (
  at: string,
  what: string,
  fields: Parameters<typeof told<"approval">>[2]["fields"] = {},
) => told("approval", "A-1", { at, what, fields });
const decided = (at: string) =>
  act(at, "approved", { state: "approved", decidedAt: at, decidedBy: "E-1" });
const comment = (id: string, at: string, authorId: string) =>
  told("approval-comment", id, {
    at,
    fields: { approvalId: "A-1", authorId, text: "I see it otherwise." },
  });
const leave = (
  from: string,
  to: string,
  { cover = null, id = "LV-1" }: { cover?: string | null; id?: string } = {},
) =>
  told("leave", id, {
    at: "2026-10-01T08:00:00Z",
    fields: { personId: "E-1", kind: "holiday", from, to, coverPersonId: cover },
  });

/** Asked on Monday 2 November at nine; decided on Monday 9 November at eleven: 5.25 days. */
const end = "2026-11-09T10:00:00Z";
const others = Array.from({ length: 20 }, (_, index) =>
  approval(
    {
      amountCents: 4_000_000 + index,
      state: "approved",
      decidedAt: "2026-09-01T09:00:00Z",
      decidedBy: "E-1",
    },
    { id: `A-1${index}`, at: "2026-09-01T08:00:00Z" },
  ),
);
/** Two requests a week for eight weeks, then five a day for two. */
const flood = [
  ...Array.from({ length: 16 }, (_, index) =>
    quick(`F-${index}`, addDays("2026-09-01", Math.floor(index * 3.5))),
  ),
  ...["2026-10-29", "2026-10-30", "2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"].flatMap(
    (date) => Array.from({ length: 5 }, (_, index) => quick(`G-${date}-${index}`, date)),
  ),
];
function quick(id: string, date: string): Told {
  const at = `${date}T08:30:00Z`;
  const then = `${date}T09:30:00Z`;
  return approval(
    { kind: "purchase", state: "approved", decidedAt: then, decidedBy: "E-1" },
    { id, at },
  );
}
function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

const table: readonly (readonly [ApprovalCauseCode, number, readonly Told[]])[] = [
  ["APR-1", 5.25, [leave("2026-11-02", "2026-11-08"), approval(), decided(end)]],
  ["APR-2", 5.25, [...flood, approval(), decided(end)]],
  [
    "APR-3",
    4,
    [
      person("E-8", { name: "Gone Long", active: false, leftOn: "2026-01-31" }),
      approval({ approverId: "E-8" }),
      act("2026-11-06T08:00:00Z", "reassigned", { approverId: "E-1" }),
      decided(end),
    ],
  ],
  [
    "APR-4",
    4.25,
    [
      approval(),
      act("2026-11-03T08:00:00Z", "returned", { state: "returned", returns: 1 }),
      act("2026-11-05T08:00:00Z", "resubmitted", { state: "pending" }),
      decided(end),
    ],
  ],
  [
    "APR-5",
    3.25,
    [
      ...others,
      approval({ levels: 3 }),
      act("2026-11-04T08:00:00Z", "forwarded", { level: 2, approverId: "E-2" }),
      act("2026-11-05T08:00:00Z", "forwarded", { level: 3, approverId: "E-1" }),
      decided(end),
    ],
  ],
  [
    "APR-6",
    4,
    [
      approval({ approverId: null, queue: "finance" }),
      act("2026-11-06T08:00:00Z", "claimed", {
        approverId: "E-1",
        claimedAt: "2026-11-06T08:00:00Z",
      }),
      decided(end),
    ],
  ],
  [
    "APR-7",
    4,
    [
      approval({ notifiedAt: null }),
      act("2026-11-06T08:00:00Z", "reminded", { notifiedAt: "2026-11-06T08:00:00Z" }),
      decided(end),
    ],
  ],
  ["APR-9", 4, [approval(), act("2026-11-06T08:00:00Z", "prerequisite-met"), decided(end)]],
  [
    "APR-10",
    4.25,
    [
      approval(),
      comment("C-1", "2026-11-03T08:00:00Z", "E-1"),
      comment("C-2", "2026-11-04T08:00:00Z", "E-2"),
      comment("C-3", "2026-11-05T08:00:00Z", "E-1"),
      decided(end),
    ],
  ],
  [
    "APR-11",
    4.25,
    [
      project("P-7", { status: "active" }),
      approval({ subjectType: "project", subjectId: "P-7" }),
      told("project", "P-7", { at: "2026-11-03T08:00:00Z", fields: { status: "cancelled" } }),
      act(end, "withdrawn", { state: "withdrawn", decidedAt: end, decidedBy: "E-2" }),
    ],
  ],
  ["APR-12", 5, [approval(), act("2026-11-09T08:00:00Z", "escalated"), decided(end)]],
];

describe("each cause is told by the records of the request and of the people", () => {
  test.each(table)("%s: %d days of the wait", (code, days, events) => {
    const delay = explain(...events);
    expect(delay.waitMinutes).toBe(5.25 * day);
    expect({ code: delay.cause?.code, days: (delay.cause?.minutes ?? 0) / day }).toEqual({
      code,
      days,
    });
    expect(delay.unexplainedMinutes).toBe(delay.waitMinutes - (delay.cause?.minutes ?? 0));
    expect(ApprovalDelay.parse(delay)).toEqual(delay);
    const known = new Set(delay.evidence.map(({ id }) => id));
    for (const id of delay.cause?.evidence ?? []) expect(known).toContain(id);
  });

  test("APR-8: over a weekend, and in working time it is gone", () => {
    const delay = explain(
      approval({}, { at: "2026-11-06T08:00:00Z" }),
      decided("2026-11-09T12:00:00Z"),
    );
    expect(delay).toMatchObject({ status: "late", cause: { code: "APR-8" } });
  });

  test("the table and the weekend are all twelve", () => {
    expect(new Set([...table.map(([code]) => code), "APR-8"])).toEqual(
      new Set(ApprovalCauseCode.options),
    );
  });
});

describe("what rules a cause out", () => {
  test("nobody in particular: it simply took long", () => {
    const delay = explain(approval(), decided(end));
    expect(delay).toMatchObject({ status: "late", cause: null, holds: [] });
    expect(delay.unexplainedMinutes).toBe(delay.waitMinutes);
  });

  test("in time nothing is told", () => {
    const delay = explain(
      leave("2026-11-02", "2026-11-02"),
      approval(),
      decided("2026-11-03T10:00:00Z"),
    );
    expect(delay).toMatchObject({
      status: "on-time",
      cause: null,
      holds: [],
      unexplainedMinutes: 0,
    });
  });

  test("somebody stood in", () => {
    expect(
      explain(leave("2026-11-02", "2026-11-08", { cover: "E-2" }), approval(), decided(end)).cause,
    ).toBeNull();
  });

  test("an absence that came later, and long before the decision, did not make the wait", () => {
    expect(explain(leave("2026-11-04", "2026-11-04"), approval(), decided(end)).holds).toEqual([]);
  });

  test("two absences with only a weekend between are one", () => {
    const delay = explain(
      leave("2026-11-02", "2026-11-06"),
      leave("2026-11-09", "2026-11-13", { id: "LV-2" }),
      approval(),
      decided("2026-11-16T09:00:00Z"),
    );
    expect(delay.holds).toHaveLength(1);
    expect(delay.cause?.code).toBe("APR-1");
  });

  test("what held it for less than two fifths is no cause, and still shown", () => {
    const delay = explain(
      approval(),
      act("2026-11-06T14:00:00Z", "returned", { state: "returned", returns: 1 }),
      act("2026-11-09T09:00:00Z", "resubmitted", { state: "pending" }),
      decided(end),
    );
    expect(delay.cause).toBeNull();
    expect(delay.holds).toMatchObject([{ cause: "APR-4", minutes: 240 }]);
  });

  test("one full morning, such as all time sheets on a Monday, is no overload", () => {
    const monday = flood.map((one) =>
      one.id.startsWith("G-") ? quick(one.id, "2026-11-02") : one,
    );
    expect(explain(...monday, approval(), decided(end)).cause).toBeNull();
  });

  test("a timer at which it was decided ended the wait and did not cause it", () => {
    const at = "2026-11-09T08:00:00Z";
    expect(explain(approval(), act(at, "escalated"), decided(at)).cause).toBeNull();
  });
});

describe("P6: unknown is never on time", () => {
  test("who is away cannot be told without the HR system", () => {
    const asOf = "2026-11-02T12:00:00Z";
    const view = viewOf([...sampleFirm, approval()], { asOf, lastRead: { psa: asOf } });
    expect(approvalDelayOf(view, "A-1")).toMatchObject({
      status: "unknown",
      gaps: ["The HR system has not been read."],
    });
  });

  test("a request that the view does not hold is refused", () => {
    expect(() => approvalDelayOf(viewOf(sampleFirm), "A-9")).toThrow("A-9");
  });
});

test("whatever happens to it, holds lie in the wait and what they cover never exceeds it", () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 200 }),
    what: fc.constantFrom(
      "returned",
      "resubmitted",
      "escalated",
      "forwarded",
      "claimed",
      "delegated",
    ),
  });
  const absence = fc.record({
    from: fc.integer({ min: -5, max: 20 }),
    days: fc.integer({ min: 0, max: 9 }),
  });
  const fieldsOf = {
    returned: { state: "returned" },
    resubmitted: { state: "pending" },
    forwarded: { level: 2 },
    delegated: { approverId: "E-2" },
  } as const;
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 6 }),
      fc.array(absence, { maxLength: 3 }),
      (steps, absences) => {
        const start = Date.parse("2026-11-02T08:00:00Z");
        const acts = steps
          .toSorted((one, other) => one.hours - other.hours)
          .map(({ hours, what }) =>
            act(new Date(start + hours * 3_600_000).toISOString(), what, {
              ...fieldsOf[what as "returned"],
            }),
          );
        const leaves = absences.map(({ from, days }, index) =>
          leave(addDays("2026-11-01", from), addDays("2026-11-01", from + days), {
            id: `LV-${index}`,
          }),
        );
        const delay = explain(...leaves, approval({ levels: 2 }), ...acts);
        expect(delay.unexplainedMinutes).toBeGreaterThanOrEqual(0);
        for (const hold of delay.holds) {
          expect(Date.parse(hold.start)).toBeGreaterThanOrEqual(start);
          expect(hold.minutes).toBeLessThanOrEqual(delay.waitMinutes);
        }
      },
    ),
    { numRuns: 60 },
  );
});
