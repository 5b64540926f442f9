import { describe, expect, test } from "vitest";
import { context, eur, listing, record } from "../kpi/sample-context.ts";
import { byHealth, portfolioStatus, rankPortfolio, valueAtRisk } from "./portfolio.ts";
import { projectHealth } from "./project-health.ts";
import { type Changes, healthFacts } from "./sample-measures.ts";

const worth = (units: number | null) =>
  valueAtRisk(
    units === null
      ? null
      : listing([{ source: record("V"), field: "amount", amount: eur(units), on: "2026-11-20" }]),
    context,
  );
const entry = (
  id: string,
  units: number | null,
  deadline: string | null,
  rag: "red" | "green" | "unknown" = "red",
) => ({
  project: { system: "psa", type: "project", id } as const,
  rag,
  valueAtRisk: worth(units),
  deadline,
});

describe("where to step in first", () => {
  test("value at risk × business days left; a passed deadline counts as one day", () => {
    const ranked = rankPortfolio(
      [
        entry("far", 1000, "2026-12-07"),
        entry("near", 4000, "2026-11-25"),
        entry("passed", 9500, "2026-11-02"),
        entry("safe", 0, "2026-12-31"),
      ],
      context,
    );
    expect(
      ranked.map(({ project, businessDaysLeft, priority }) => [
        project.id,
        businessDaysLeft,
        priority,
      ]),
    ).toEqual([
      ["far", 10, 1_000_000],
      ["passed", -15, 950_000],
      ["near", 2, 800_000],
      ["safe", 28, 0],
    ]);
  });

  test("P6: a project of unknown value stays on the list, last, the darkest first", () => {
    const ranked = rankPortfolio(
      [
        entry("a", null, "2026-12-01", "green"),
        entry("b", 10, null, "unknown"),
        entry("c", 0, "2026-12-01", "green"),
      ],
      context,
    );
    expect(ranked.map(({ project, priority }) => [project.id, priority])).toEqual([
      ["c", 0],
      ["b", null],
      ["a", null],
    ]);
  });

  test("the parts add up; a negative part is no relief, an unread one no zero", () => {
    const part = (id: string, amount: ReturnType<typeof eur> | null) => ({
      source: record(id),
      field: "amount",
      amount,
      on: "2026-11-20",
    });
    const sum = valueAtRisk(
      listing([
        part("A", eur(500)),
        part("B", eur(-900)),
        part("C", { minor: 10_000, currency: "USD" }),
        part("D", null),
      ]),
      context,
    );
    expect(sum).toMatchObject({
      value: 59_200,
      currency: "EUR",
      coverage: { present: 5, required: 6 },
    });
    expect(worth(null)).toMatchObject({ value: null, reason: "missing-input" });
  });
});

test("P6: unknown projects are in the total and never among the green", () => {
  const of = (id: string, changes: Changes, reported: "green" | null = null) => {
    const facts = healthFacts(changes, { reported });
    return projectHealth({ ...facts, project: { ...facts.project, id } });
  };
  const projects = [
    of("1", {}),
    of("2", { cpi: null }),
    of("3", { cpi: 0.5 }, "green"),
    of("4", { overdueTaskShare: 61 }),
    of("5", { cpi: 0.9 }),
  ];
  expect(portfolioStatus(projects)).toEqual({
    counts: { green: 2, amber: 1, red: 1, unknown: 1 },
    total: 5,
    green: { numerator: 2, denominator: 5 },
    watermelons: [{ system: "psa", type: "project", id: "3" }],
  });
  expect(projects.toSorted(byHealth).map(({ project }) => project.id)).toEqual([
    "2",
    "3",
    "4",
    "5",
    "1",
  ]);
});
