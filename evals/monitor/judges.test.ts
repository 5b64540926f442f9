import { describe, expect, test } from "vitest";
import type { Evidence } from "#/domain/evidence.ts";
import type { RecordKind } from "#/domain/operating-model.ts";
import { approvalDelayOf } from "#/monitor/causes/approval-delay.ts";
import { invoiceDelayOf } from "#/monitor/causes/invoice-delay.ts";
import { whatIf } from "#/monitor/causes/what-if.ts";
import { evalFirm } from "./eval-firm.ts";
import { judgeApprovalCauses } from "./judge-approval-causes.ts";
import { judgeInvoiceCauses } from "./judge-invoice-causes.ts";
import { judgeWhatIf } from "./judge-what-if.ts";
import { judged, macroF1, majority } from "./judged.ts";
import { withinSampling } from "./monitor-eval.ts";

const firm = evalFirm({ seed: "judges", size: "S", anchor: "2026-11-23" });
const late = firm.now.all("invoice").map(({ id }) => invoiceDelayOf(firm.now, id));

describe("a firm of size S, whose truth is known", () => {
  test("invoice causes reach every bar, and guessing reaches none", () => {
    const { rows } = judgeInvoiceCauses(firm);
    expect(rows.filter(({ pass }) => pass === false)).toEqual([]);
    expect(rows.filter(({ pass }) => pass === true)).toHaveLength(7);
  });

  test("approval causes reach the bar", () => {
    expect(judgeApprovalCauses(firm).rows.filter(({ pass }) => pass === false)).toEqual([]);
  });

  test("what-if says by how much the money moves, within the bar and far better than nothing moves", () => {
    const { rows } = judgeWhatIf(firm);
    const [change, nothing] = [rows[0], rows.at(-1)];
    expect(change?.n).toBeGreaterThan(2);
    expect(change?.pass).toBe(true);
    expect(nothing?.value).toBeGreaterThan(2 * (change?.value ?? 0));
  });
});

describe("over the whole firm", () => {
  test("the days of every invoice add up to its window, to the minute", () => {
    for (const { causes, unexplainedMinutes, window, status } of late) {
      if (status !== "late") continue;
      const explained = causes.reduce((sum, { totalMinutes }) => sum + totalMinutes, 0);
      expect(explained + unexplainedMinutes).toBe(window?.businessMinutes);
      for (const cause of causes)
        expect(cause.soleMinutes + cause.sharedMinutes).toBe(cause.totalMinutes);
    }
  });

  test("every fact shown is what the source says now, and every line rests on a fact shown", () => {
    const answers: Evidence[][] = [...late, ...approvals(), ...questions()].map(
      ({ evidence }) => evidence,
    );
    const facts = answers.flat();
    expect(facts.length).toBeGreaterThan(1000);
    for (const { record, field, value } of facts) {
      const source = firm.now.get(record.type as RecordKind, record.id);
      expect(`${record.id} ${field} ${source?.fields[field as never]}`).toBe(
        `${record.id} ${field} ${value}`,
      );
    }
    for (const { causes, evidence } of late) {
      const shown = new Set(evidence.map(({ id }) => id));
      for (const cause of causes) for (const id of cause.evidence) expect(shown).toContain(id);
    }
  });

  const approvals = () =>
    firm.now
      .all("approval")
      .slice(0, 400)
      .map(({ id }) => approvalDelayOf(firm.now, id));
  const questions = () =>
    late.flatMap(({ invoice, causes }) =>
      causes
        .slice(0, 1)
        .map(({ code }) =>
          whatIf(firm.now, { kind: "remove-cause", invoiceId: invoice.ref.id, code }),
        ),
    );
});

describe("scores", () => {
  test("nothing to judge is no pass", () => {
    expect(judged("x", null, 0, { atMost: 1 })).toMatchObject({
      pass: false,
      bar: "≤ 1",
    });
    expect(judged("x", 0.95, 20, { atLeast: 0.95 }).pass).toBe(true);
    expect(judged("x", 0.45, 20, { below: 0.45 }).pass).toBe(false);
    expect(judged("x", 3, 1)).toMatchObject({ bar: null, pass: null });
  });

  test("macro-F1 is the mean over what really occurs; a class never said counts nothing", () => {
    const verdicts = [
      { truth: "a", said: "a" },
      { truth: "a", said: "a" },
      { truth: "b", said: "a" },
    ];
    expect(macroF1(verdicts)).toBeCloseTo((0.8 + 0) / 2);
    expect(majority(["b", "a", "a"])).toBe("a");
  });
});

test("realism is off only when the whole interval over the seeds lies outside the band", () => {
  const row = (least: number, most: number) => ({
    metric: "projectWeeksMedian",
    values: [],
    mean: (least + most) / 2,
    interval: [least, most] as const,
    n: 600,
    bar: "11.9-16.1",
    pass: false,
  });
  expect(withinSampling(row(16, 16.6)).pass).toBe(true);
  expect(withinSampling(row(16.2, 16.6)).pass).toBe(false);
  expect(withinSampling(row(10, 11.8)).pass).toBe(false);
  expect(withinSampling({ ...row(1, 2), interval: null }).pass).toBe(false);
});
