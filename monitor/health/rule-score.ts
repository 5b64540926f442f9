import type { Limit, Measurable } from "../kpi/limit.ts";
import {
  compare,
  decimal,
  minus,
  over,
  plus,
  type Rational,
  rational,
  times,
} from "../kpi/rational.ts";
import type { MeasureName } from "./health-measures.ts";
import type { HealthRule } from "./health-rules.ts";

/** Distance from the amber limit, in steps of (red - amber), and the score there. */
const curve = [
  [rational(-1, 2), rational(100)],
  [rational(0), rational(75)],
  [rational(1), rational(40)],
  [rational(2), rational(0)],
] as const;

const byBand = { green: rational(100), amber: rational(60), red: rational(20) } as const;

/**
 * 0 to 100, straight lines between fixed points, the worst measure of the rule. For sorting inside
 * a colour; it decides no colour. null without a colour.
 */
export function ruleScore(
  rule: HealthRule,
  band: string,
  read: (measure: MeasureName) => Measurable,
): Rational | null {
  if (band !== "green" && band !== "amber" && band !== "red") return null;
  const pairs = pairsOf(rule);
  const scores = pairs.flatMap(({ measure, amber, red }) => {
    const found = read(measure);
    if (found.state !== "known") return [];
    return along(over(minus(found.value, amber), minus(red, amber)));
  });
  const lowest = scores.reduce((a, b) => (compare(a, b) <= 0 ? a : b), rational(100));
  // A rule with parts that have no line of their own is placed by its colour.
  return pairs.length === 0 || (band !== "green" && compare(lowest, rational(75)) > 0)
    ? byBand[band]
    : lowest;
}

function along(distance: Rational): Rational {
  for (const [index, [start, from]] of curve.entries()) {
    const next = curve[index + 1];
    if (next === undefined) break;
    const [end, to] = next;
    if (compare(distance, start) <= 0) return from;
    if (compare(distance, end) <= 0)
      return plus(from, times(over(minus(distance, start), minus(end, start)), minus(to, from)));
  }
  return rational(0);
}

type Pair = { readonly measure: MeasureName; readonly amber: Rational; readonly red: Rational };

/** Limits of the same measure in the same direction, amber with red. */
function pairsOf({ amber, red }: HealthRule): Pair[] {
  const reds = singles(red);
  return singles(amber).flatMap((low) => {
    const high = reds.find((other) => other.measure === low.measure && other.is[0] === low.is[0]);
    return high === undefined || high.limit === low.limit
      ? []
      : [{ measure: low.measure, amber: decimal(low.limit), red: decimal(high.limit) }];
  });
}

type Single = Extract<Limit<MeasureName>, { measure: MeasureName }>;

const singles = (limit: Limit<MeasureName> | null): Single[] =>
  limit === null || "all" in limit
    ? []
    : "any" in limit
      ? limit.any.flatMap((part) => singles(part))
      : [limit];
