import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvoiceDelay } from "#/domain/assessment.ts";
import { canonicalJson } from "#/domain/canonical-json.ts";
import type { TimesheetWeek } from "#/domain/record.ts";
import { attributeInvoiceDelay } from "./attribute-invoice-delay.ts";
import type { InvoiceFacts } from "./invoice-facts.ts";
import {
  changeOrder,
  day,
  facts,
  invoice,
  linkedLines,
  milestone,
  source,
  week,
} from "./sample-facts.ts";

const causeOf = (delay: InvoiceDelay, code: string) =>
  delay.causes.find((cause) => cause.code === code);

const summary = (delay: InvoiceDelay) =>
  Object.fromEntries(
    delay.causes.map((c) => [
      c.code,
      { total: c.totalMinutes / day, sole: c.soleMinutes / day, open: c.open },
    ]),
  );

describe("lateness", () => {
  test("an invoice issued within the target has no causes, whatever happened on the way", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, state: "issued", issuedOn: "2026-11-06", number: "7" },
        timesheetWeeks: [{ ...week, submittedOn: "2026-11-05", approvedOn: "2026-11-05" }],
      }),
    );
    expect(delay).toMatchObject({ status: "on-time", causes: [], unexplainedMinutes: 0, gaps: [] });
    expect(delay.window?.businessMinutes).toBe(5 * day);
  });

  test("one business minute over the target is late, the exact target is not", () => {
    const at = (asOf: string) => attributeInvoiceDelay(facts({ asOf })).status;
    expect(at("2026-11-06T16:00:00Z")).toBe("on-time");
    expect(at("2026-11-09T08:00:00Z")).toBe("on-time");
    expect(at("2026-11-09T08:01:00Z")).toBe("late");
  });

  test("an unexplained delay is returned as such, never hidden", () => {
    const delay = attributeInvoiceDelay(facts());
    expect(delay.status).toBe("late");
    expect(delay.causes).toEqual([]);
    expect(delay.unexplainedMinutes).toBe(delay.window?.businessMinutes);
  });

  test("an issue date on a draft is a plan and does not stop the clock", () => {
    const delay = attributeInvoiceDelay(facts({ invoice: { ...invoice, issuedOn: "2026-11-02" } }));
    expect(delay.status).toBe("late");
  });

  test("a void invoice has nothing to issue", () => {
    const delay = attributeInvoiceDelay(facts({ invoice: { ...invoice, state: "void" } }));
    expect(delay).toMatchObject({ status: "on-time", window: null, causes: [] });
  });

  test("the answer fits the schema of the domain", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [{ ...week, state: "missing", loggedMinutes: 0, submittedOn: null }],
      }),
    );
    expect(InvoiceDelay.parse(delay)).toEqual(delay);
  });
});

describe("P6: unknown is never on time", () => {
  test("in the target with an unread timesheet source the status is unknown", () => {
    const delay = attributeInvoiceDelay(
      facts({ asOf: "2026-11-04T10:00:00Z", timesheetWeeks: null }),
    );
    expect(delay.status).toBe("unknown");
    expect(delay.gaps).toEqual(["The timesheets of the PSA could not be read."]);
  });

  test("a late invoice stays late with a source missing, and the gap is named", () => {
    const delay = attributeInvoiceDelay(facts({ timesheetWeeks: null }));
    expect(delay.status).toBe("late");
    expect(delay.gaps).toHaveLength(1);
  });

  test("without a start for the clock nothing is claimed", () => {
    const delay = attributeInvoiceDelay(facts({ invoice: { ...invoice, periodEnd: null } }));
    expect(delay).toMatchObject({ status: "unknown", window: null });
    expect(delay.gaps.length).toBeGreaterThan(0);
  });

  test("time that no project leads to, or billing that nobody tells, is a gap", () => {
    const at = { asOf: "2026-11-04T10:00:00Z", project: null, timesheetWeeks: [] };
    const noProject = facts({ ...at, invoice: { ...invoice, projectId: null } });
    const noBilling = facts({ ...at, invoice: { ...invoice, billing: null } });
    for (const input of [noProject, noBilling]) {
      const delay = attributeInvoiceDelay(input);
      expect(delay.status).toBe("unknown");
      expect(delay.gaps).toHaveLength(1);
    }
  });

  test("issued without a date is unknown", () => {
    const delay = attributeInvoiceDelay(facts({ invoice: { ...invoice, state: "paid" } }));
    expect(delay.status).toBe("unknown");
  });

  test("a billed change order that the CRM does not have is a gap", () => {
    const delay = attributeInvoiceDelay(
      facts({
        asOf: "2026-11-04T10:00:00Z",
        invoice: { ...invoice, lines: linkedLines },
        milestones: [milestone],
      }),
    );
    expect(delay.status).toBe("unknown");
    expect(delay.gaps[0]).toContain("change order CO-1");
  });

  test("sources that this invoice does not need may be missing", () => {
    const delay = attributeInvoiceDelay(
      facts({
        asOf: "2026-11-04T10:00:00Z",
        milestones: null,
        changeOrders: null,
        project: null,
      }),
    );
    expect(delay.status).toBe("on-time");
  });
});

describe("each cause", () => {
  test("INV-1 counts from the end of the due day and stays open while nothing is submitted", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [{ ...week, state: "missing", loggedMinutes: 0, submittedOn: null }],
      }),
    );
    const cause = causeOf(delay, "INV-1");
    // 3 to 20 November is 14 days; 2 h of the 23rd.
    expect(cause?.totalMinutes).toBe(14 * day + 120);
    expect(cause).toMatchObject({ open: true, confidence: "high" });
    expect(cause?.blockers[0]).toMatchObject({
      detail: "Ana Kovac, week of 2026-10-26: 0 of 40 h submitted, due 2026-11-02",
      start: "2026-11-02T23:00:00Z",
      end: null,
    });
    expect(delay.unexplainedMinutes).toBe(day);
  });

  test("INV-1 is ruled out where nothing was expected", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [
          { ...week, expectedMinutes: 0, loggedMinutes: 0, state: "missing", submittedOn: null },
        ],
      }),
    );
    expect(delay.causes).toEqual([]);
  });

  test("INV-1 ignores weeks outside the billed period and of other projects", () => {
    const missing = { ...week, state: "missing" as const, submittedOn: null };
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [
          { ...missing, week: "2026-11-02", dueOn: "2026-11-09" },
          { ...missing, projectId: "P-2" },
        ],
      }),
    );
    expect(delay.causes).toEqual([]);
  });

  test("INV-2 starts one business day after the submission", () => {
    const delay = attributeInvoiceDelay(
      facts({ timesheetWeeks: [{ ...week, state: "submitted", approvedOn: null }] }),
    );
    expect(causeOf(delay, "INV-2")?.totalMinutes).toBe(13 * day + 120);
    expect(delay.unexplainedMinutes).toBe(2 * day);
  });

  test("INV-3 holds while a billed change order is open", () => {
    for (const state of ["draft", "proposed", "client_review"] as const) {
      const delay = attributeInvoiceDelay(
        facts({
          invoice: { ...invoice, lines: linkedLines },
          milestones: [milestone],
          changeOrders: [{ ...changeOrder, state, decidedOn: null }],
        }),
      );
      expect(causeOf(delay, "INV-3")).toMatchObject({
        open: true,
        savedMinutes: 15 * day + 120 - day * 2,
      });
      expect(delay.unexplainedMinutes).toBe(0);
    }
  });

  test("INV-3 leaves a change order alone that no line bills", () => {
    const delay = attributeInvoiceDelay(
      facts({ changeOrders: [{ ...changeOrder, state: "proposed", decidedOn: null }] }),
    );
    expect(delay.causes).toEqual([]);
  });

  test("INV-4 counts from delivery; the clock of a fixed price starts at the acceptance due", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: {
          ...invoice,
          billing: "fixed",
          periodEnd: null,
          lines: linkedLines.map((line) => ({ ...line, changeOrderId: null })),
        },
        timesheetWeeks: null,
        milestones: [{ ...milestone, acceptedOn: null }],
      }),
    );
    expect(delay.window?.start).toBe("2026-10-31T23:00:00Z");
    expect(summary(delay)).toEqual({ "INV-4": { total: 14.25, sole: 14.25, open: true } });
    expect(delay.unexplainedMinutes).toBe(day);
  });

  test("INV-4 ends where the contract deems the milestone accepted by silence", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, lines: linkedLines },
        changeOrders: [changeOrder],
        milestones: [{ ...milestone, acceptedOn: null, deemedAcceptedAfterDays: 5 }],
      }),
    );
    const cause = causeOf(delay, "INV-4");
    expect(cause).toMatchObject({ totalMinutes: 5 * day, open: false });
    expect(cause?.blockers[0]?.end).toBe("2026-11-09T23:00:00Z");
    expect(cause?.blockers[0]?.detail).toContain("accepted by silence on 2026-11-09");
  });

  test("INV-8 holds while the ERP's own approval is asked and not given", () => {
    const approval = { requestedOn: "2026-11-05", approvedOn: null, approverName: "Finn" };
    const delay = attributeInvoiceDelay(facts({ invoice: { ...invoice, approval } }));
    expect(summary(delay)).toEqual({ "INV-8": { total: 11.25, sole: 11.25, open: true } });
  });

  test("INV-12 runs from the moment everything is ready to the billing run", () => {
    const delay = attributeInvoiceDelay(
      facts({ invoice: { ...invoice, billingRunOn: "2026-11-30" } }),
    );
    expect(summary(delay)).toEqual({ "INV-12": { total: 13.25, sole: 13.25, open: true } });
    expect(delay.unexplainedMinutes).toBe(2 * day);
  });

  test("INV-12 is not a cause while something else holds, nor after a run that passed", () => {
    const missing = { ...week, state: "missing" as const, submittedOn: null };
    const waiting = attributeInvoiceDelay(
      facts({ invoice: { ...invoice, billingRunOn: "2026-11-30" }, timesheetWeeks: [missing] }),
    );
    expect(waiting.causes.map((c) => c.code)).toEqual(["INV-1"]);
    const passed = attributeInvoiceDelay(
      facts({ invoice: { ...invoice, billingRunOn: "2026-11-05" } }),
    );
    expect(summary(passed)).toEqual({ "INV-12": { total: 2, sole: 2, open: false } });
    expect(passed.unexplainedMinutes).toBe(13 * day + 120);
  });

  test("a blocker of an invoice that went out anyway ends at the issue", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, state: "issued", issuedOn: "2026-11-13", number: "7" },
        timesheetWeeks: [{ ...week, state: "missing", submittedOn: null }],
      }),
    );
    expect(causeOf(delay, "INV-1")).toMatchObject({ open: false, totalMinutes: 9 * day });
    expect(causeOf(delay, "INV-1")?.blockers[0]?.end).toBe("2026-11-13T23:00:00Z");
  });
});

describe("attribution", () => {
  test("of three simultaneous causes the upstream one owns the shared days", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, lines: linkedLines },
        changeOrders: [{ ...changeOrder, decidedOn: "2026-11-06" }],
        timesheetWeeks: [{ ...week, submittedOn: "2026-11-10", approvedOn: "2026-11-11" }],
        milestones: [{ ...milestone, acceptedOn: null }],
      }),
    );
    expect(summary(delay)).toEqual({
      // 2 to 6 November; alone on the 2nd only.
      "INV-3": { total: 5, sole: 1, open: false },
      // 9 and 10, shared with the acceptance.
      "INV-1": { total: 2, sole: 0, open: false },
      "INV-4": { total: 8.25, sole: 8.25, open: true },
    });
    expect(delay.causes.map((c) => c.code)).toEqual(["INV-4", "INV-3", "INV-1"]);
    expect(causeOf(delay, "INV-1")?.sharedMinutes).toBe(2 * day);
    expect(causeOf(delay, "INV-4")?.savedMinutes).toBe(8 * day + 120);
    expect(causeOf(delay, "INV-3")?.savedMinutes).toBe(0);
  });

  test("a cause that ended before the window is not one", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [
          {
            ...week,
            week: "2026-10-05",
            dueOn: "2026-10-12",
            submittedOn: "2026-10-20",
            approvedOn: "2026-10-29",
          },
        ],
      }),
    );
    expect(delay.causes).toEqual([]);
  });

  test("a cause that reopens has two blockers and counts both", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [
          { ...week, state: "rejected", submittedOn: "2026-11-05", approvedOn: null },
        ],
      }),
    );
    const cause = causeOf(delay, "INV-1");
    expect(cause?.blockers.map((b) => [b.start, b.end])).toEqual([
      ["2026-11-02T23:00:00Z", "2026-11-05T23:00:00Z"],
      ["2026-11-05T23:00:00Z", null],
    ]);
    expect(cause).toMatchObject({ totalMinutes: 14 * day + 120, confidence: "medium" });
  });

  test("fixing late submission also moves the approval that followed it", () => {
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [{ ...week, submittedOn: "2026-11-09", approvedOn: "2026-11-13" }],
      }),
    );
    // Submitted 5 days late, then 3 days over the approval limit.
    expect(causeOf(delay, "INV-1")).toMatchObject({ totalMinutes: 5 * day, savedMinutes: 5 * day });
    expect(causeOf(delay, "INV-2")).toMatchObject({ totalMinutes: 3 * day, savedMinutes: 3 * day });
  });

  test("a weekend belongs to nobody: the same delay is 14 days by the wall, 10 at work", () => {
    const span = (from: string, to: string) =>
      Temporal.Instant.from(from).until(to).total("hours") / 24;
    const delay = attributeInvoiceDelay(
      facts({
        timesheetWeeks: [
          { ...week, dueOn: "2026-11-01", submittedOn: "2026-11-15", approvedOn: "2026-11-16" },
        ],
      }),
    );
    const cause = causeOf(delay, "INV-1");
    const blocker = cause?.blockers[0];
    expect(span(blocker?.start ?? "", blocker?.end ?? "")).toBe(14);
    expect(cause?.totalMinutes).toBe(10 * day);
  });

  test("the night the clocks change adds no working time", () => {
    const autumn = { state: "missing", submittedOn: null, dueOn: "2026-10-23" } as const;
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, periodStart: "2026-10-01", periodEnd: "2026-10-23" },
        asOf: "2026-11-02T16:00:00Z",
        timesheetWeeks: [{ ...week, week: "2026-10-19", ...autumn }],
      }),
    );
    // 25 October has 25 hours; the week after has five ordinary days.
    expect(delay.window?.start).toBe("2026-10-23T22:00:00Z");
    expect(causeOf(delay, "INV-1")?.totalMinutes).toBe(6 * day);
  });

  test("P5: every blocker cites evidence that is in the answer", () => {
    const delay = attributeInvoiceDelay(
      facts({
        invoice: { ...invoice, lines: linkedLines },
        changeOrders: [{ ...changeOrder, state: "proposed", decidedOn: null }],
        milestones: [{ ...milestone, acceptedOn: null }],
        timesheetWeeks: [{ ...week, state: "submitted", approvedOn: null }],
      }),
    );
    const known = new Set(delay.evidence.map((fact) => fact.id));
    const cited = delay.causes.flatMap((c) => [
      ...c.evidence,
      ...c.blockers.flatMap((b) => b.evidence),
    ]);
    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter((id) => !known.has(id))).toEqual([]);
  });

  test("names from the systems reach a sentence cleaned", () => {
    const personName = `Ana\u202eK\u200bovac\u{e0041}\n# ignore policy ${"x".repeat(200)}`;
    const delay = attributeInvoiceDelay(
      facts({ timesheetWeeks: [{ ...week, personName, state: "missing", submittedOn: null }] }),
    );
    const detail = causeOf(delay, "INV-1")?.blockers[0]?.detail ?? "";
    expect(detail).toMatch(/^AnaKovac # ignore policy x+…, week of/);
    expect(detail.length).toBeLessThan(160);
  });
});

const date = fc
  .integer({ min: 0, max: 60 })
  .map((n) => Temporal.PlainDate.from("2026-10-05").add({ days: n }).toString());
const maybe = fc.option(date);

const weekArbitrary: fc.Arbitrary<TimesheetWeek> = fc
  .record({
    id: fc.integer({ min: 1, max: 9999 }),
    state: fc.constantFrom("missing", "draft", "submitted", "approved", "rejected"),
    dueOn: date,
    submittedOn: maybe,
    approvedOn: maybe,
    expectedMinutes: fc.constantFrom(0, 600, 2400),
  })
  .map(({ id, ...rest }) => ({
    ...week,
    ...rest,
    source: source("psa", "timesheet-week", `TW-${id}`),
  }));

const factsArbitrary: fc.Arbitrary<InvoiceFacts> = fc
  .record({
    weeks: fc.uniqueArray(weekArbitrary, { maxLength: 5, selector: (w) => w.source.id }),
    order: fc.record({
      state: fc.constantFrom("draft", "proposed", "client_review", "approved", "rejected"),
      raisedOn: maybe,
      decidedOn: maybe,
    }),
    acceptance: fc.record({
      due: maybe,
      deliveredOn: maybe,
      acceptedOn: maybe,
      deemedAcceptedAfterDays: fc.option(fc.integer({ min: 1, max: 15 })),
    }),
    approval: fc.option(
      fc.record({ requestedOn: date, approvedOn: maybe, approverName: fc.constant(null) }),
    ),
    billingRunOn: maybe,
    issuedOn: maybe,
    billing: fc.constantFrom("time_and_materials", "fixed", null),
    minute: fc.integer({ min: 0, max: 40 * 1440 }),
    seconds: fc.integer({ min: 0, max: 59 }),
  })
  .map((g) =>
    facts({
      invoice: {
        ...invoice,
        state: g.issuedOn === null ? "draft" : "issued",
        issuedOn: g.issuedOn,
        billing: g.billing,
        approval: g.approval,
        billingRunOn: g.billingRunOn,
        lines: linkedLines,
      },
      timesheetWeeks: g.weeks,
      changeOrders: [{ ...changeOrder, ...g.order }],
      milestones: [{ ...milestone, ...g.acceptance }],
      targetBusinessDays: 0,
      asOf: Temporal.Instant.from("2026-10-20T00:00:00Z")
        .add({ minutes: g.minute, seconds: g.seconds })
        .toString(),
    }),
  );

describe("for any facts", () => {
  test("minutes add up to the window, sole and shared to the total, savings stay inside", () => {
    fc.assert(
      fc.property(factsArbitrary, (input) => {
        const delay = attributeInvoiceDelay(input);
        if (delay.status !== "late") return;
        const sum = delay.causes.reduce((total, cause) => total + cause.totalMinutes, 0);
        expect(sum + delay.unexplainedMinutes).toBe(delay.window?.businessMinutes);
        for (const cause of delay.causes) {
          expect(cause.soleMinutes + cause.sharedMinutes).toBe(cause.totalMinutes);
          expect(cause.savedMinutes).toBeLessThanOrEqual(delay.window?.businessMinutes ?? 0);
          expect(cause.open).toBe(cause.blockers.some((blocker) => blocker.end === null));
        }
        InvoiceDelay.parse(delay);
      }),
      { numRuns: 300 },
    );
  });

  test("the order of the inputs does not change a byte, nor does a replay", () => {
    fc.assert(
      fc.property(factsArbitrary, fc.infiniteStream(fc.nat()), (input, random) => {
        const shuffled = (input.timesheetWeeks ?? [])
          .map((w) => ({ w, key: random.next().value }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ w }) => w);
        const first = canonicalJson(attributeInvoiceDelay(input));
        expect(canonicalJson(attributeInvoiceDelay({ ...input, timesheetWeeks: shuffled }))).toBe(
          first,
        );
        expect(canonicalJson(attributeInvoiceDelay(structuredClone(input)))).toBe(first);
      }),
      { numRuns: 150 },
    );
  });

  test("sources read at another time give the same minutes", () => {
    const later = { ...week, source: { ...week.source, retrievedAt: "2026-11-23T11:00:00Z" } };
    const a = attributeInvoiceDelay(facts({ timesheetWeeks: [{ ...week, state: "draft" }] }));
    const b = attributeInvoiceDelay(facts({ timesheetWeeks: [{ ...later, state: "draft" }] }));
    expect(b.causes).toEqual(a.causes);
  });
});
