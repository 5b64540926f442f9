import { distinctInputs, type Observed } from "../kpi/intake.ts";
import { covers, exactOf, isMissing, type Kpi, type KpiReason, type KpiUnit } from "../kpi/kpi.ts";
import { minimumCoverage } from "../kpi/kpi-bands.ts";
import { isCrossed, type Limit, type Measurable, measuresOf, type Truth } from "../kpi/limit.ts";
import { compare, over, plus, type Rational, rational } from "../kpi/rational.ts";
import type { Freshness } from "./freshness.ts";
import type { HealthMeasures, MeasureName } from "./health-measures.ts";
import type { HealthRule } from "./health-rules.ts";
import { ruleScore } from "./rule-score.ts";

export type Band = "green" | "amber" | "red" | "unknown" | "not-applicable";

/** One measure as a rule read it. `present` counts inputs that are there and fresh. */
export type MeasureReading = {
  readonly measure: MeasureName;
  readonly state: Measurable["state"];
  readonly value: number | null;
  readonly unit: KpiUnit | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly reason: KpiReason | "stale" | null;
  readonly present: number;
  readonly required: number;
};

export type RuleReading = {
  readonly rule: HealthRule;
  readonly band: Band;
  /** The measure that decided the band, or the first one. */
  readonly decisive: MeasureReading | null;
  readonly measures: readonly MeasureReading[];
  /** 0 to 1: mean over its measures of the inputs present and fresh. */
  readonly coverage: Rational;
  readonly evidence: readonly Observed[];
  /** 0 to 100, for sorting only; null without a colour. */
  readonly score: Rational | null;
};

/** Judges one rule. A part that is unknown can make it unknown, never green. */
export function readRule(
  rule: HealthRule,
  measures: HealthMeasures,
  fresh: Freshness,
): RuleReading {
  const names = [...new Set([...measuresOf(rule.amber), ...measuresOf(rule.red)])];
  const found = new Map(names.map((name) => [name, readMeasure(name, measures[name], fresh)]));
  const readings = [...found.values()];
  const enough =
    rule.alternatives &&
    readings.some(({ value }) => value.state === "known" || value.state === "none");
  const read = (name: MeasureName): Measurable => {
    const value = found.get(name)?.value ?? { state: "unknown" };
    // One of several ways to measure the same thing is missing: the others judge.
    return enough && value.state === "unknown" ? { state: "none" } : value;
  };
  const crossed = (limit: Limit<MeasureName> | null): Truth =>
    limit === null ? "no" : isCrossed(limit, read);
  const [red, amber] = [crossed(rule.red), crossed(rule.amber)];
  const band = bandOf(
    { red, amber },
    readings.map(({ value }) => value.state),
  );
  const shares = readings.map(({ reading }) => rational(reading.present, reading.required));
  const decisive =
    readings.find(({ reading, value }) =>
      [rule.red, rule.amber].some(
        (limit) =>
          limit !== null &&
          (band === "red" ? limit === rule.red : band === "amber" && limit === rule.amber) &&
          crossesAlone(limit, reading.measure, value),
      ),
    ) ?? readings[0];
  return {
    rule,
    band,
    decisive: decisive?.reading ?? null,
    measures: readings.map(({ reading }) => reading),
    coverage: rule.alternatives ? best(shares) : mean(shares),
    evidence: evidenceOf(names.map((name) => measures[name])),
    score: ruleScore(rule, band, read),
  };
}

const sorted = new WeakMap<readonly Observed[], Observed[]>();

/** Measures of one source share their inputs as one list; it is sorted once for all rules. */
function evidenceOf(kpis: readonly (Kpi | null)[]): readonly Observed[] {
  const lists = new Set(kpis.flatMap((kpi) => (kpi ? [kpi.inputs] : [])));
  const [only] = lists;
  if (only === undefined || lists.size > 1) return distinctInputs([...lists].flat());
  let known = sorted.get(only);
  if (!known) sorted.set(only, (known = distinctInputs(only)));
  return known;
}

function bandOf(
  { red, amber }: { red: Truth; amber: Truth },
  states: readonly Measurable["state"][],
): Band {
  if (states.every((state) => state === "undefined-here")) return "not-applicable";
  if (red === "yes") return "red";
  // It might be red: a source that falls silent must not look like an improvement (P6).
  if (red === "unknown") return "unknown";
  if (amber === "yes") return "amber";
  return amber === "unknown" ? "unknown" : "green";
}

/** The band that this measure reaches by itself, whatever the others say. */
const crossesAlone = (limit: Limit<MeasureName>, name: MeasureName, value: Measurable): boolean =>
  "all" in limit
    ? limit.all.some((part) => crossesAlone(part, name, value))
    : isCrossed(limit, (other) => (other === name ? value : { state: "none" })) === "yes";

function readMeasure(measure: MeasureName, kpi: Kpi | null, fresh: Freshness) {
  const required = Math.max(1, kpi?.coverage.required ?? 0);
  const present = kpi?.inputs.filter(({ source }) => fresh.isFresh(source)).length ?? 0;
  const covered = covers({ present, required }, minimumCoverage);
  const value: Measurable =
    kpi === null || !covered || isMissing(kpi) ? { state: "unknown" } : valueOf(kpi);
  const stale = kpi !== null && present < kpi.inputs.length;
  const reading: MeasureReading = {
    measure,
    state: value.state,
    value: kpi?.value ?? null,
    unit: kpi?.unit ?? null,
    numerator: kpi?.numerator ?? null,
    denominator: kpi?.denominator ?? null,
    reason: !covered && stale ? "stale" : kpi === null || !covered ? "missing-input" : kpi.reason,
    present,
    required,
  };
  return { reading, value };
}

function valueOf(kpi: Kpi): Measurable {
  const value = exactOf(kpi);
  if (value !== null) return { state: "known", value };
  return { state: kpi.reason === "none-found" ? "none" : "undefined-here" };
}

const mean = (shares: readonly Rational[]): Rational =>
  over(shares.reduce(plus, rational(0)), rational(Math.max(1, shares.length)));

const best = (shares: readonly Rational[]): Rational =>
  shares.reduce((a, b) => (compare(a, b) >= 0 ? a : b), rational(0));
