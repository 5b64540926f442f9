import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FirmInvoiceDelay, InvoiceCauseCode } from "#/domain/assessment.ts";
import { canonicalJson } from "#/domain/canonical-json.ts";
import { firmClock } from "../civil-time.ts";
import { dependencyOrder } from "../condition.ts";
import { sweep } from "../sweep.ts";
import { invoiceDelayOf } from "./invoice-delay.ts";
import {
  approval,
  calendar,
  day,
  invoice,
  line,
  project,
  sampleFirm,
  type Told,
  told,
  viewOf,
  week,
} from "./sample-firm.ts";

const explain = (...events: readonly Told[]) =>
  invoiceDelayOf(viewOf([...sampleFirm, ...events]), "I-1");
const daysOf = (delay: FirmInvoiceDelay) =>
  Object.fromEntries(delay.causes.map(({ code, totalMinutes }) => [code, totalMinutes / day]));

/** Monday 9 November 2026, 11 in the morning: a week and a quarter of a day after Monday the 2nd. */
const solved = "2026-11-09T10:00:00Z";
const moved = (fields: Parameters<typeof told<"invoice">>[2]["fields"], at: string) =>
  told("invoice", "I-1", { at, fields });
const milestone = (fields: object) =>
  told("milestone", "M-1", {
    at: "2026-08-03T08:00:00Z",
    fields: {
      projectId: "P-1",
      name: "Cutover",
      baselineOn: "2026-10-23",
      forecastOn: "2026-11-20",
      due: "2026-10-25",
      deliveredOn: null,
      acceptedOn: null,
      deemedAcceptedAfterDays: null,
      amountCents: 4_000_000,
      contractual: true,
      ...fields,
    },
  });
const fixed = [
  invoice({ billing: "fixed", periodStart: null, periodEnd: null }),
  line({ milestoneId: "M-1" }),
];
const order = (fields: object) =>
  told("purchase-order", "PO-1", {
    at: "2026-08-03T08:00:00Z",
    fields: {
      clientId: "C-1",
      projectId: "P-1",
      number: "4500",
      amountCents: 9_000_000,
      receivedOn: "2026-08-03",
      expiresOn: "2027-01-31",
      usedCents: 0,
      ...fields,
    },
  });
const orderAsked = told("contract", "K-1", {
  at: "2026-08-04T08:00:00Z",
  fields: { purchaseOrderRequired: true },
});
const changeOrder = told("change-order", "CO-1", {
  at: "2026-11-02T08:00:00Z",
  fields: {
    projectId: "P-1",
    number: "CR-1",
    title: "More scope",
    state: "client_review",
    amountCents: 500_000,
    minutes: 600,
    raisedOn: "2026-11-02",
    sentOn: "2026-11-02",
    decidedOn: null,
    workStartedOn: null,
  },
});
const twin = (fields: object = {}) => [
  project("P-2", { contractId: null, code: "AUR-2", ...fields }),
  week({ projectId: "P-2", expectedMinutes: 0, loggedMinutes: 360 }, "W-2"),
];

/** What holds the invoice from Monday 2 November (or from its draft) until `solved`, and the same unsolved. */
const cases: readonly (readonly [InvoiceCauseCode, number, readonly Told[], Told])[] = [
  [
    "INV-1",
    9.25,
    [
      invoice(),
      line(),
      week({ state: "missing", loggedMinutes: 0, submittedOn: null, approvedOn: null }),
    ],
    told("timesheet-week", "W-1", {
      at: solved,
      fields: { state: "approved", submittedOn: "2026-11-09", approvedOn: "2026-11-09" },
    }),
  ],
  [
    "INV-2",
    9.375,
    [invoice(), line(), week({ state: "submitted", approvedOn: null })],
    told("timesheet-week", "W-1", {
      at: solved,
      fields: { state: "approved", approvedOn: "2026-11-09" },
    }),
  ],
  [
    "INV-3",
    5.25,
    [invoice(), line({ changeOrderId: "CO-1" }), changeOrder],
    told("change-order", "CO-1", {
      at: solved,
      fields: { state: "approved", decidedOn: "2026-11-09" },
    }),
  ],
  [
    "INV-4",
    10.25,
    [...fixed, milestone({ deliveredOn: "2026-10-23" })],
    told("milestone", "M-1", { at: solved, fields: { acceptedOn: "2026-11-09" } }),
  ],
  [
    "INV-5",
    10.25,
    [...fixed, milestone({})],
    told("milestone", "M-1", {
      at: solved,
      fields: { deliveredOn: "2026-11-09", acceptedOn: "2026-11-09" },
    }),
  ],
  [
    "INV-6",
    10,
    [orderAsked, order({ expiresOn: "2026-09-30" }), invoice(), line()],
    told("purchase-order", "PO-1", { at: solved, fields: { expiresOn: "2027-06-30" } }),
  ],
  [
    "INV-7",
    10,
    [invoice(), line({ hourlyRateCents: 9_300 })],
    told("invoice-line", "L-1", { at: solved, fields: { hourlyRateCents: 10_000 } }),
  ],
  [
    "INV-8",
    5.25,
    [invoice(), line(), approval()],
    told("approval", "A-1", { at: solved, fields: { state: "approved", decidedAt: solved } }),
  ],
  [
    "INV-9",
    5.25,
    [
      invoice(),
      line(),
      moved({ validationError: "Tax number is missing." }, "2026-11-02T08:00:00Z"),
    ],
    moved({ validationError: null }, solved),
  ],
  [
    "INV-10",
    5.25,
    [
      invoice(),
      line(),
      moved(
        { holdReason: "Client asked to wait.", holdBy: "E-1", holdSince: "2026-11-02" },
        "2026-11-02T08:00:00Z",
      ),
    ],
    moved({ holdReason: null, holdBy: null, holdSince: null }, solved),
  ],
  [
    "INV-11",
    5.25,
    [
      invoice(),
      line(),
      told("sync-attempt", "S-1", {
        at: "2026-11-02T08:00:00Z",
        fields: {
          subjectType: "invoice",
          subjectId: "I-1",
          from: "psa",
          to: "erp",
          state: "failed",
          attempts: 5,
          message: null,
        },
      }),
    ],
    told("sync-attempt", "S-1", { at: solved, fields: { state: "delivered", attempts: 6 } }),
  ],
  [
    "INV-13",
    10.25,
    [invoice(), line(), ...twin()],
    told("timesheet-week", "W-2", { at: solved, fields: { loggedMinutes: 0 } }),
  ],
];

describe("each cause holds from the moment its events tell until the moment it is gone", () => {
  test.each(cases)("%s: %d days", (...row) => {
    const [code, days, events, solution] = row;
    const delay = explain(...events, solution);
    expect(daysOf(delay)).toEqual({ [code]: days });
    expect(delay.causes[0]).toMatchObject({ open: false, blockers: [{ end: solved }] });
    const still = explain(...events);
    expect(still.causes[0]).toMatchObject({ code, open: true });
    expect(still.causes[0]?.blockers[0]?.end).toBeNull();
    expect(FirmInvoiceDelay.parse(still)).toEqual(still);
  });

  test("INV-12: from ready to the moment of the run", () => {
    const delay = explain(
      invoice(),
      line(),
      moved({ state: "approved", approvedOn: "2026-11-02" }, "2026-11-02T08:00:00Z"),
      moved({ billingRunOn: "2026-11-09" }, "2026-11-02T08:00:00Z"),
      moved({ state: "issued", issuedOn: "2026-11-09", number: "R1" }, solved),
    );
    expect(daysOf(delay)).toEqual({ "INV-12": 5.25 });
  });

  test("the table and the run are all thirteen", () => {
    expect([...cases.map(([code]) => code), "INV-12"].toSorted()).toEqual(
      InvoiceCauseCode.options.toSorted(),
    );
    expect(dependencyOrder.toSorted()).toEqual(InvoiceCauseCode.options.toSorted());
  });
});

describe("what rules a cause out", () => {
  test("an invoice in time has none, whatever happened on the way", () => {
    const delay = explain(
      invoice(),
      line({ hourlyRateCents: 9_300 }),
      moved({ state: "issued", issuedOn: "2026-10-29", number: "R1" }, "2026-10-29T15:00:00Z"),
    );
    expect(delay).toMatchObject({ status: "on-time", causes: [], unexplainedMinutes: 0 });
  });

  test("an order that is not asked for, or that covers the invoice", () => {
    expect(daysOf(explain(order({ expiresOn: "2026-09-30" }), invoice(), line()))).toEqual({});
    expect(daysOf(explain(orderAsked, order({}), invoice(), line()))).toEqual({});
  });

  test("an order without enough left holds; an invoice that went out without it was not held", () => {
    const short = [orderAsked, order({ usedCents: 6_000_000 }), invoice(), line()];
    expect(explain(...short).causes[0]?.blockers[0]?.detail).toContain(
      "EUR 30,000.00 left for EUR 40,000.00",
    );
    const out = moved(
      { state: "issued", issuedOn: "2026-11-20", number: "R1" },
      "2026-11-20T15:00:00Z",
    );
    expect(daysOf(explain(...short, out))).toEqual({});
  });

  test("a second project of the deal with a contract or invoices of its own is meant to be there", () => {
    expect(daysOf(explain(invoice(), line(), ...twin({ contractId: "K-2" })))).toEqual({});
    expect(
      daysOf(explain(invoice(), line(), ...twin(), invoice({ projectId: "P-2" }, "I-2"))),
    ).toEqual({});
  });

  test("a refusal over rates is the rates' own, and one over billing data beside it is not", () => {
    const both = [
      invoice(),
      line({ hourlyRateCents: 9_300 }),
      moved(
        { validationError: "A line's hourly rate is not the contract's rate." },
        "2026-11-02T08:00:00Z",
      ),
      moved({ validationError: "Tax number is missing." }, "2026-11-02T08:00:00Z"),
      told("invoice-line", "L-1", {
        at: "2026-11-04T08:00:00Z",
        fields: { hourlyRateCents: 10_000 },
      }),
      moved({ validationError: null }, "2026-11-04T08:00:00Z"),
      moved({ validationError: null }, solved),
    ];
    const delay = explain(...both);
    expect(delay.causes.map(({ code }) => code).toSorted()).toEqual(["INV-7", "INV-9"]);
    const data = delay.causes.find(({ code }) => code === "INV-9");
    expect(data?.blockers).toMatchObject([{ start: "2026-11-02T08:00:00Z", end: solved }]);
  });

  test("a date that was written on another day counts to that day's end", () => {
    const delay = explain(
      invoice(),
      line(),
      week({ state: "missing", loggedMinutes: 0, submittedOn: null, approvedOn: null }),
      told("timesheet-week", "W-1", {
        at: "2026-11-12T08:00:00Z",
        fields: { state: "submitted", submittedOn: "2026-11-09" },
      }),
    );
    expect(daysOf(delay)["INV-1"]).toBe(10);
  });
});

describe("P6: unknown is never on time", () => {
  const early = "2026-10-27T10:00:00Z";
  const read = (lastRead: Parameters<typeof viewOf>[1]) =>
    invoiceDelayOf(viewOf([...sampleFirm, invoice(), line()], lastRead), "I-1");
  const fresh = { erp: early, psa: early, crm: early };

  test("with a source that never answered, or too long ago, in the target it is unknown", () => {
    expect(read({ asOf: early, lastRead: fresh }).status).toBe("on-time");
    const never = read({ asOf: early, lastRead: { ...fresh, psa: null } });
    expect(never).toMatchObject({ status: "unknown", gaps: ["The PSA has not been read."] });
    const old = read({ asOf: early, lastRead: { ...fresh, erp: "2026-10-20T10:00:00Z" } });
    expect(old.status).toBe("unknown");
    expect(old.gaps[0]).toContain("The ERP was last read 2026-10-20T10:00:00Z");
  });

  test("late stays late, with the gap named", () => {
    const delay = read({ lastRead: {} });
    expect(delay.status).toBe("late");
    expect(delay.gaps).toHaveLength(3);
  });

  test("an invoice that the view does not hold is refused", () => {
    expect(() => invoiceDelayOf(viewOf(sampleFirm), "I-9")).toThrow("I-9");
  });
});

describe("the days add up", () => {
  const span = fc.record({
    cause: fc.constantFrom(...dependencyOrder),
    from: fc.integer({ min: -20_000_000, max: 120_000_000 }),
    length: fc.integer({ min: 0, max: 90_000_000 }),
  });
  const base = Date.parse("2026-10-20T00:00:00Z");
  const at = (offset: number) => new Date(base + offset * 17).toISOString();

  test("over any intervals, to the second: sole and shared make the total, all make the window", () => {
    const clock = firmClock(calendar);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), fc.nat(100_000_000), (spans, length) => {
        const window = { start: at(0), end: at(length) };
        const { shares, unexplainedMinutes } = sweep(
          clock,
          window,
          spans.map(({ cause, from, length: long }) => ({
            cause,
            start: at(from),
            end: at(from + long),
          })),
        );
        for (const share of shares.values())
          expect(share.soleMinutes + share.sharedMinutes).toBe(share.totalMinutes);
        const explained = [...shares.values()].reduce(
          (sum, { totalMinutes }) => sum + totalMinutes,
          0,
        );
        expect(explained + unexplainedMinutes).toBe(clock.minutes(window.start, window.end));
      }),
    );
  });

  test("three at once: the most upstream answers, and none is lost", () => {
    const delay = explain(
      invoice(),
      line({ changeOrderId: "CO-1" }),
      changeOrder,
      week({ state: "missing", loggedMinutes: 0, submittedOn: null, approvedOn: null }),
      moved(
        { holdReason: "Wait.", holdBy: "E-1", holdSince: "2026-11-02" },
        "2026-11-02T08:00:00Z",
      ),
    );
    expect(delay.causes.map(({ code }) => code).toSorted()).toEqual(["INV-1", "INV-10", "INV-3"]);
    expect(daysOf(delay)["INV-10"]).toBe(0);
    const total = delay.causes.reduce((sum, { totalMinutes }) => sum + totalMinutes, 0);
    expect(total + delay.unexplainedMinutes).toBe(delay.window?.businessMinutes);
  });

  test("same view, same bytes", () => {
    const [, , events] = cases[4] ?? [];
    const read = () => canonicalJson(explain(...(events ?? [])));
    expect(read()).toBe(read());
  });
});
