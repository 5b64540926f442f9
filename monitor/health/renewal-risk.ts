import type { RecordRef } from "#/domain/record.ts";
import { civilDays } from "../clocks/civil-days.ts";
import type { Observed } from "../kpi/intake.ts";
import {
  compare,
  decimal,
  over,
  plus,
  type Rational,
  rational,
  rounded,
  times,
} from "../kpi/rational.ts";

/** One signal of the gate. `present` null: unknown. */
export type RenewalSignal = {
  readonly present: boolean | null;
  readonly evidence: readonly Observed[];
};

export type RenewalSignalName = "delivery-red" | "open-escalation" | "low-engagement";

/** Risk per part, 0 (none) to 100; null: unknown. */
export type RenewalParts = {
  readonly delivery: number | null;
  readonly support: number | null;
  readonly engagement: number | null;
  readonly finance: number | null;
};

export type RenewalFacts = {
  readonly account: RecordRef;
  readonly asOf: string;
  /** The civil date of `asOf` where the firm is. */
  readonly today: string;
  readonly renewsOn: string | null;
  readonly signals: Readonly<Record<RenewalSignalName, RenewalSignal>>;
  readonly parts: RenewalParts;
};

export type RenewalLevel = "low" | "medium" | "high";

export type RenewalRisk = {
  readonly account: RecordRef;
  readonly asOf: string;
  /** `unknown` when a missing signal could change it; then `between` says what is possible. */
  readonly level: RenewalLevel | "unknown";
  readonly between: readonly [RenewalLevel, RenewalLevel];
  readonly drivers: readonly {
    readonly signal: RenewalSignalName;
    readonly evidence: readonly Observed[];
  }[];
  /** 0 to 100, orders accounts of one level. It never changes the level. */
  readonly score: number | null;
  readonly coverage: { readonly present: number; readonly required: number };
  readonly daysToRenewal: number | null;
  readonly inside: boolean;
  /** From the action catalogue; null: nothing to do. */
  readonly intervention: "R26" | null;
};

/** Weights and the renewal window. A judgement, not a standard. */
export const renewalWeights = {
  delivery: 0.35,
  support: 0.25,
  engagement: 0.25,
  finance: 0.15,
  insideDays: 120,
  insideFactor: 1.3,
  sourceNote: "A judgement, not a standard. Set per firm and calibrate on its own renewals.",
} as const;

/**
 * High needs red delivery, open escalations and low engagement together; two of them are medium, one
 * alone is low. The score orders accounts inside a level and cannot lift one out of it.
 */
export function renewalRisk(facts: RenewalFacts): RenewalRisk {
  const names = Object.keys(facts.signals).toSorted() as RenewalSignalName[];
  const present = names.filter((name) => facts.signals[name].present === true);
  const unknown = names.filter((name) => facts.signals[name].present === null).length;
  const between = [levelOf(present.length), levelOf(present.length + unknown)] as const;
  const level = between[0] === between[1] ? between[0] : "unknown";
  const days = facts.renewsOn === null ? null : civilDays(facts.today, facts.renewsOn);
  // A date that has passed without a renewal is the most urgent of all.
  const inside = days !== null && days <= renewalWeights.insideDays;
  return {
    account: facts.account,
    asOf: facts.asOf,
    level,
    between,
    drivers: present.map((signal) => ({ signal, evidence: facts.signals[signal].evidence })),
    score: scoreOf(facts.parts, inside),
    coverage: {
      present:
        partNames.filter((name) => facts.parts[name] !== null).length + names.length - unknown,
      required: partNames.length + names.length,
    },
    daysToRenewal: days,
    inside,
    intervention: between[1] === "low" ? null : "R26",
  };
}

const levelOf = (signals: number): RenewalLevel =>
  signals >= 3 ? "high" : signals === 2 ? "medium" : "low";

const partNames = ["delivery", "support", "engagement", "finance"] as const;

/** Over the parts that are known, their weights scaled up; null when none is. */
function scoreOf(parts: RenewalParts, inside: boolean): number | null {
  const known = partNames.flatMap((name) => {
    const value = parts[name];
    return value === null ? [] : [{ weight: decimal(renewalWeights[name]), value: decimal(value) }];
  });
  if (known.length === 0) return null;
  const weights = known.reduce((sum, { weight }) => plus(sum, weight), rational(0));
  const sum = known.reduce(
    (total, part) => plus(total, times(part.weight, part.value)),
    rational(0),
  );
  const base = over(sum, weights);
  const scaled = inside ? times(base, decimal(renewalWeights.insideFactor)) : base;
  return Number(rounded(smaller(scaled, rational(100))));
}

const smaller = (a: Rational, b: Rational): Rational => (compare(a, b) <= 0 ? a : b);
