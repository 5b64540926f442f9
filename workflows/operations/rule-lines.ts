import type { RuleOutput } from "#/monitor/health/project-health.ts";
import { type KpiUnit, kpiReasons } from "#/monitor/kpi/kpi.ts";
import type { Limit } from "#/monitor/kpi/limit.ts";
import type { RuleLine, Statement } from "../operations-services.ts";
import { type Citations, quantityText } from "./figures.ts";

/** One rule as people read it: the value, what it is held against, where the limits come from. */
export function ruleLine(rule: RuleOutput, asOf: string, citations: Citations): RuleLine {
  return {
    rule: rule.rule,
    title: rule.title,
    dimension: rule.dimension,
    critical: rule.critical,
    band: rule.band,
    figure: {
      name: rule.rule,
      label: rule.title,
      value: rule.value,
      unit: rule.unit ?? "",
      currency: null,
      text: valueText(rule),
      reason: reasonText(rule),
      range: null,
      coverage: null,
      asOf,
      evidence: citations.of(rule.evidence),
    },
    thresholdText: thresholdText(rule),
    sourceNote: rule.sourceNote,
    trend: rule.trend4w.direction,
  };
}

const valueText = ({ value, unit }: RuleOutput): string =>
  value === null || unit === null ? "unknown" : quantityText(value, unit);

const reasonText = ({ reason }: RuleOutput): string | null =>
  reason === null
    ? null
    : reason === "stale"
      ? "What we know of its source is too old."
      : kpiReasons[reason];

/** `amber below 0.95, red below 0.85`. */
export function thresholdText({ threshold: { amber, red }, measures }: RuleOutput): string {
  const units = new Map<string, KpiUnit | null>(
    measures.map(({ measure, unit }) => [measure, unit]),
  );
  return [amber && `amber ${limitText(amber, units)}`, red && `red ${limitText(red, units)}`]
    .filter(Boolean)
    .join(", ");
}

const comparisons = {
  "<": "below",
  "<=": "at or below",
  ">": "above",
  ">=": "at or above",
} as const;

type Units = ReadonlyMap<string, KpiUnit | null>;

function limitText(limit: Limit<string>, units: Units): string {
  const texts = (parts: readonly Limit<string>[]): string[] => [
    ...new Set(parts.map((part) => limitText(part, units))),
  ];
  if ("any" in limit) return texts(limit.any).join(" or ");
  if ("all" in limit) return texts(limit.all).join(" and ");
  const unit = units.get(limit.measure) ?? null;
  return `${comparisons[limit.is]} ${unit === null ? limit.limit : quantityText(limit.limit, unit)}`;
}

/** `Cost performance is 0.81 (red below 0.85).` */
export function ruleStatement(line: RuleLine): Statement {
  const { title, band, figure, thresholdText: limits } = line;
  const text =
    band === "unknown"
      ? `${title}: unknown. ${figure.reason ?? ""}`.trim()
      : `${title}: ${figure.text}, ${band}${limits === "" ? "" : ` (${limits})`}.`;
  return { text, evidence: figure.evidence };
}

const darkness: Readonly<Record<RuleLine["band"], number>> = {
  red: 0,
  unknown: 1,
  amber: 2,
  green: 3,
  "not-applicable": 4,
};

/** Critical and red first; the order of the rules otherwise. */
export const worstRules = (lines: readonly RuleLine[]): RuleLine[] =>
  lines.toSorted(
    (one, other) =>
      darkness[one.band] - darkness[other.band] || Number(other.critical) - Number(one.critical),
  );
