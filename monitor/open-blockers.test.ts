import { describe, expect, test } from "vitest";
import { openBlockers } from "./open-blockers.ts";
import { changeOrder, facts, invoice, linkedLines, milestone, week } from "./sample-facts.ts";

const linked = { ...invoice, lines: linkedLines };

describe("what still holds an invoice back", () => {
  test("nothing, when everything is in order", () => {
    expect(openBlockers(facts())).toEqual([]);
  });

  test("nothing, when only the approval queue or the billing run is left", () => {
    const approval = { requestedOn: "2026-11-05", approvedOn: null, approverName: "Finn" };
    expect(openBlockers(facts({ invoice: { ...invoice, approval } }))).toEqual([]);
    const runs = { ...invoice, billingRunOn: "2026-11-30" };
    expect(openBlockers(facts({ invoice: runs }))).toEqual([]);
  });

  test("time that is not due yet holds too, although the invoice is not late", () => {
    const missing = { ...week, state: "missing" as const, submittedOn: null, dueOn: "2026-11-30" };
    expect(openBlockers(facts({ timesheetWeeks: [missing] }))).toEqual([
      "Ana Kovac, week of 2026-10-26: 0 of 40 h submitted, due 2026-11-30.",
    ]);
  });

  test("every open link holds, each in one sentence", () => {
    const blockers = openBlockers(
      facts({
        invoice: linked,
        changeOrders: [{ ...changeOrder, state: "client_review", decidedOn: null }],
        milestones: [{ ...milestone, acceptedOn: null }],
        timesheetWeeks: [{ ...week, state: "submitted", approvedOn: null }],
      }),
    );
    expect(blockers).toEqual([
      "Change order CO-1 is billed on this invoice and still in the client's review, raised 2026-10-20.",
      "Milestone “Cutover”: delivered 2026-11-02, not accepted.",
      "Ana Kovac, week of 2026-10-26: 40 h submitted 2026-11-02, not approved (limit 1 business day).",
    ]);
  });

  test("a rejected change order and an undelivered milestone must not be billed", () => {
    const blockers = openBlockers(
      facts({
        invoice: linked,
        changeOrders: [{ ...changeOrder, state: "rejected" }],
        milestones: [{ ...milestone, deliveredOn: null, acceptedOn: null }],
      }),
    );
    expect(blockers).toEqual([
      "Milestone “Cutover” is billed and not delivered.",
      "Change order CO-1 was rejected and is still billed.",
    ]);
  });

  test("P6: a source that could not be read holds the invoice back", () => {
    expect(openBlockers(facts({ timesheetWeeks: null }))).toHaveLength(1);
    expect(
      openBlockers(facts({ invoice: linked, changeOrders: null, milestones: null })),
    ).toHaveLength(2);
  });

  test("a period that is still running holds, and so does an invoice that is out or void", () => {
    expect(openBlockers(facts({ asOf: "2026-10-30T10:00:00Z" }))).toContain(
      "The billed period runs until 2026-10-31.",
    );
    expect(openBlockers(facts({ invoice: { ...invoice, state: "paid" } }))).toHaveLength(1);
    expect(openBlockers(facts({ invoice: { ...invoice, state: "void" } }))).toHaveLength(1);
  });
});
