import type { Evidence } from "#/domain/evidence.ts";
import type { EvidenceId } from "#/domain/ids.ts";
import { formatMoney } from "#/domain/money.ts";
import { cite, type Observed } from "#/monitor/kpi/intake.ts";
import { type Kpi, type KpiUnit, kpiReasons } from "#/monitor/kpi/kpi.ts";
import type { Figure } from "../operations-services.ts";

/** Collects what an answer cites: each fact once. Many inputs are cited by their first few and a count. */
export type Citations = {
  readonly of: (inputs: readonly Observed[]) => EvidenceId[];
  readonly add: (evidence: readonly Evidence[]) => EvidenceId[];
  readonly all: () => Evidence[];
};

/** So many facts behind one number are cited; the rest is counted, and `full` answers show them. */
const citedInputs = 6;

export function createCitations({ full = false }: { full?: boolean } = {}): Citations {
  const known = new Map<EvidenceId, Evidence>();
  const add = (evidence: readonly Evidence[]): EvidenceId[] =>
    evidence.map((fact) => {
      if (!known.has(fact.id)) known.set(fact.id, fact);
      return fact.id;
    });
  return {
    of: (inputs) => add(cite(full ? inputs : inputs.slice(0, citedInputs))),
    add,
    all: () => [...known.values()],
  };
}

/** A KPI as people read it, with the facts it stands on. */
export function figureOf(kpi: Kpi, label: string, citations: Citations): Figure {
  return {
    name: kpi.kpi,
    label,
    value: kpi.value,
    unit: kpi.unit,
    currency: kpi.currency,
    text: kpiText(kpi),
    reason: kpi.reason === null ? null : kpiReasons[kpi.reason],
    range: null,
    coverage: kpi.coverage,
    asOf: kpi.asOf,
    evidence: citations.of(kpi.inputs),
  };
}

/** `EUR 48,200.00`, `3.5 working days`, `68.4 %`; `unknown` where there is no value. */
export function kpiText({ value, unit, currency, numerator }: Kpi): string {
  if (value === null) return "unknown";
  if (unit === "minor units" && currency !== null)
    return formatMoney({ minor: Math.round(numerator ?? value), currency });
  return quantityText(value, unit);
}

const unitWords: Readonly<Record<KpiUnit, string>> = {
  ratio: "",
  percent: " %",
  "percentage points": " percentage points",
  "minor units": "",
  minutes: " minutes",
  "business minutes": " working minutes",
  "business days": " working days",
  days: " days",
  count: "",
};

export function quantityText(value: number, unit: KpiUnit): string {
  if (unit === "minutes") return `${rounded(value / 60, 1)} h`;
  // A ratio is told to the third place: 0.849 must not read as the limit of 0.85 that it is below.
  const places = unit === "ratio" ? 3 : unit === "count" ? 2 : 1;
  const text = `${rounded(value, places)}${unitWords[unit]}`;
  return value === 1 ? text.replace(/days$/, "day") : text;
}

/** With thousands separated and no trailing zeros. */
export const rounded = (value: number, places: number): string =>
  new Intl.NumberFormat("en-GB", { maximumFractionDigits: places }).format(value);
