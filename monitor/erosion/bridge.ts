import type { Observed } from "../kpi/intake.ts";
import { type Rational, rational, rounded } from "../kpi/rational.ts";

export const bridgeParts = [
  "rate",
  "mix",
  "volume",
  "scope",
  "write-down",
  "expense",
  "fx",
  "residual",
] as const;
export type BridgePart = (typeof bridgeParts)[number];

/** Causes of margin erosion. */
export const marginCauses = {
  "MAR-1": "more effort than planned for the same scope",
  "MAR-2": "work outside the plan that nobody pays for",
  "MAR-3": "a dearer mix of people than planned",
  "MAR-4": "billed below the contract's rate",
  "MAR-5": "write-downs",
  "MAR-6": "time that cannot be charged on a chargeable project",
  "MAR-7": "rework",
  "MAR-8": "expenses and subcontractors that nobody pays back",
  "MAR-9": "the delay itself: leading the project beyond its planned end",
  "MAR-10": "exchange rates",
  "MAR-11": "sold below what such projects take",
  "MAR-12": "time handed in late: looks like erosion and is none",
} as const;
export type MarginCode = keyof typeof marginCauses;

/** Whole minor units. */
export type Position = { readonly revenueMinor: number; readonly costMinor: number };

/** What one thing did to revenue and cost, exactly. */
export type BridgeStep = {
  readonly part: Exclude<BridgePart, "residual">;
  /** null: it needs no excuse, such as a change order that was agreed. */
  readonly code: MarginCode | null;
  readonly title: string;
  readonly revenue: Rational;
  readonly cost: Rational;
  readonly inputs: readonly Observed[];
};

/** Effect on the margin. Negative erodes. `points` in hundredths of a percentage point. */
export type BridgeShare = {
  readonly code: MarginCode | null;
  readonly title: string;
  readonly minor: number;
  readonly points: number | null;
  readonly inputs: readonly Observed[];
};
export type BridgeLine = {
  readonly part: BridgePart;
  readonly minor: number;
  readonly points: number | null;
  readonly shares: readonly BridgeShare[];
};
export type Bridge = {
  readonly lines: readonly BridgeLine[];
  readonly minor: number;
  /** null where there is no revenue to take a share of, on the way or at an end. */
  readonly points: number | null;
};

/**
 * Lays the steps between two positions, in the order of the parts. Money: each step is rounded to whole
 * minor units and the residual is whatever is left, so the lines always add up. Points: the margin in
 * percent is followed from step to step and rounded on the way, so they add up as well.
 */
export function layBridge(
  from: Position,
  { to, steps }: { readonly to: Position; readonly steps: readonly BridgeStep[] },
): Bridge {
  const ordered = bridgeParts.flatMap((part) => steps.filter((step) => step.part === part));
  const moves = ordered.map(({ code, part, title, inputs, revenue, cost }) => ({
    share: { code, title, inputs },
    part: part as BridgePart,
    revenue: rounded(revenue),
    cost: rounded(cost),
  }));
  const sum = (of: (move: (typeof moves)[number]) => bigint) =>
    moves.reduce((total, move) => total + of(move), 0n);
  moves.push({
    share: { code: null, title: "not explained by the lines above, with all rounding", inputs: [] },
    part: "residual",
    revenue: BigInt(to.revenueMinor - from.revenueMinor) - sum(({ revenue }) => revenue),
    cost: BigInt(to.costMinor - from.costMinor) - sum(({ cost }) => cost),
  });
  let [revenue, cost] = [BigInt(from.revenueMinor), BigInt(from.costMinor)];
  let before = marginHundredths(revenue, cost);
  const shares = moves.map((move) => {
    revenue += move.revenue;
    cost += move.cost;
    const after = marginHundredths(revenue, cost);
    const points = before === null || after === null ? null : after - before;
    before = after;
    return { part: move.part, ...move.share, minor: Number(move.revenue - move.cost), points };
  });
  const whole = shares.every(({ points }) => points !== null);
  const lines = bridgeParts.map((part): BridgeLine => {
    const own = shares
      .filter((share) => share.part === part)
      .map(({ code, title, inputs, minor, points }) => ({
        code,
        title,
        inputs,
        minor,
        points: whole ? points : null,
      }));
    return {
      part,
      minor: total(own, "minor"),
      points: whole ? total(own, "points") : null,
      shares: own,
    };
  });
  return { lines, minor: total(lines, "minor"), points: whole ? total(lines, "points") : null };
}

const total = <Key extends "minor" | "points">(
  items: readonly Readonly<Record<Key, number | null>>[],
  key: Key,
): number => items.reduce((sum, item) => sum + (item[key] ?? 0), 0);

/** Margin in hundredths of a percent; null where nothing is sold. */
export const marginHundredths = (revenue: bigint, cost: bigint): number | null =>
  revenue <= 0n ? null : Number(rounded(rational((revenue - cost) * 10_000n, revenue)));
