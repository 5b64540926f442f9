import type { Coverage, Gathered, Observed } from "./intake.ts";
import { compare, type Rational, rational, rounded, times, toNumber } from "./rational.ts";

export type KpiUnit =
  | "ratio"
  | "percent"
  | "percentage points"
  | "minor units"
  | "minutes"
  | "business minutes"
  | "business days"
  | "days"
  | "count";

/** Why there is no value. `missing-input` and `out-of-range` mean that we do not know. */
export const kpiReasons = {
  "missing-input": "An input that is needed could not be read.",
  "zero-denominator": "There is nothing to divide by.",
  "too-early": "Less than 2 % of the budget is spent, too little to judge by.",
  "not-reported-yet": "Nobody has reported progress yet, and the project is too young to judge.",
  "budget-exhausted": "The budget is spent, so no efficiency can meet it.",
  "estimate-too-old": "The bottom-up estimate is too old to use.",
  "none-found": "There is nothing of this kind, so nothing can be late or too large.",
  "out-of-range": "The amounts are too large to be counted exactly.",
  "history-too-short": "The balance is older than the revenue we know.",
} as const;
export type KpiReason = keyof typeof kpiReasons;

/** What a reader should know about a value that stands. */
export type KpiNote =
  | "includes-pending"
  | "unstable-below-20-percent"
  | "few-answers"
  | "provisional"
  | "share-of-authorised-budget";

/**
 * One measured number. value = numerator / denominator, times 100 for percent and percentage
 * points, rounded to four decimals for people; both parts are integers (minor units, minutes,
 * counts), and whoever compares with a limit uses them (`exactOf`).
 */
export type Kpi = {
  readonly kpi: string;
  readonly value: number | null;
  readonly unit: KpiUnit;
  readonly currency: string | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly asOf: string;
  readonly coverage: Coverage;
  readonly inputs: readonly Observed[];
  readonly reason: KpiReason | null;
  readonly notes: readonly KpiNote[];
};

export type About = {
  readonly kpi: string;
  readonly unit: KpiUnit;
  readonly asOf: string;
  readonly from: readonly Gathered[];
  readonly currency?: string;
  readonly notes?: readonly KpiNote[];
};

/** numerator / denominator, kept as the two quantities people know. 0 below: no value, a reason. */
export function quotient(about: About, top: bigint | number, bottom: bigint | number): Kpi {
  const [n, d] = [BigInt(top), BigInt(bottom)];
  if (!isSafe(n) || !isSafe(d)) return noValue(about, "out-of-range");
  if (d === 0n) return { ...noValue(about, "zero-denominator"), ...parts(n, d) };
  return withValue(about, rational(n, d), parts(n, d));
}

/** A value that is computed rather than counted; its parts are the fraction in lowest terms. */
export function measured(about: About, value: Rational): Kpi {
  // Limits never have nine decimals, so rounding there cannot move a value across one.
  const shown = fits(value) ? value : { n: rounded(times(value, rational(nano))), d: nano };
  return fits(shown)
    ? withValue(about, value, parts(shown.n, shown.d))
    : noValue(about, "out-of-range");
}

/** A sum of money in minor units, or a count. */
export const amount = (about: About, whole: bigint | number): Kpi => quotient(about, whole, 1);

/** No value, and why. */
export const noValue = (about: About, reason: KpiReason): Kpi => ({
  kpi: about.kpi,
  value: null,
  unit: about.unit,
  currency: about.currency ?? null,
  numerator: null,
  denominator: null,
  asOf: about.asOf,
  ...gathered(about.from),
  reason,
  notes: about.notes ?? [],
});

/** The exact value in the KPI's own unit (percent: times 100); null when it has none. */
export function exactOf(kpi: Kpi): Rational | null {
  if (kpi.value === null || kpi.numerator === null || kpi.denominator === null) return null;
  const value = rational(kpi.numerator, kpi.denominator);
  return isPercent(kpi.unit) ? times(value, rational(100)) : value;
}

/** The exact value as a plain fraction: 35 % is 35/100. */
export const fractionOf = (kpi: Kpi): Rational | null =>
  kpi.value === null || kpi.numerator === null || kpi.denominator === null
    ? null
    : rational(kpi.numerator, kpi.denominator);

/** The KPI has no value because something could not be read, as against not being defined. */
export const isMissing = (kpi: Kpi): boolean =>
  kpi.reason === "missing-input" || kpi.reason === "out-of-range";

/** `present` of `required` reaches `percent`. Nothing required means nothing was looked at: no. */
export const covers = ({ present, required }: Coverage, percent: Rational): boolean =>
  required > 0 && compare(rational(present * 100, required), percent) >= 0;

function withValue(about: About, exact: Rational, shown: ReturnType<typeof parts>): Kpi {
  const value = toNumber(isPercent(about.unit) ? times(exact, rational(100)) : exact);
  const draft = noValue(about, "missing-input");
  if (draft.coverage.present === 0) return draft;
  return { ...draft, ...shown, value: value === 0 ? 0 : value, reason: null };
}

const nano = 1_000_000_000n;
const isPercent = (unit: KpiUnit): boolean => unit === "percent" || unit === "percentage points";
const fits = ({ n, d }: Rational): boolean => isSafe(n) && isSafe(d);
const isSafe = (whole: bigint): boolean =>
  whole >= BigInt(Number.MIN_SAFE_INTEGER) && whole <= BigInt(Number.MAX_SAFE_INTEGER);

const parts = (n: bigint, d: bigint) => ({ numerator: Number(n), denominator: Number(d) });

function gathered(from: readonly Gathered[]): Pick<Kpi, "coverage" | "inputs"> {
  const each = from.map((intake) => intake.coverage());
  return {
    coverage: {
      present: each.reduce((sum, { present }) => sum + present, 0),
      required: each.reduce((sum, { required }) => sum + required, 0),
    },
    inputs: from.flatMap((intake) => intake.inputs),
  };
}
