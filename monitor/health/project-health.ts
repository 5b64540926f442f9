import type { RecordRef, SystemKind } from "#/domain/record.ts";
import type { Observed } from "../kpi/intake.ts";
import type { KpiReason, KpiUnit } from "../kpi/kpi.ts";
import { minimumCoverage } from "../kpi/kpi-bands.ts";
import type { Limit } from "../kpi/limit.ts";
import { compare, over, plus, type Rational, rational, rounded, times } from "../kpi/rational.ts";
import { defaultFreshness, type FreshnessLimit, freshness, type LastRead } from "./freshness.ts";
import type { HealthMeasures, MeasureName } from "./health-measures.ts";
import { type Dimension, defaultRules, type HealthRule } from "./health-rules.ts";
import { type Rag, type Shown, settle } from "./hysteresis.ts";
import {
  coverageOf,
  type DimensionStatus,
  dimensionStatuses,
  isWeighted,
  overallRag,
} from "./overall-rag.ts";
import { type Band, type MeasureReading, type RuleReading, readRule } from "./read-rule.ts";
import { type PastValues, type RuleTrend, ruleTrend } from "./rule-trend.ts";
import { type Watermelon, watermelon } from "./watermelon.ts";

/** A firm's own rules, limits and freshness. */
export type HealthSettings = {
  readonly rules: readonly HealthRule[];
  readonly freshness: readonly FreshnessLimit[];
};

export const defaultSettings: HealthSettings = { rules: defaultRules, freshness: defaultFreshness };

/** Everything one evaluation rests on. The same facts give the same bytes. */
export type HealthFacts = {
  readonly project: RecordRef;
  readonly asOf: string;
  readonly measures: HealthMeasures;
  readonly lastRead: LastRead;
  /** What the project manager reports. */
  readonly reported: "green" | "amber" | "red" | null;
  /** `shown` of the evaluation before; null: there was none. */
  readonly previous: Shown | null;
  readonly scheduled: boolean;
  /** Values of earlier evaluations, four weeks back and a little more. */
  readonly history: readonly PastValues[];
};

export type RuleOutput = {
  readonly rule: string;
  readonly version: string;
  readonly title: string;
  readonly dimension: Dimension;
  readonly critical: boolean;
  /** Of the measure that decided, rounded for people. */
  readonly value: number | null;
  readonly unit: KpiUnit | null;
  readonly band: Band;
  /** Why there is no value; `stale`: there is one, and it is too old. */
  readonly reason: KpiReason | "stale" | null;
  /** Some of its inputs are missing or stale. */
  readonly incomplete: boolean;
  readonly threshold: {
    readonly amber: Limit<MeasureName> | null;
    readonly red: Limit<MeasureName> | null;
  };
  readonly sourceNote: string;
  readonly measures: readonly MeasureReading[];
  /** `cite` in `kpi/intake.ts` makes it evidence with ids. */
  readonly evidence: readonly Observed[];
  readonly trend4w: RuleTrend;
};

export type ProjectHealth = {
  readonly project: RecordRef;
  readonly asOf: string;
  readonly rulesVersion: string;
  /** What people see: computed, and then held until it has improved twice. */
  readonly rag: Rag;
  readonly computed: Rag;
  /** Some weighted rule lacks inputs. */
  readonly incomplete: boolean;
  /** Percent with one decimal, rounded down: 59.9 is never shown as 60. */
  readonly coverage: number;
  readonly staleSources: readonly SystemKind[];
  readonly dimensions: readonly DimensionStatus[];
  readonly rules: readonly RuleOutput[];
  /** For sorting only, and never without its colour. null: nothing could be scored. */
  readonly sorting: { readonly rag: Rag; readonly score: number | null };
  /** Share of the hygiene checks that found nothing, 0 to 100. It moves no colour. */
  readonly hygieneScore: number | null;
  readonly watermelon: Watermelon | null;
  /** Hand back as `previous` next time. */
  readonly shown: Shown;
};

/** Changes whenever the same facts could give another answer. */
export const healthVersion = "project-health-1";

export function projectHealth(
  facts: HealthFacts,
  settings: HealthSettings = defaultSettings,
): ProjectHealth {
  const { asOf, lastRead } = facts;
  const fresh = freshness(settings.freshness, lastRead, asOf);
  const readings = settings.rules.map((rule) => readRule(rule, facts.measures, fresh));
  const coverage = coverageOf(readings);
  const computed = overallRag(readings, {
    coverage,
    minimumCoverage,
    criticalSourceStale: fresh.staleCritical.length > 0,
  });
  const shown = settle(facts.previous, { computed, asOf, scheduled: facts.scheduled });
  return {
    project: facts.project,
    asOf,
    rulesVersion: healthVersion,
    rag: shown.shown,
    computed,
    incomplete: readings.some((reading) => isWeighted(reading) && !isComplete(reading)),
    coverage: Number((coverage.n * 1000n) / coverage.d) / 10,
    staleSources: fresh.staleCritical,
    dimensions: dimensionStatuses(readings),
    rules: readings.map((reading) => outputOf(reading, facts)),
    sorting: { rag: shown.shown, score: scoreOf(readings) },
    hygieneScore: hygieneScore(readings),
    watermelon: watermelon(facts.reported, computed, readings.filter(isWeighted)),
    shown,
  };
}

function outputOf(reading: RuleReading, { history, asOf }: HealthFacts): RuleOutput {
  const { rule, band, decisive, measures, evidence } = reading;
  const value = decisive?.value ?? null;
  return {
    rule: rule.rule,
    version: rule.version,
    title: rule.title,
    dimension: rule.dimension,
    critical: rule.critical,
    value,
    unit: decisive?.unit ?? null,
    band,
    reason: decisive?.reason ?? null,
    incomplete: !isComplete(reading),
    threshold: { amber: rule.amber, red: rule.red },
    sourceNote: rule.sourceNote,
    measures,
    evidence,
    trend4w: ruleTrend(rule, value, { history, asOf }),
  };
}

const isComplete = ({ coverage }: RuleReading): boolean => compare(coverage, rational(1)) === 0;

/** Weighted mean over the dimensions that have a score; a dimension scores as its worst rule. */
function scoreOf(readings: readonly RuleReading[]): number | null {
  const scored = dimensionStatuses(readings).flatMap(({ dimension, weight }) => {
    const scores = readings
      .filter(({ rule }) => rule.dimension === dimension)
      .flatMap(({ score }) => score ?? []);
    const worst = scores.reduce<Rational | null>(
      (low, score) => (low === null || compare(score, low) < 0 ? score : low),
      null,
    );
    return worst === null ? [] : [{ weight: rational(weight), worst }];
  });
  if (scored.length === 0) return null;
  const total = scored.reduce(
    (sum, { weight, worst }) => plus(sum, times(weight, worst)),
    rational(0),
  );
  const weights = scored.reduce((sum, { weight }) => plus(sum, weight), rational(0));
  return Number(rounded(over(total, weights)));
}

function hygieneScore(readings: readonly RuleReading[]): number | null {
  const known = readings.filter(
    ({ rule, band }) =>
      rule.dimension === "hygiene" && band !== "unknown" && band !== "not-applicable",
  );
  if (known.length === 0) return null;
  const tidy = known.filter(({ band }) => band === "green").length;
  return Number(rounded(rational(tidy * 100, known.length)));
}
