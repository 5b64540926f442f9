import { describe, expect, test } from "vitest";
import { type FirmMeasures, measureFirm } from "./measure-firm.ts";
import { realismTargets } from "./realism-targets.ts";
import { runFirm } from "./run-firm.ts";
import { truthOfRun } from "./truth.ts";
import type { InvoiceTruth } from "./truth-types.ts";

const anchor = "2026-11-23";
const seeds = ["r1", "r2", "r3", "r4", "r5"];
const runs = seeds.map((seed) => runFirm({ seed, size: "M", anchor }));
const measures = runs.map(measureFirm);
const mean = (name: keyof FirmMeasures): number =>
  measures.reduce((sum, one) => sum + one[name], 0) / measures.length;

describe("a firm of size M looks like a real one, over five seeds within 15 per cent", () => {
  test.each(realismTargets)("$measure lies between $low and $high", ({ measure, low, high }) => {
    expect(mean(measure)).toBeGreaterThanOrEqual(low);
    expect(mean(measure)).toBeLessThanOrEqual(high);
  });
});

describe("guessing does not pay", () => {
  const truths = runs.map(truthOfRun);
  const late = truths.flatMap(({ invoices }) =>
    invoices.filter((invoice) => invoice.late && invoice.topCause !== null),
  );
  const macroF1 = (guess: (invoice: InvoiceTruth) => string): number => {
    const classes = [...new Set(late.map(({ topCause }) => topCause))];
    const scores = classes.map((label) => {
      const right = late.filter(
        (invoice) => guess(invoice) === label && invoice.topCause === label,
      ).length;
      const guessed = late.filter((invoice) => guess(invoice) === label).length;
      const real = late.filter(({ topCause }) => topCause === label).length;
      return (2 * right) / (guessed + real);
    });
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };

  test("no cause is behind more than two late invoices in five", () => {
    const counts = [...Map.groupBy(late, ({ topCause }) => topCause).values()].map(
      ({ length }) => length,
    );
    expect(Math.max(...counts) / late.length).toBeLessThan(0.4);
  });

  test("always the commonest cause, and always missing time, score below 0.45 macro-F1", () => {
    const counts = [...Map.groupBy(late, ({ topCause }) => topCause ?? "")].toSorted(
      (one, other) => other[1].length - one[1].length,
    );
    const commonest = counts[0]?.[0] ?? "";
    expect(macroF1(() => commonest)).toBeLessThan(0.45);
    expect(macroF1(() => "INV-1")).toBeLessThan(0.45);
  });

  test("reading the notes for telling words scores below 0.45 macro-F1", () => {
    const words: readonly (readonly [RegExp, string])[] = [
      [/order number|no order/i, "INV-6"],
      [/hours of|bill.*(stuck|questions)|holds the payment|accounts payable/i, "INV-10"],
      [/sign off|acceptance|user test/i, "INV-4"],
      [/extra|wishes|small extra/i, "INV-3"],
      [/approved|queue|legal|steering/i, "INV-8"],
      [/slides|behind|pushed/i, "INV-5"],
    ];
    const notes = new Map(
      runs.flatMap(({ cast, projects }) =>
        projects.map(
          ({ plan, notes: own }) =>
            [
              `${cast.setting.options.seed}/${plan.id}`,
              own
                .map(({ text }) => text)
                .slice(-12)
                .join("\n"),
            ] as const,
        ),
      ),
    );
    const seedOf = new Map(
      truths.flatMap(({ invoices }, index) =>
        invoices.map((invoice) => [invoice, seeds[index]] as const),
      ),
    );
    const guess = (invoice: InvoiceTruth): string => {
      const text = notes.get(`${seedOf.get(invoice)}/${invoice.projectId}`) ?? "";
      return words.find(([pattern]) => pattern.test(text))?.[1] ?? "INV-1";
    };
    expect(macroF1(guess)).toBeLessThan(0.45);
  });

  test("at least two projects in five are clean, and a quarter or more are not", () => {
    const projects = truths.flatMap((truth) => truth.projects);
    const clean = projects.filter((project) => project.clean).length / projects.length;
    expect(clean).toBeGreaterThanOrEqual(0.4);
    expect(clean).toBeLessThanOrEqual(0.75);
  });
});
