import { describe, expect, test } from "vitest";
import { WhatIfAnswer } from "#/domain/what-if.ts";
import {
  approval,
  invoice,
  line,
  person,
  sampleFirm,
  type Told,
  told,
  viewOf,
} from "./sample-firm.ts";
import { whatIf } from "./what-if.ts";

/** An earlier invoice of the firm, issued by the run of that day and paid so many days after its due date. */
function past(id: string, { on, late }: { on: string; late: number }): Told[] {
  const day = (days: number) => Temporal.PlainDate.from(on).add({ days }).toString();
  const at = (date: string, time: string) => `${date}T${time}:00Z`;
  return [
    {
      ...invoice(
        { periodStart: null, periodEnd: null, billing: "retainer", draftedOn: day(-3) },
        id,
      ),
      at: at(day(-3), "08:00"),
    },
    told("invoice", id, {
      at: at(day(-1), "09:00"),
      fields: { state: "approved", approvedOn: day(-1), billingRunOn: on },
    }),
    told("invoice", id, {
      at: at(on, "14:00"),
      fields: { state: "issued", issuedOn: on, dueOn: day(30) },
    }),
    told("invoice", id, {
      at: at(day(30 + late), "08:00"),
      fields: { state: "paid", paidOn: day(30 + late) },
    }),
  ];
}
/** Tuesdays and Thursdays of the summer, paid 3 to 7 days late. */
const history = [
  ...past("H-1", { on: "2026-07-07", late: 3 }),
  ...past("H-2", { on: "2026-07-09", late: 4 }),
  ...past("H-3", { on: "2026-07-14", late: 5 }),
  ...past("H-4", { on: "2026-07-16", late: 6 }),
  ...past("H-5", { on: "2026-07-21", late: 7 }),
];
const held = [
  invoice(),
  line(),
  told("invoice", "I-1", {
    at: "2026-10-26T11:00:00Z",
    fields: { holdReason: "Client asked to wait.", holdBy: "E-1", holdSince: "2026-10-26" },
  }),
];
const released = [
  ...held,
  told("invoice", "I-1", { at: "2026-11-09T11:00:00Z", fields: { holdReason: null } }),
  approval(
    { state: "approved", decidedAt: "2026-11-10T11:00:00Z", decidedBy: "E-1" },
    { at: "2026-11-09T12:00:00Z" },
  ),
  told("invoice", "I-1", {
    at: "2026-11-10T11:00:00Z",
    fields: { state: "approved", approvedOn: "2026-11-10", billingRunOn: "2026-11-10" },
  }),
  told("invoice", "I-1", {
    at: "2026-11-10T14:00:00Z",
    fields: { state: "issued", issuedOn: "2026-11-10", dueOn: "2026-12-10" },
  }),
];
const view = (...events: readonly Told[]) => viewOf([...sampleFirm, ...history, ...events]);
const remove = (code: "INV-10" | "INV-6") =>
  ({ kind: "remove-cause", invoiceId: "I-1", code }) as const;

describe("an invoice that went out, had it been otherwise", () => {
  test("without the hold it is ready ten days earlier, goes with the earlier run, and is paid earlier", () => {
    const answer = whatIf(view(...released), remove("INV-10"));
    const [effect] = answer.invoices;
    expect(effect).toMatchObject({
      savedDays: 10,
      ready: { before: { on: "2026-11-10", basis: "record" }, after: { on: "2026-10-27" } },
      issue: { before: { on: "2026-11-10", basis: "record" }, after: { on: "2026-10-27" } },
      cashDaysEarlier: 14,
    });
    expect(effect?.issue.after).toMatchObject({
      basis: "estimate",
      measuredErrorDays: 0,
      cases: 6,
    });
    expect(WhatIfAnswer.parse(answer)).toEqual(answer);
  });

  test("its money comes as late as this client's does: 5 days in the middle, 3 to 7 in the range", () => {
    const [effect] = whatIf(view(...released), remove("INV-10")).invoices;
    expect(effect?.cash.before).toMatchObject({
      on: "2026-12-15",
      earliest: "2026-12-14",
      latest: "2026-12-17",
      cases: 5,
    });
    expect(effect?.cash.before.measuredErrorDays).toBeGreaterThan(0);
  });

  test("a payment on record tells how late, and nothing is guessed", () => {
    const paid = told("invoice", "I-1", {
      at: "2026-11-20T08:00:00Z",
      fields: { state: "paid", paidOn: "2026-11-20" },
    });
    const [effect] = whatIf(view(...released, paid), remove("INV-10")).invoices;
    expect(effect?.cash).toMatchObject({
      before: { on: "2026-11-20", basis: "record" },
      after: { on: "2026-11-06" },
    });
  });

  test("a cause that does not hold it moves nothing, and the answer says so", () => {
    const answer = whatIf(view(...released), remove("INV-6"));
    expect(answer.invoices[0]).toMatchObject({ savedDays: 0, cashDaysEarlier: 0 });
    expect(answer.assumptions).toContain("INV-6 does not hold this invoice, so nothing moves.");
  });

  test("days that fall away move the run only where they reach an earlier one", () => {
    const days = (count: number) =>
      whatIf(view(...released), { kind: "remove-days", invoiceId: "I-1", days: count });
    expect(days(0.5).invoices[0]?.issue.after.on).toBe("2026-11-10");
    expect(days(4).invoices[0]?.issue.after.on).toBe("2026-11-05");
  });
});

describe("an invoice that waits", () => {
  test("without what holds it, it is ready from now on and never before", () => {
    const [effect] = whatIf(view(...held), remove("INV-10")).invoices;
    const { before, after } = effect?.ready ?? {};
    expect(after && after.on >= "2026-11-23").toBe(true);
    expect(before && after && before.on >= after.on).toBe(true);
    expect(before?.basis).toBe("estimate");
  });
});

describe("orders, acceptances and people", () => {
  const order = told("change-order", "CO-1", {
    at: "2026-10-01T08:00:00Z",
    fields: {
      projectId: "P-1",
      number: "CR-1",
      title: "More scope",
      state: "client_review",
      amountCents: 1_000_000,
      minutes: 6_000,
      raisedOn: "2026-10-01",
      sentOn: "2026-10-02",
      decidedOn: null,
      workStartedOn: null,
    },
  });

  test("an approved order adds its amount and the cost of its hours to the margin", () => {
    const answer = whatIf(view(invoice(), line({ changeOrderId: "CO-1" }), order), {
      kind: "approve-change-order",
      changeOrderId: "CO-1",
      on: "2026-11-24",
    });
    expect(answer.margins).toEqual([
      {
        projectId: "P-1",
        revenue: {
          before: { minor: 10_000_000, currency: "EUR" },
          after: { minor: 11_000_000, currency: "EUR" },
        },
        cost: {
          before: { minor: 6_000_000, currency: "EUR" },
          after: { minor: 6_600_000, currency: "EUR" },
        },
        marginPercent: { before: 40, after: 40 },
      },
    ]);
    expect(answer.invoices[0]?.ready.after.on).toBe("2026-11-25");
  });

  test("acceptance on a day ends the wait on that day", () => {
    const milestone = told("milestone", "M-1", {
      at: "2026-10-05T08:00:00Z",
      fields: {
        projectId: "P-1",
        name: "Cutover",
        baselineOn: "2026-10-23",
        forecastOn: "2026-10-23",
        due: "2026-10-25",
        deliveredOn: "2026-10-23",
        acceptedOn: null,
        deemedAcceptedAfterDays: null,
        amountCents: 4_000_000,
        contractual: true,
      },
    });
    const fixed = invoice({ billing: "fixed", periodStart: null, periodEnd: null });
    const accept = (on: string) =>
      whatIf(view(fixed, line({ milestoneId: "M-1" }), milestone), {
        kind: "accept-milestone",
        milestoneId: "M-1",
        on,
      }).invoices[0]?.ready.after.on;
    expect(accept("2026-11-24")).toBe("2026-11-25");
    expect(accept("2026-12-01")).toBe("2026-12-02");
  });

  test("another person costs and earns what that person does, and both are busier or less", () => {
    const assignment = told("assignment", "AS-1", {
      at: "2026-08-03T08:00:00Z",
      fields: {
        projectId: "P-1",
        personId: "E-2",
        grade: "senior",
        from: "2026-08-03",
        to: "2026-12-06",
        minutesPerWeek: 1200,
        hourlyRateCents: 10_000,
      },
    });
    const answer = whatIf(view(person("E-3", { hourlyCostCents: 3000 }), assignment), {
      kind: "reassign",
      projectId: "P-1",
      from: "E-2",
      to: "E-3",
    });
    // Two weeks of 20 hours at 30 an hour less.
    expect(answer.margins[0]?.cost).toEqual({
      before: { minor: 6_000_000, currency: "EUR" },
      after: { minor: 5_880_000, currency: "EUR" },
    });
    expect(answer.utilisation.map(({ personId, percent }) => [personId, percent])).toEqual([
      ["E-2", { before: 50, after: 0 }],
      ["E-3", { before: 0, after: 50 }],
    ]);
  });

  test("a record that the view does not hold is refused", () => {
    const ask = () =>
      whatIf(view(), { kind: "accept-milestone", milestoneId: "M-9", on: "2026-11-24" });
    expect(ask).toThrow("there is no milestone M-9");
  });
});
