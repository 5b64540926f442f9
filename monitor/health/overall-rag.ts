import { compare, over, plus, type Rational, rational, times } from "../kpi/rational.ts";
import { dimensionWeights, type WeightedDimension } from "./health-rules.ts";
import type { Rag } from "./hysteresis.ts";
import type { Band, RuleReading } from "./read-rule.ts";

export type DimensionStatus = {
  readonly dimension: WeightedDimension;
  readonly weight: number;
  /** The worst rule in it. Only red is worse than unknown, which might be red. */
  readonly status: Band;
};

export const dimensions = Object.keys(dimensionWeights) as readonly WeightedDimension[];

const order: readonly Band[] = ["not-applicable", "green", "amber", "unknown", "red"];

/** Each dimension is as bad as its worst rule. */
export const dimensionStatuses = (rules: readonly RuleReading[]): DimensionStatus[] =>
  dimensions.map((dimension) => ({
    dimension,
    weight: dimensionWeights[dimension],
    status: rules
      .filter(({ rule }) => rule.dimension === dimension)
      .reduce<Band>(
        (worst, { band }) => (order.indexOf(band) > order.indexOf(worst) ? band : worst),
        "not-applicable",
      ),
  }));

/** Rules that move the colour: approvals and hygiene do not. */
export const isWeighted = ({ rule }: RuleReading): boolean =>
  rule.dimension !== "approvals" && rule.dimension !== "hygiene";

/** Mean over the weighted rules of their inputs present and fresh, 0 to 1. */
export function coverageOf(rules: readonly RuleReading[]): Rational {
  const weighted = rules.filter(isWeighted);
  return weighted.length === 0
    ? rational(0)
    : over(
        weighted.reduce((sum, { coverage }) => plus(sum, coverage), rational(0)),
        rational(weighted.length),
      );
}

export type RagQuestion = {
  readonly coverage: Rational;
  readonly minimumCoverage: Rational;
  readonly criticalSourceStale: boolean;
};

/**
 * Red: a critical rule is red, or two dimensions are. Amber: any rule is red, or two are amber.
 * With too little coverage or a stale critical source it is unknown, unless a critical rule is red
 * on complete and fresh evidence. A rule that is unknown might be red: when that would make a
 * difference, the colour is unknown, so losing a source never makes a project look better (P6).
 */
export function overallRag(rules: readonly RuleReading[], question: RagQuestion): Rag {
  const weighted = rules.filter(isWeighted);
  const red = weighted.filter(({ band }) => band === "red");
  const percent = times(question.coverage, rational(100));
  if (question.criticalSourceStale || compare(percent, question.minimumCoverage) < 0)
    return red.some(({ rule, coverage }) => rule.critical && compare(coverage, rational(1)) === 0)
      ? "red"
      : "unknown";
  const known = colourOf(weighted, (band) => band);
  const feared = colourOf(weighted, (band) => (band === "unknown" ? "red" : band));
  const somethingKnown = weighted.some(({ band }) => band === "green" || band === "amber");
  return known === feared && (known !== "green" || somethingKnown) ? known : "unknown";
}

function colourOf(
  rules: readonly RuleReading[],
  read: (band: Band) => Band,
): "green" | "amber" | "red" {
  const red = rules.filter(({ band }) => read(band) === "red");
  const redDimensions = new Set(red.map(({ rule }) => rule.dimension)).size;
  if (red.some(({ rule }) => rule.critical) || redDimensions >= 2) return "red";
  const amber = rules.filter(({ band }) => read(band) === "amber").length;
  return red.length > 0 || amber >= 2 ? "amber" : "green";
}
