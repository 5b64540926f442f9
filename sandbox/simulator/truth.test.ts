import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCast, withCircumstances } from "./cast.ts";
import { circumstancesOf, type Intervention } from "./interventions.ts";
import { waits } from "./invoice.ts";
import { attribute } from "./invoice-delay.ts";
import { createSetting } from "./options.ts";
import { runProject } from "./run-firm.ts";
import { firmTruth } from "./truth.ts";
import { approvalCodes, invoiceCodes } from "./truth-catalogue.ts";

const anchor = "2026-11-23";
const options = { seed: "truth", size: "M", anchor } as const;
const truth = firmTruth(options);
const late = truth.invoices.filter((invoice) => invoice.late);

describe("why an invoice is late", () => {
  test("days of all causes and the unexplained add up to the window", () => {
    const { calendar } = createSetting({ ...options, months: 6 });
    const start = Math.floor(Date.parse("2026-06-01") / 60_000);
    const wait = fc.record({
      what: fc.constantFrom(...waits),
      from: fc.integer({ min: -5_000, max: 60_000 }),
      length: fc.integer({ min: 1, max: 40_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(wait, { maxLength: 9 }),
        fc.integer({ min: 0, max: 50_000 }),
        (drawn, length) => {
          const all = drawn.map(({ what, from, length: long }) => ({
            what,
            from: start + from,
            to: start + from + long,
            record: { type: "invoice", id: "x" },
            source: null,
          }));
          const { shares, unexplained } = attribute(calendar, all, [start, start + length]);
          const total = shares.reduce((sum, share) => sum + share.total, 0) + unexplained;
          for (const share of shares) expect(share.sole + share.shared).toBeCloseTo(share.total, 9);
          expect(total).toBeCloseTo(calendar.between(start, start + length), 9);
        },
      ),
    );
  });

  test("an invoice that was on time has no cause", () => {
    const clean = truth.invoices.filter((invoice) => !invoice.late);
    expect(clean.length).toBeGreaterThan(100);
    expect(clean.filter(({ causes }) => causes.length > 0)).toEqual([]);
  });

  test("every late invoice is explained but for a few days, and its causes name records", () => {
    expect(late.length).toBeGreaterThan(100);
    for (const { causes, windowDays, unexplainedDays } of late) {
      const explained = causes.reduce((sum, { days }) => sum + days, 0);
      expect(explained + unexplainedDays).toBeLessThanOrEqual(windowDays + 1e-6);
      for (const { intervals } of causes) expect(intervals.length).toBeGreaterThan(0);
    }
    const unexplained = late.reduce((sum, invoice) => sum + invoice.unexplainedDays, 0);
    expect(unexplained / late.length).toBeLessThan(1.2);
  });

  test("all thirteen causes occur over a few firms, and so do the approval causes", () => {
    const firms = ["one", "two"].map((seed) => firmTruth({ ...options, seed }));
    const seen = new Set(
      [truth, ...firms].flatMap((firm) =>
        firm.invoices.flatMap(({ causes }) => causes.map(({ code }) => code)),
      ),
    );
    expect([...seen].toSorted()).toEqual(Object.values(invoiceCodes).toSorted());
    const asked = new Set(
      [truth, ...firms].flatMap((firm) => firm.approvals.flatMap(({ cause }) => cause ?? [])),
    );
    expect([...asked].toSorted()).toEqual([...Object.values(approvalCodes), "APR-8"].toSorted());
  });
});

describe("one change of circumstances", () => {
  const cast = createCast(createSetting(options));
  const calm = withCircumstances(cast, circumstancesOf([]));
  const { calendar } = cast.setting;
  const plan = cast.plans.find(
    ({ billing, weeks, start }) =>
      billing === "time_and_materials" && weeks > 12 && start < cast.setting.today - 150,
  );
  if (!plan) throw new Error("The firm has no long project by time.");
  const before = runProject(calm, plan);

  const withChange = (
    change: Pick<Intervention, "kind" | "entityType" | "entityId" | "strength">,
  ) => {
    const from = plan.start + 20;
    const all = [{ id: "iv-test", from, until: from + 45, ...change }];
    return runProject(withCircumstances(cast, circumstancesOf(all)), plan);
  };

  test("a habit of one person delays the invoices of those weeks, and touches no other sheet", () => {
    const seat = plan.seats[1];
    if (!seat) throw new Error("The project has one seat only.");
    const after = withChange({
      kind: "time-habit",
      entityType: "person",
      entityId: seat.personId,
      strength: 14,
    });
    const moved = after.sheets.filter(
      (sheet, index) => sheet.submittedAt !== before.sheets[index]?.submittedAt,
    );
    expect(moved.length).toBeGreaterThan(2);
    expect(new Set(moved.map(({ person }) => person.id))).toEqual(new Set([seat.personId]));
    const delayed = after.invoices.filter(
      (invoice, index) => invoice.issuedAt > (before.invoices[index]?.issuedAt ?? 0),
    );
    expect(delayed.length).toBeGreaterThan(0);
    for (const { waits: own } of delayed)
      expect(own.some(({ what, source }) => what === "time" && source === "iv-test")).toBe(true);
    expect(after.notes).toEqual(before.notes);
    expect(after.delivery).toEqual(before.delivery);
    expect(after.expenses).toEqual(before.expenses);
  });

  test.each([
    ["rates-out-of-date", "rates"],
    ["billing-data-wrong", "billing data"],
    ["client-holds-invoice", "hold"],
    ["purchase-order-absent", "purchase order"],
    ["transfer-fails", "transfer"],
    ["twin-project", "twin"],
  ] as const)("%s holds an invoice up and leaves time and delivery alone", (kind, what) => {
    const after = withChange({ kind, entityType: "project", entityId: plan.id, strength: 12 });
    const held = after.invoices.filter((invoice) =>
      invoice.waits.some((wait) => wait.what === what && wait.source === "iv-test"),
    );
    expect(held.length).toBeGreaterThan(0);
    expect(after.invoices.length).toBe(before.invoices.length);
    const free = after.invoices.filter((invoice) => !held.includes(invoice));
    expect(free).toEqual(before.invoices.filter(({ id }) => free.some((one) => one.id === id)));
    const readyBefore = (id: string) => before.invoices.find((one) => one.id === id)?.readyAt ?? 0;
    expect(held.some(({ id, readyAt }) => readyAt > readyBefore(id))).toBe(true);
    expect(after.sheets).toEqual(before.sheets);
    expect(after.delivery).toEqual(before.delivery);
  });

  test.each([
    ["group-queue", "unclaimed"],
    ["notice-lost", "unnoticed"],
    ["request-incomplete", "incomplete"],
    ["approver-inactive", "inactive"],
    ["extra-levels", "levels"],
    ["timer-only", "timer"],
    ["upstream-unsigned", "upstream"],
    ["approver-disagrees", "disagreement"],
  ] as const)("%s shows in the approval and nowhere upstream", (kind, what) => {
    const after = withChange({ kind, entityType: "project", entityId: plan.id, strength: 8 });
    const held = after.invoices.filter(({ approval }) =>
      approval?.spans.some((span) => span.what === what && span.source === "iv-test"),
    );
    expect(held.length).toBeGreaterThan(0);
    expect(after.sheets).toEqual(before.sheets);
    for (const { waits: own, id } of after.invoices) {
      const upstream = (all: typeof own) =>
        all.filter(
          (wait) => !["change", "invoice approval", "transfer", "run"].includes(wait.what),
        );
      expect(upstream(own)).toEqual(
        upstream(before.invoices.find((one) => one.id === id)?.waits ?? []),
      );
    }
  });

  test("a client's pause moves the agreed dates and is no lateness", () => {
    const fixed = cast.plans.find(({ billing, weeks }) => billing === "fixed" && weeks > 12);
    if (!fixed) throw new Error("The firm has no long project at a fixed price.");
    const run = (all: Intervention[]) =>
      runProject(withCircumstances(cast, circumstancesOf(all)), fixed);
    const from = fixed.start + 21;
    const paused = run([
      {
        id: "iv-test",
        kind: "client-pauses",
        entityType: "project",
        entityId: fixed.id,
        from,
        until: from + 21,
        strength: 15,
      },
    ]);
    const usual = run([]);
    expect(paused.delivery.end).toBeGreaterThan(usual.delivery.end);
    expect(Math.abs(paused.delivery.lateness - usual.delivery.lateness)).toBeLessThanOrEqual(1);
  });

  test("running without it gives the days that it cost, and no day elsewhere", () => {
    const scenario = truth.scenarios.find(
      ({ scenario: kind, evidence }) => kind === "billing-data-wrong" && evidence.length > 0,
    );
    if (!scenario) throw new Error("No such scenario in this firm.");
    const { invoices } = truth.without(scenario.id);
    expect(invoices.length).toBeGreaterThan(0);
    for (const { savedDays } of invoices) expect(savedDays).toBeGreaterThan(0);
    const named = new Set(scenario.evidence.map(({ recordId }) => recordId));
    expect(invoices.some(({ invoiceId }) => named.has(invoiceId))).toBe(true);
    const again = firmTruth({ ...options, withoutInterventions: [scenario.id] });
    const issued = new Map(again.invoices.map(({ invoiceId, issuedAt }) => [invoiceId, issuedAt]));
    for (const { invoiceId, issuedWithout } of invoices)
      expect(issued.get(invoiceId) ?? issuedWithout).toBe(issuedWithout);
    const moved = truth.invoices.filter(
      ({ invoiceId, issuedAt }) => (issued.get(invoiceId) ?? issuedAt) !== issuedAt,
    );
    expect(
      moved
        .map(({ invoiceId }) => invoiceId)
        .filter((id) => !invoices.some((one) => one.invoiceId === id)),
    ).toEqual([]);
  });

  test("a scenario that is not there is refused", () => {
    expect(() => truth.without("iv-none")).toThrow(RangeError);
  });

  test("working days are counted in the firm's calendar", () => {
    expect(calendar.holidays).toContain("2026-05-25");
  });
});

describe("notes", () => {
  test("every mark lies on the words it speaks of, and no two splits share a pattern", () => {
    const texts = new Map(createNotes().map(({ id, text }) => [id, text]));
    let marks = 0;
    for (const { noteId, marks: own } of truth.notes)
      for (const {
        span: [from, to],
      } of own) {
        const words = texts.get(noteId)?.slice(from, to) ?? "";
        expect(words.length).toBe(to - from);
        expect(words.trim()).not.toBe("");
        marks += 1;
      }
    expect(marks).toBeGreaterThan(500);
  });

  test("all fourteen labels, all polarities and the hard traits occur", () => {
    const labels = new Set(truth.notes.flatMap((note) => note.labels));
    expect(labels.size).toBe(14);
    const polarities = new Set(
      truth.notes.flatMap(({ marks }) => marks.map(({ polarity }) => polarity)),
    );
    expect([...polarities].toSorted()).toEqual(["hypothetical", "negated", "present", "resolved"]);
    const traits = new Set(truth.notes.flatMap((note) => note.traits));
    for (const trait of ["quoted", "sarcasm", "mixed-language", "sensitive"])
      expect(traits).toContain(trait);
    const none =
      truth.notes.filter(({ labels: own }) => own.includes("NONE")).length / truth.notes.length;
    expect(none).toBeGreaterThan(0.5);
    expect(none).toBeLessThan(0.85);
  });

  function createNotes() {
    const cast = createCast(createSetting(options));
    return cast.plans.flatMap((plan) => runProject(cast, plan).notes);
  }
});
