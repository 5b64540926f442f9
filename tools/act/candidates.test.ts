import { describe, expect, test } from "vitest";
import type { Cause, InvoiceDelay } from "#/domain/assessment.ts";
import { EvidenceId, TenantId } from "#/domain/ids.ts";
import { formatRef, parseRef } from "#/domain/record.ts";
import { candidatesFor } from "./catalogue.ts";

const record = (text: string) => {
  const ref = parseRef(text);
  if (!ref) throw new Error(text);
  return ref;
};

function cause(code: Cause["code"], record_: string, open = true): Cause {
  const evidence = [EvidenceId.parse("ev_0123456789abcdef")];
  return {
    code,
    title: code,
    open,
    totalMinutes: 480,
    soleMinutes: 480,
    sharedMinutes: 0,
    savedMinutes: 480,
    confidence: "high",
    evidence,
    blockers: [
      {
        cause: code,
        record: record(record_),
        detail: `${code} detail`,
        start: "2026-11-02T00:00:00Z",
        end: open ? null : "2026-11-03T00:00:00Z",
        evidence,
      },
    ],
  };
}

const delay = (causes: Cause[], change: Partial<InvoiceDelay> = {}): InvoiceDelay => ({
  tenant: TenantId.parse("sample"),
  invoice: {
    ref: record("erp:invoice:INV-1"),
    number: null,
    reference: "AUR-10",
    clientName: "Aurora Health",
    projectId: "P-1",
    projectName: "Aurora migration",
    state: "draft",
    net: { minor: 1, currency: "EUR" },
  },
  asOf: "2026-11-23T10:00:00Z",
  status: "late",
  window: { start: "2026-11-01T00:00:00Z", end: "2026-11-23T10:00:00Z", businessMinutes: 7000 },
  causes,
  unexplainedMinutes: 0,
  minutesPerDay: 480,
  gaps: [],
  evidence: [],
  rulesVersion: "test",
  ...change,
});

const shown = (input: InvoiceDelay) =>
  candidatesFor(input).map((c) => `${c.action} ${formatRef(c.target)} ${c.causes.join("+")}`);

describe("candidates", () => {
  test("each open cause with a remedy gives one candidate per record", () => {
    const causes = [
      cause("INV-1", "psa:timesheet-week:TW-1"),
      cause("INV-2", "psa:timesheet-week:TW-2"),
      cause("INV-3", "crm:change-order:CO-1"),
      cause("INV-4", "psa:milestone:M-1"),
    ];
    expect(shown(delay(causes))).toEqual([
      "R01 psa:timesheet-week:TW-1 INV-1",
      "R16 crm:change-order:CO-1 INV-3",
      "R14 psa:milestone:M-1 INV-4",
    ]);
  });

  test("the release is offered when only the queue or the run is left, or nothing at all", () => {
    expect(shown(delay([cause("INV-12", "erp:invoice:INV-1")]))).toEqual([
      "R08 erp:invoice:INV-1 INV-12",
    ]);
    expect(shown(delay([cause("INV-8", "erp:invoice:INV-1")]))).toEqual([
      "R08 erp:invoice:INV-1 INV-8",
    ]);
    expect(shown(delay([]))).toEqual(["R08 erp:invoice:INV-1 "]);
    expect(shown(delay([cause("INV-1", "psa:timesheet-week:TW-1", false)]))).toEqual([
      "R08 erp:invoice:INV-1 ",
    ]);
  });

  test("the release is not offered beside any open upstream cause", () => {
    for (const code of ["INV-1", "INV-2", "INV-3", "INV-4"] as const) {
      const causes = [cause(code, "psa:milestone:X"), cause("INV-12", "erp:invoice:INV-1")];
      expect(shown(delay(causes)).filter((text) => text.startsWith("R08"))).toEqual([]);
    }
  });

  test("P6: nothing is released on a gap, and nothing proposed on unknown or in time", () => {
    expect(shown(delay([], { gaps: ["The PSA could not be read."] }))).toEqual([]);
    expect(shown(delay([], { status: "unknown" }))).toEqual([]);
    expect(shown(delay([], { status: "on-time" }))).toEqual([]);
  });

  test("an invoice that is out has no release", () => {
    const input = delay([]);
    expect(shown({ ...input, invoice: { ...input.invoice, state: "issued" } })).toEqual([]);
  });

  test("two open blockers on one record are one candidate", () => {
    const one = cause("INV-1", "psa:timesheet-week:TW-1");
    const twice = { ...one, blockers: [...one.blockers, ...one.blockers] };
    expect(shown(delay([twice]))).toHaveLength(1);
  });
});
