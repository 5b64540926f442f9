import type { Money } from "#/domain/money.ts";
import { formatRef, type RecordRef, type Source } from "#/domain/record.ts";
import { businessDays } from "../clocks/civil-days.ts";
import type { Context } from "../kpi/context.ts";
import { createSum } from "../kpi/exchange-rate.ts";
import { createIntake, type Listing } from "../kpi/intake.ts";
import { amount, type Kpi, noValue } from "../kpi/kpi.ts";
import { type Rag, severity } from "./hysteresis.ts";
import type { ProjectHealth } from "./project-health.ts";

/** One part of what may be lost: an overrun, blocked billing, unsigned work, an overdue balance. */
export type RiskPart = {
  readonly source: Source;
  readonly field: string;
  readonly amount: Money | null;
  readonly on: string;
};

/** The parts added up in the reporting currency, at dated rates. A negative part is no relief. */
export function valueAtRisk(parts: Listing<RiskPart> | null, context: Context): Kpi {
  const intake = createIntake();
  const sum = createSum(intake, context.reporting);
  for (const { source, field, amount: money, on } of intake.list(parts))
    sum.add(source, field, { money: money && { ...money, minor: Math.max(0, money.minor) }, on });
  const about = {
    kpi: "value-at-risk",
    unit: "minor units",
    asOf: context.asOf,
    from: [intake],
    currency: context.reporting.currency,
  } as const;
  const total = parts === null ? null : sum.minor();
  return total === null ? noValue(about, "missing-input") : amount(about, total);
}

export type PortfolioEntry = {
  readonly project: RecordRef;
  readonly rag: Rag;
  readonly valueAtRisk: Kpi;
  /** Civil date by which it is decided: next milestone, invoice date, renewal. null: unknown. */
  readonly deadline: string | null;
};

export type Ranked = PortfolioEntry & {
  readonly businessDaysLeft: number | null;
  /** Minor units × business days: what can still be saved. null: one of the two is unknown. */
  readonly priority: number | null;
};

/**
 * Where to step in first: value at risk × business days left to act, at least one day, so that a
 * passed deadline does not hide the value. Equal ones by colour, then by id. Projects whose value or
 * deadline is unknown come last, the darkest first, and stay on the list.
 */
export function rankPortfolio(entries: readonly PortfolioEntry[], context: Context): Ranked[] {
  return entries
    .map((entry): { ranked: Ranked; product: bigint | null } => {
      const left =
        entry.deadline === null
          ? null
          : businessDays(context.calendar, context.today, entry.deadline);
      const value = entry.valueAtRisk.numerator;
      const product =
        left === null || value === null ? null : BigInt(value) * BigInt(Math.max(1, left));
      const priority = product === null ? null : Number(product);
      return { ranked: { ...entry, businessDaysLeft: left, priority }, product };
    })
    .toSorted(
      (a, b) =>
        descending(a.product, b.product) ||
        severity[b.ranked.rag] - severity[a.ranked.rag] ||
        (formatRef(a.ranked.project) < formatRef(b.ranked.project) ? -1 : 1),
    )
    .map(({ ranked }) => ranked);
}

function descending(a: bigint | null, b: bigint | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? 1 : a > b ? -1 : 0;
}

export type PortfolioStatus = {
  readonly counts: Readonly<Record<Rag, number>>;
  readonly total: number;
  /** Green of all; a project nobody knows about is in the total and never among the green. */
  readonly green: { readonly numerator: number; readonly denominator: number };
  readonly watermelons: readonly RecordRef[];
};

/** How many projects show which colour. */
export function portfolioStatus(projects: readonly ProjectHealth[]): PortfolioStatus {
  const count = (rag: Rag) => projects.filter((project) => project.rag === rag).length;
  const counts = {
    green: count("green"),
    amber: count("amber"),
    red: count("red"),
    unknown: count("unknown"),
  };
  return {
    counts,
    total: projects.length,
    green: { numerator: counts.green, denominator: projects.length },
    watermelons: projects
      .filter((project) => project.watermelon !== null)
      .map(({ project }) => project),
  };
}

/** The order inside a list of one colour: worst colour first, then the lowest score. */
export const byHealth = (a: ProjectHealth, b: ProjectHealth): number =>
  severity[b.rag] - severity[a.rag] ||
  (a.sorting.score ?? -1) - (b.sorting.score ?? -1) ||
  (formatRef(a.project) < formatRef(b.project) ? -1 : 1);
